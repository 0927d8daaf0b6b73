package import Columnar
package import Core

/// A connection that fills and mends many tables in one transaction: what a loader asks of its
/// database beyond `Connection`.
package protocol LoadingConnection: Connection {
  associatedtype Rows: RowCursor

  /// Begins the transaction of a load, in which nobody else loads. `.temporary` when another load
  /// goes on for too long; it says whose.
  func beginLoad() throws(Fault)

  /// Runs a SELECT within a transaction and gives its rows one by one; other statements may run
  /// meanwhile.
  func cursor(_ sql: String, _ parameters: [Scalar]) throws(Fault) -> Rows

  /// The rows of a batch as the database takes them. `.verdict` at `place` when it cannot hold a
  /// value exactly; `name` says which row it is of, as `fact_sales: line_no = 2`. Any thread may
  /// ask, whatever the connection does.
  static func laidOut(
    _ batch: Batch, at place: Place, naming name: (_ row: Int) -> String
  ) throws(Fault) -> any LaidOutRows

  /// Inserts the rows that `next` gives into `columns` of `table`; gives their number.
  func insert(
    into table: String, _ columns: [String], _ next: @escaping () throws -> (any LaidOutRows)?
  ) throws -> Int

  /// Inserts rows of values, each as the database stores it, into `columns` of `table`: a server
  /// takes any number of them in one go.
  func insert(_ rows: [[Scalar]], into table: String, _ columns: [String]) throws(Fault)

  /// The columns of an index in their order; empty when there is no such index.
  func columns(ofIndex name: String) throws(Fault) -> [String]

  /// The table or view called `name`; nil when there is neither.
  func relation(_ name: String) throws(Fault) -> Relation?
}

/// A table or view of a database.
package struct Relation: Hashable, Sendable {
  /// Which of the two it is.
  package enum Kind: String, Sendable { case table, view }

  package let kind: Kind
  /// The statement that made it, if the database remembers that.
  package let statement: String?

  package init(_ kind: Kind, statement: String?) {
    self.kind = kind
    self.statement = statement
  }
}

/// Rows laid out for one kind of database.
package protocol LaidOutRows: Sendable {
  var rowCount: Int { get }
}

/// The rows of a SELECT, one current at a time, each value as the database stores it.
package protocol RowCursor: AnyObject {
  /// The next row, or nil at the end.
  func next() throws(Fault) -> [Scalar]?
  /// Moves to the next row; false at the end.
  func advance() throws(Fault) -> Bool
  /// A whole number of the current row; nil when it is NULL or something else.
  func integer(_ column: Int) -> Int64?
  /// The bytes of a value's text in the current row, there until the next; none for NULL.
  func bytes(_ column: Int) -> TextBytes
  /// Whether a value of the current row is NULL.
  func isNull(_ column: Int) -> Bool
}

extension LoadingConnection {
  /// `cursor(_:_:)` without parameters.
  package func cursor(_ sql: String) throws(Fault) -> Rows { try cursor(sql, []) }

  /// Appends all batches that `next` gives to the columns of their names.
  package func append(
    to table: String, _ columns: [String], at place: Place,
    naming name: @escaping (_ row: Int, Batch) -> String = { row, _ in "row \(row + 1)" },
    _ next: @escaping () throws -> Batch?
  ) throws -> Int {
    try insert(into: table, columns) {
      try next().map { batch in
        try Self.laidOut(batch, at: place) { name($0, batch) }
      }
    }
  }

  /// Does `work`, which may fail, so that the transaction can go on if it does.
  package func attempt(_ work: () throws(Fault) -> Void) throws(Fault) {
    try execute("SAVEPOINT attempt")
    do {
      try work()
    } catch {
      try? execute("ROLLBACK TO attempt; RELEASE attempt")
      throw error
    }
    try execute("RELEASE attempt")
  }
}
