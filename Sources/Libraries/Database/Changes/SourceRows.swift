import CSQLite
import Columnar
import Core

/// The rows of a source table in the order of their keys. Its buffers serve every row: a large
/// table is walked without asking for memory.
final class SourceRows {
  /// Whether there is no current row.
  private(set) var isAtEnd = false
  /// The current row's key.
  private(set) var key: [UInt8] = []
  private(set) var image = RowImage()
  /// Whether keys that differ here may have one text in bronze: a column of them holds numbers,
  /// texts or BLOBs together, or the rows did not come in order.
  var mayRepeatTexts: Bool { isDisordered || kinds.contains { $0.nonzeroBitCount > 1 } }

  private let statement: SQLiteStatement
  /// Of a view only: a table ends.
  private let limit: ViewLimit?
  private let table: SourceTable
  private let keys: [Int32]
  private let columnCount: Int32
  private var lastKey: [UInt8] = []
  private var isFirst = true
  private var isDisordered = false
  private var kinds: [KeyEncoding.Kinds]
  private var text: [UInt8] = []

  /// A row with more bytes of text is not taken.
  private static let byteLimit = 256 << 20

  init(_ table: SourceTable, in source: SQLiteConnection) throws(Fault) {
    self.table = table
    limit = try table.viewLimit(in: source)
    statement = try table.statement(in: source)
    keys = table.keys.map(Int32.init)
    kinds = Array(repeating: 0, count: keys.count)
    columnCount = Int32(table.columns.count)
    try advance()
  }

  /// Moves to the next row; `.verdict` when it has the same key or is too long to be kept, `.data`
  /// when the source cannot give it.
  func advance() throws(Fault) {
    guard try step() else {
      isAtEnd = true
      return
    }
    swap(&key, &lastKey)
    key.removeAll(keepingCapacity: true)
    KeyEncoding.append(keys, of: statement, to: &key, &kinds)
    if !isFirst {
      let order = lastKey.withTextBytes { last in key.withTextBytes { last.order(to: $0) } }
      if order == 0 { throw table.repeated(keyText) }
      if order > 0 { isDisordered = true }
    }
    isFirst = false
    image.removeAll()
    for column in 0..<columnCount { try appendValue(column) }
  }

  /// The current row's key as people see it.
  var keyText: String { keys.map(shown).joined(separator: ", ") }

  private func step() throws(Fault) -> Bool {
    do {
      return try statement.step()
    } catch {
      if limit?.isReached == true { throw table.endless }
      throw error.ofSource(
        statement.connection, table.place, after: isFirst ? nil : image.keyText(at: table.keys))
    }
  }

  private func appendValue(_ column: Int32) throws(Fault) {
    switch sqlite3_column_type(statement.handle, column) {
    case SQLITE_NULL: image.appendNull()
    case SQLITE_TEXT where isShortASCII(column): image.append(statement.bytes(column))
    default:
      // A BLOB is written in twice as many digits.
      guard image.bytes.count + 2 * statement.bytes(column).count <= SourceRows.byteLimit else {
        throw tooLong(column)
      }
      text.removeAll(keepingCapacity: true)
      statement.appendText(of: column, to: &text)
      text.withTextBytes { image.append($0) }
    }
  }

  private func isShortASCII(_ column: Int32) -> Bool {
    let bytes = statement.bytes(column)
    return bytes.count < 1 << 20 && bytes.isASCII
  }

  private func shown(_ column: Int32) -> String {
    guard sqlite3_column_type(statement.handle, column) != SQLITE_NULL else { return "NULL" }
    var text: [UInt8] = []
    statement.appendText(of: column, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private func tooLong(_ column: Int32) -> Fault {
    Fault(
      .verdict, at: table.place,
      "the row (\(keyText)) has \(statement.bytes(column).count) bytes in "
        + "'\(table.columns[Int(column)].name)', more than can be taken",
      remedy: "shorten the value, or extract a view that leaves it out")
  }
}

extension SourceTable {
  /// How far a view is followed; nil for a table.
  fileprivate func viewLimit(in source: SQLiteConnection) throws(Fault) -> ViewLimit? {
    let rows = try source.rows(
      "SELECT (SELECT page_count FROM pragma_page_count) * page_size FROM pragma_page_size "
        + "WHERE EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'view' AND "
        + "lower(name) = lower(?1))", [.string(name)])
    guard case .integer(let byteCount)? = rows.first?.first else { return nil }
    return ViewLimit(source, byteCount: Int(byteCount))
  }

  /// That a view was given up.
  fileprivate var endless: Fault {
    Fault(
      .data, at: place, "the view has come to no end, after more work than its database is large",
      remedy: "mend the view in the source, or extract the tables that it reads")
  }

  /// That several rows have the key that reads `text`.
  func repeated(_ text: String) -> Fault {
    Fault(
      .verdict, at: place, "several rows have the key (\(text))",
      remedy: "name key columns that together differ from row to row")
  }
}
