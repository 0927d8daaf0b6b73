import CSQLite
import Core

/// The source table in key order. Its buffers serve every row: a large table is walked without
/// asking for memory.
final class SourceRows {
  /// Whether there is no current row.
  private(set) var isAtEnd = false
  /// The current row's key.
  private(set) var key: [UInt8] = []
  private(set) var image = RowImage()

  private let statement: SQLiteStatement
  private let keys: [Int32]
  private let columnCount: Int32
  private let table: String
  private var lastKey: [UInt8] = []
  private var isFirst = true
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
      isAtEnd = true
      return
    }
    swap(&key, &lastKey)
    key.removeAll(keepingCapacity: true)
    KeyEncoding.append(keys, of: statement, to: &key)
    image.removeAll()
    for column in 0..<columnCount { appendValue(column) }
    if !isFirst, lastKey.withTextBytes({ last in key.withTextBytes { last.order(to: $0) } }) >= 0 {
      throw Fault(
        .verdict, at: Place("\(statement.connection.place.file):\(table)"),
        "several rows have the key (\(keyText))",
        remedy: "name key columns that together differ from row to row")
    }
    isFirst = false
  }

  private func appendValue(_ column: Int32) {
    switch sqlite3_column_type(statement.handle, column) {
    case SQLITE_NULL: image.appendNull()
    case SQLITE_TEXT where statement.bytes(column).isASCII: image.append(statement.bytes(column))
    default:
      text.removeAll(keepingCapacity: true)
      statement.appendText(of: column, to: &text)
      text.withTextBytes { image.append($0) }
    }
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
  /// Whether there is no current row.
  private(set) var isAtEnd = false
  /// The current row's key, as SQLite holds it until `advance`.
  private(set) var key = TextBytes(start: nil, count: 0)
  /// The current row's image, as SQLite holds it until `advance`.
  private(set) var image = TextBytes(start: nil, count: 0)

  private let statement: SQLiteStatement

  init(_ state: CompareState) throws(Fault) {
    statement = try state.database.statement("SELECT key, layout, image FROM current ORDER BY key")
    try advance()
  }

  /// The layout of the current row's image.
  var layout: Int64 { sqlite3_column_int64(statement.handle, 1) }

  func advance() throws(Fault) {
    isAtEnd = try !statement.step()
    guard !isAtEnd else { return }
    key = statement.bytes(0)
    image = statement.bytes(2)
  }
}
