package import Core
package import Database
import PostgreSQL
import Warehouse

/// Where the warehouse is: a SQLite file, or a database of a PostgreSQL server.
package struct WarehousePlace: Sendable {
  /// The file's path, or the server's address.
  private let address: String
  /// The password at the server, if it is not left to PGPASSWORD or ~/.pgpass.
  private let password: String?

  /// `.configuration` when the address of a server holds a password.
  package init(_ address: String, password: String? = nil) throws(Fault) {
    self.address = address
    self.password = password
    guard path == nil, try ServerAddress(address).hasPassword else { return }
    throw Fault(
      .configuration, "the warehouse's address holds a password, which others may read",
      remedy: "keep it in ~/.pgpass or PGPASSWORD, or say '--warehouse-password secret:NAME'")
  }

  /// The path of a SQLite file; nil when the warehouse is on a server.
  package var path: String? {
    switch FileAddress.scheme(of: address)?.lowercased() {
    case "postgresql", "postgres": nil
    default: address
    }
  }

  /// The servers that are asked, each as `HOST:PORT` or the path of its socket; none for a file.
  package var hosts: [String] {
    get throws(Fault) { path == nil ? try ServerAddress(address).hosts : [] }
  }

  /// The right at a server that reads or loads it there, as a statement; nil for a file.
  package func grant(toLoad: Bool) throws(Fault) -> String? {
    guard path == nil, let user = try ServerAddress(address).user else { return nil }
    return "GRANT \(toLoad ? "loader" : "analyst") TO \(Dialect.postgresql.quoted(user))"
  }

  /// Opens it for queries; nil when there is no such file yet.
  package func openedToRead(
    _ files: any FileSystem
  ) throws(Fault) -> (any LoadingConnection)? {
    guard let path else { return try server(toLoad: false) }
    return try files.exists(path) ? try SQLiteConnection(path, .readOnly) : nil
  }

  /// Opens it for loads; a file is made if it is missing.
  package func openedToLoad(
    _ files: any FileSystem
  ) throws(Fault) -> any LoadingConnection {
    guard let path else { return try server(toLoad: true) }
    try files.createDirectory(parent(of: path))
    // Long rows in their thousands: larger pages are a third of the work of filling a fact.
    return try SQLiteConnection(path, .create, pageSize: 16384)
  }

  /// Opens it to be asked what a load would do, which needs no right to write and makes nothing.
  package func openedToPlan(
    _ files: any FileSystem
  ) throws(Fault) -> any LoadingConnection {
    if let warehouse = try openedToRead(files) { return warehouse }
    return try SQLiteConnection(":memory:", .create)
  }

  /// Opens a server as it is, to be set up; `.usage` when the warehouse is a file.
  package func openedToSetUp() throws(Fault) -> any LoadingConnection {
    guard path == nil else {
      throw Fault(
        .usage, "a SQLite file has no roles and schemas to set up",
        remedy: "give --warehouse postgresql://USER@HOST/DATABASE")
    }
    return try connection()
  }

  private func server(toLoad: Bool) throws(Fault) -> PostgreSQLConnection {
    let connection = try connection()
    try WarehouseSchema.enter(connection, toLoad: toLoad)
    if !toLoad { try connection.execute("SET default_transaction_read_only = on") }
    return connection
  }

  private func connection() throws(Fault) -> PostgreSQLConnection {
    let connection = try PostgreSQLConnection(address, password: password)
    // A load is one transaction, however long it takes.
    try connection.execute(
      "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; "
        + "SET default_transaction_isolation = 'read committed'; SET bytea_output = 'hex'")
    return connection
  }
}
