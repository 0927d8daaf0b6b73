import Columnar
import Core
import Database
import PostgreSQL

/// A session that its server ends when so many statements have been asked of it.
final class DyingSession: LoadingConnection {
  private let session: PostgreSQLConnection
  private var left: Int

  init(_ session: PostgreSQLConnection, after count: Int) {
    self.session = session
    left = count
  }

  var dialect: Dialect { session.dialect }
  var place: Place { session.place }

  /// Counts a statement; the last one finds the session ended.
  private func step() {
    left -= 1
    if left == 0 { try? session.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
  }

  func execute(_ sql: String) throws(Fault) {
    step()
    try session.execute(sql)
  }

  func prepare(_ sql: String) throws(Fault) -> any Statement {
    step()
    return try session.prepare(sql)
  }

  func query(
    _ sql: String, _ parameters: [Scalar], as schema: Schema?
  ) throws(Fault) -> any BatchSource {
    step()
    return try session.query(sql, parameters, as: schema)
  }

  func append(_ source: any BatchSource, to table: String) throws -> Int {
    step()
    return try session.append(source, to: table)
  }

  func tables() throws(Fault) -> [String] { try session.tables() }

  func columns(of table: String) throws(Fault) -> [TableColumn] {
    step()
    return try session.columns(of: table)
  }

  func beginLoad() throws(Fault) {
    step()
    try session.beginLoad()
  }

  func cursor(
    _ sql: String, _ parameters: [Scalar]
  ) throws(Fault) -> PostgreSQLRowCursor {
    step()
    return try session.cursor(sql, parameters)
  }

  static func laidOut(
    _ batch: Batch, at place: Place, naming name: (_ row: Int) -> String
  ) throws(Fault) -> any LaidOutRows {
    try PostgreSQLConnection.laidOut(batch, at: place, naming: name)
  }

  func insert(
    into table: String, _ columns: [String], _ next: @escaping () throws -> (any LaidOutRows)?
  ) throws -> Int {
    step()
    return try session.insert(into: table, columns, next)
  }

  func columns(ofIndex name: String) throws(Fault) -> [String] {
    try session.columns(ofIndex: name)
  }

  func relation(_ name: String) throws(Fault) -> Relation? {
    step()
    return try session.relation(name)
  }
}
