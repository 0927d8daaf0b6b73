import Columnar
import Core
import Database

/// A session of which somebody is told each statement before it is asked.
final class WatchedSession<Session: LoadingConnection>: LoadingConnection {
  /// How many statements were asked.
  private(set) var count = 0

  private let session: Session
  private let before: (Int) throws(Fault) -> Void

  /// `before` is given the number of the statement that comes, from 1; if it throws, the statement
  /// is not asked.
  init(_ session: Session, before: @escaping (Int) throws(Fault) -> Void = { _ in }) {
    self.session = session
    self.before = before
  }

  fileprivate func step() throws(Fault) {
    count += 1
    try before(count)
  }

  var dialect: Dialect { session.dialect }
  var place: Place { session.place }

  func execute(_ sql: String) throws(Fault) {
    try step()
    try session.execute(sql)
  }

  func prepare(_ sql: String) throws(Fault) -> any Statement {
    WatchedStatement(try session.prepare(sql), of: self)
  }

  func query(
    _ sql: String, _ parameters: [Scalar], as schema: Schema?
  ) throws(Fault) -> any BatchSource {
    try step()
    return try session.query(sql, parameters, as: schema)
  }

  func append(_ source: any BatchSource, to table: String) throws -> Int {
    try step()
    return try session.append(source, to: table)
  }

  func tables() throws(Fault) -> [String] {
    try step()
    return try session.tables()
  }

  func columns(of table: String) throws(Fault) -> [TableColumn] {
    try step()
    return try session.columns(of: table)
  }

  func beginLoad() throws(Fault) {
    try step()
    try session.beginLoad()
  }

  func cursor(_ sql: String, _ parameters: [Scalar]) throws(Fault) -> Session.Rows {
    try step()
    return try session.cursor(sql, parameters)
  }

  static func laidOut(
    _ batch: Batch, at place: Place, naming name: (_ row: Int) -> String
  ) throws(Fault) -> any LaidOutRows {
    try Session.laidOut(batch, at: place, naming: name)
  }

  func insert(
    into table: String, _ columns: [String], _ next: @escaping () throws -> (any LaidOutRows)?
  ) throws -> Int {
    try step()
    return try session.insert(into: table, columns) {
      guard let rows = try next() else { return nil }
      try self.step()
      return rows
    }
  }

  func insert(
    _ rows: [[Scalar]], into table: String, _ columns: [String]
  ) throws(Fault) {
    try step()
    try session.insert(rows, into: table, columns)
  }

  func columns(ofIndex name: String) throws(Fault) -> [String] {
    try step()
    return try session.columns(ofIndex: name)
  }

  func relation(_ name: String) throws(Fault) -> Relation? {
    try step()
    return try session.relation(name)
  }
}

/// A statement each run of which counts as one.
private final class WatchedStatement<Session: LoadingConnection>: Statement {
  private let statement: any Statement
  private let session: WatchedSession<Session>

  init(_ statement: any Statement, of session: WatchedSession<Session>) {
    self.statement = statement
    self.session = session
  }

  func run(_ parameters: [Scalar]) throws(Fault) -> Int {
    try session.step()
    return try statement.run(parameters)
  }

  func rows(_ parameters: [Scalar]) throws(Fault) -> [[Scalar]] {
    try session.step()
    return try statement.rows(parameters)
  }
}
