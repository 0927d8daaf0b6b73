import Columnar
import Core
import Database

/// A session that ends before the first statement that a test picks, and answers nothing after it,
/// as that of a process that was killed.
final class DyingConnection: Connection {
  private let session: any Connection
  private let isLast: (_ sql: String) -> Bool
  private(set) var isDead = false

  init(_ session: any Connection, before isLast: @escaping (_ sql: String) -> Bool) {
    self.session = session
    self.isLast = isLast
  }

  private func step(_ sql: String) throws(Fault) {
    if isLast(sql) { isDead = true }
    guard !isDead else { throw Fault(.io, "killed", remedy: "run again") }
  }

  var dialect: Dialect { session.dialect }
  var place: Place { session.place }

  func execute(_ sql: String) throws(Fault) {
    try step(sql)
    try session.execute(sql)
  }

  func prepare(_ sql: String) throws(Fault) -> any Statement {
    try step(sql)
    return try session.prepare(sql)
  }

  func query(
    _ sql: String, _ parameters: [Scalar], as schema: Schema?
  ) throws(Fault) -> any BatchSource {
    try step(sql)
    return try session.query(sql, parameters, as: schema)
  }

  func append(_ source: any BatchSource, to table: String) throws -> Int {
    try step("INSERT")
    return try session.append(source, to: table)
  }

  func tables() throws(Fault) -> [String] { try session.tables() }

  func columns(of table: String) throws(Fault) -> [TableColumn] { try session.columns(of: table) }
}
