import CSQLite
import Core

/// A row of the source, or one remembered of it.
struct KeyedRow {
  var key: [UInt8]
  /// The layout of `image`; 0 for a row of the source.
  var layout: Int64
  var image: RowImage
}

/// The source table in key order.
final class SourceRows {
  private(set) var current: KeyedRow?
  private let statement: SQLiteStatement
  private let keys: [Int32]
  private let columnCount: Int32
  private let table: String
  private var text: [UInt8] = []

  init(
    _ spec: CompareSpec, _ columns: [String], in source: SQLiteConnection
  ) throws(Fault) {
    let quoted = source.dialect.quoted
    let order = spec.keyColumns.map { "\(quoted($0)) COLLATE BINARY" }
    statement = try source.statement(
      "SELECT \(columns.map(quoted).joined(separator: ", ")) FROM \(quoted(spec.table)) "
        + "ORDER BY \(order.joined(separator: ", "))")
    keys = spec.keyColumns.compactMap { name in columns.firstIndex(of: name).map(Int32.init) }
    columnCount = Int32(columns.count)
    table = spec.table
    try advance()
  }

  /// Moves to the next row; `.verdict` when it has the same key.
  func advance() throws(Fault) {
    guard try statement.step() else {
      current = nil
      return
    }
    var row = KeyedRow(key: [], layout: 0, image: RowImage())
    KeyEncoding.append(keys, of: statement, to: &row.key)
    for column in 0..<columnCount {
      if sqlite3_column_type(statement.handle, column) == SQLITE_NULL {
        row.image.appendNull()
      } else {
        text.removeAll(keepingCapacity: true)
        statement.appendText(of: column, to: &text)
        row.image.append(text)
      }
    }
    if let last = current, KeyEncoding.isBefore(last.key, row.key) != true {
      throw Fault(
        .verdict, at: Place("\(statement.connection.place.file):\(table)"),
        "several rows have the key (\(keyText))",
        remedy: "name key columns that together differ from row to row")
    }
    current = row
  }

  private var keyText: String {
    keys.map { column in
      var text: [UInt8] = []
      statement.appendText(of: column, to: &text)
      return String(decoding: text, as: UTF8.self)
    }.joined(separator: ", ")
  }
}

/// The remembered rows in key order.
final class RememberedRows {
  private(set) var current: KeyedRow?
  private let statement: SQLiteStatement

  init(_ state: CompareState) throws(Fault) {
    statement = try state.database.statement("SELECT key, layout, image FROM current ORDER BY key")
    try advance()
  }

  func advance() throws(Fault) {
    guard try statement.step() else {
      current = nil
      return
    }
    current = KeyedRow(
      key: Array(statement.bytes(0)), layout: sqlite3_column_int64(statement.handle, 1),
      image: RowImage(Array(statement.bytes(2))))
  }
}
