package import Columnar
package import Core

/// The rows of a SELECT one after the other, each value as SQLite stores it.
package final class SQLiteRows: RowCursor {
  private let statement: SQLiteStatement
  private let columnCount: Int32

  init(_ statement: SQLiteStatement) {
    self.statement = statement
    columnCount = statement.columnCount
  }

  /// The next row, or nil at the end.
  package func next() throws(Fault) -> [Scalar]? {
    guard try advance() else { return nil }
    return (0..<columnCount).map(statement.storedValue)
  }

  /// Moves to the next row; false at the end.
  package func advance() throws(Fault) -> Bool { try statement.step() }

  /// A whole number of the current row; nil when it is NULL or something else.
  package func integer(_ column: Int) -> Int64? {
    if case .integer(let value) = statement.storedValue(Int32(column)) { return value }
    return nil
  }

  /// The bytes of a text of the current row, there until the next step; none for NULL.
  package func bytes(_ column: Int) -> TextBytes { statement.bytes(Int32(column)) }

  /// Appends the text of a value of the current row, exactly as bronze holds it; false for NULL.
  package func appendText(_ column: Int, to text: inout [UInt8]) -> Bool {
    if isNull(column) { return false }
    statement.appendText(of: Int32(column), to: &text)
    return true
  }

  /// Whether a value of the current row is NULL.
  package func isNull(_ column: Int) -> Bool { statement.storedValue(Int32(column)).isNull }
}

extension SQLiteConnection {
  /// Runs a SELECT and gives its rows one by one.
  package func cursor(
    _ sql: String, _ parameters: [Scalar]
  ) throws(Fault) -> SQLiteRows {
    let statement = try statement(sql)
    try statement.bind(parameters)
    return SQLiteRows(statement)
  }
}
