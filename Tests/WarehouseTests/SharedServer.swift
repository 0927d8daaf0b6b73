import Database
import Glibc
import PostgreSQL
import Synchronization
import TestSupport
import Testing
import Warehouse

/// The one PostgreSQL server of these tests, started by the first that needs it and stopped when
/// the process ends; each star has a database of its own there.
enum SharedServer {
  private static let count = Atomic<Int>(0)
  nonisolated(unsafe) private static var held: PostgreSQLServer?

  private static let address: String? = {
    held = PostgreSQLServer(settings: ["max_connections=50", "log_min_messages=error"])
    atexit { SharedServer.held = nil }
    return held?.address
  }()

  /// A session in a new database, as a load has it.
  static func newDatabase() throws -> PostgreSQLConnection {
    let address = try #require(address, "no PostgreSQL server starts here")
    let name = "star_\(count.add(1, ordering: .relaxed).newValue)"
    try PostgreSQLConnection(address).execute("CREATE DATABASE \(name)")
    return try session(name)
  }

  /// Another session in the database called `name`.
  static func session(
    _ name: String, as user: String = "tester", toLoad: Bool = true
  ) throws -> PostgreSQLConnection {
    let connection = try PostgreSQLConnection(
      (address ?? "").replacing("dbname=postgres", with: "dbname=\(name)")
        .replacing("user=tester", with: "user=\(user)"), patience: .seconds(2))
    try WarehouseSchema.enter(connection, toLoad: toLoad)
    return connection
  }

  /// What the server has written of itself.
  static func log() -> String { held?.log() ?? "" }
}
