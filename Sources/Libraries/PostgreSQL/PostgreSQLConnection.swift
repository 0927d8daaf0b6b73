import CPostgreSQL
package import Columnar
package import Core
package import Database
import Glibc

// PostgreSQL: the face of Database over a PostgreSQL server, by libpq.
//
// `PostgreSQLConnection` connects and tells faults by SQLSTATE; `PostgreSQLStatement` runs what the
// server has compiled, `PostgreSQLCursor` gives rows as batches while they come, `PostgreSQLRows`
// as the bytes that the server sends, and `PostgreSQLCopy` sends rows in bulk. `Replication/` is
// the server's log: `LogMessageReader` tells what its messages say, `LogPosition` where they stand.
//
// Begin with `PostgreSQLConnection`. It adds no face of its own: who has a `Connection` need not
// know which database is behind it.

/// A connection to a PostgreSQL server. Times are read and written in UTC.
package final class PostgreSQLConnection: Connection {
  package let dialect = Dialect.postgresql
  package let place: Place
  let handle: OpaquePointer
  /// How long others' locks are waited for.
  let patience: Duration
  private var nameCount = 0

  /// Connects by `address`, a URI (`postgresql://user@host:5432/shop`) or a keyword text of libpq,
  /// with `password`, if that is given and not left to libpq's own places; as one that may read the
  /// log, if `isReplication`. A server that is not on this machine must show who it is, unless the
  /// address says otherwise, which is told. Waits at most `patience`. `.temporary` when the server
  /// is away, `.denied` when it refuses the user, `.missing` when it has no such database,
  /// `.configuration` when it does not show who it is.
  package init(
    _ address: String, password: String? = nil, isReplication: Bool = false,
    patience: Duration = .seconds(10)
  ) throws(Fault) {
    self.patience = patience
    handle = try PostgreSQLConnection.connect(address, password, isReplication)
    let database = PQdb(handle).map { String(cString: $0) } ?? ""
    let host = PQhost(handle).map { String(cString: $0) } ?? ""
    // The address itself may hold a password, so messages never show it.
    place = Place("postgresql://\(host)/\(database)")
    // From here on `deinit` closes the handle, also when this throws.
    guard PQstatus(handle) == CONNECTION_OK else {
      throw PostgreSQLConnection.connectionFault(handle, place)
    }
    let milliseconds = Int64(patience / .milliseconds(1))
    try execute(
      "SET client_encoding = 'UTF8'; SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; "
        + "SET extra_float_digits = 1; SET lock_timeout = \(milliseconds); "
        + "SET client_min_messages = warning")
  }

  deinit { PQfinish(handle) }

  private static func connect(
    _ address: String, _ password: String?, _ isReplication: Bool
  ) throws(Fault) -> OpaquePointer {
    var settings: [(String, String)] = [("dbname", address)]
    if let password { settings.append(("password", password)) }
    if isReplication { settings.append(("replication", "database")) }
    settings.append(("fallback_application_name", "medallion"))
    let server = try ServerAddress(address)
    if server.needsVerification { settings.append(("sslmode", "verify-full")) }
    if let mode = server.weakMode {
      try WeakTransport.tell(server.hosts.joined(separator: ","), "sslmode=\(mode)")
    }
    let handle = withOptionalCStrings(settings.map(\.0) + [nil]) { keywords in
      withOptionalCStrings(settings.map(\.1) + [nil]) { values in
        PQconnectdbParams(keywords.baseAddress, values.baseAddress, 1)
      }
    }
    guard let handle else { throw .outOfMemory("a connection") }
    return handle
  }

  package func execute(_ sql: String) throws(Fault) {
    try checkTexts([sql])
    let result = PQexec(handle, sql)
    // Of a transaction in which something failed nothing is kept, and the server does not mind.
    let isLost = sql == "COMMIT" && PQcmdStatus(result).map { String(cString: $0) } == "ROLLBACK"
    try check(result, running: sql)
    if isLost {
      throw Fault(
        .temporary, at: place, "the transaction had failed: nothing was changed",
        remedy: "run again")
    }
  }

  package func prepare(_ sql: String) throws(Fault) -> any Statement { try statement(sql) }

  package func query(
    _ sql: String, _ parameters: [Scalar], as schema: Schema?
  ) throws(Fault) -> any BatchSource {
    try PostgreSQLCursor(try statement(sql), parameters, as: schema)
  }

  package func append(_ source: any BatchSource, to table: String) throws -> Int {
    let columns = source.schema.names.map(dialect.quoted).joined(separator: ", ")
    let copy = PostgreSQLCopy(
      self, "COPY \(dialect.quoted(table)) (\(columns)) FROM STDIN")
    return try copy.append(source)
  }

  package func tables() throws(Fault) -> [String] {
    let names = try rows(
      """
      SELECT c.relname::text FROM pg_class c
      WHERE c.relnamespace = ANY (current_schemas(false)::regnamespace[])
        AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND pg_table_is_visible(c.oid)
      ORDER BY c.relname COLLATE "C"
      """)
    return names.compactMap { row in
      if case .string(let name)? = row.first { return name }
      return nil
    }
  }

  package func columns(of table: String) throws(Fault) -> [TableColumn] {
    let found = try rows(
      """
      SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
      WHERE c.relnamespace = ANY (current_schemas(false)::regnamespace[])
        AND pg_table_is_visible(c.oid) AND c.relname = $1 AND c.relkind <> 'i'
        AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum
      """, [.string(table)])
    return found.compactMap { row in
      guard case .string(let name) = row[0], case .string(let type) = row[1],
        case .boolean(let notNull) = row[2], case .integer(let key) = row[3]
      else { return nil }
      return TableColumn(
        name, declaredType: type, type: dialect.dataType(declared: type), isNullable: !notNull,
        keyPosition: Int(key))
    }
  }

  /// A name that nothing else of this session has.
  func newName(_ mark: String) -> String {
    nameCount += 1
    return "\(mark)\(nameCount)"
  }

  /// Compiles one statement.
  func statement(_ sql: String) throws(Fault) -> PostgreSQLStatement {
    try checkTexts([sql])
    let name = newName("s")
    try check(PQprepare(handle, name, sql, 0, nil), running: sql)
    return PostgreSQLStatement(name, of: self, sql)
  }

  /// Refuses texts with a zero byte: they would end there, for libpq and for the server.
  func checkTexts(_ texts: [String?]) throws(Fault) {
    guard texts.contains(where: { $0?.utf8.contains(0) == true }) else { return }
    throw Fault(
      .verdict, at: place, "a text has the character U+0000, which PostgreSQL cannot hold",
      remedy: "take it out of the rows or the name")
  }

  /// Takes what is left of an answer. A server that begins to copy instead of answering would go
  /// on for ever; what is asked next tells that it does.
  func dropResults() {
    while let rest = PQgetResult(handle) {
      defer { PQclear(rest) }
      switch PQresultStatus(rest) {
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: return
      default: continue
      }
    }
  }

  /// Clears a result that should hold no rows; throws what it says.
  func check(_ result: OpaquePointer?, running sql: String) throws(Fault) {
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
    default: throw fault(result, running: sql)
    }
  }

  /// The fault that a result tells of.
  func fault(_ result: OpaquePointer?, running sql: String) -> Fault {
    // SQLSTATE; nothing when the connection itself broke.
    let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
    let message =
      PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
      ?? PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    // The server tells its own want of memory by a state.
    if state == nil, message.contains("out of memory") {
      return .outOfMemory("an answer of the server", at: place)
    }
    return PostgreSQLConnection.fault(state ?? "08006", oneLine(message), sql, place)
  }
}
