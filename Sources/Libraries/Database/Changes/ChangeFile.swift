import CSQLite
import Columnar
import Core

/// Change rows that have the same columns, to be one file of bronze: the source's columns as STRING
/// exactly as it gives them, then `__op` (`r` first snapshot, `c` created, `u` updated, `d`
/// deleted), `__sequence` and `__committed_at`. What is no column of the file was not known of its
/// rows, which is something else than NULL.
final class ChangeFile: BatchSource {
  /// A batch ends when it holds so much text.
  private static let batchByteCount = 32 << 20

  let schema: Schema
  private let columns: [String]
  /// The queries that give its rows, those that are not read to their end.
  private var rows: [SQLiteStatement]
  private let state: CompareState
  private let log: ChangeLog
  private let key: [Int]
  private let builders: [ColumnBuilder]
  /// Where the file's columns stand in the images of a layout.
  private var places: [Int64: [Int?]] = [:]

  /// The rows that `queries` give, one after the other, of each its operation, layout, image and
  /// moment. `key` are the places of the key in `columns`.
  init(
    _ columns: [String], key: [Int], of queries: [SQLiteStatement], in state: CompareState,
    _ log: ChangeLog
  ) {
    self.columns = columns
    self.key = key
    self.state = state
    self.log = log
    schema = ChangeColumns.schema(behind: columns)
    builders = schema.fields.map { ColumnBuilder($0.type) }
    rows = queries
  }

  func next() throws -> Batch? {
    var count = 0
    var byteCount = 0
    while let statement = rows.first, count < Batch.standardRowCount,
      byteCount < ChangeFile.batchByteCount
    {
      guard try statement.step() else {
        // A statement that is stepped past its end begins anew.
        rows.removeFirst()
        continue
      }
      byteCount += try append(statement.storedChange)
      count += 1
    }
    guard count > 0 else { return nil }
    return Batch(schema, builders.map { $0.finish() }, rowCount: count)
  }

  private typealias Row = (operation: String, layout: Int64, image: [UInt8], moment: Int64)

  /// Appends a row and tells how many bytes it has.
  private func append(_ row: Row) throws(Fault) -> Int {
    let image = RowImage(row.image)
    let texts = try image.texts(state.layouts[row.layout]?.count ?? 0)
    for (index, place) in try places(in: row.layout).enumerated() {
      guard let text = place.flatMap({ texts[$0] }) else {
        builders[index].appendNull()
        continue
      }
      builders[index].append(bytes: text)
      if text.withTextBytes(ForeignText.isEscaped) {
        let places = places[row.layout] ?? []
        log.noteForeign(columns[index], ofKey: image.keyText(at: key.map { places[$0] }))
      }
    }
    log.lastSequence += 1
    builders[columns.count].append(bytes: row.operation.utf8)
    builders[columns.count + 1].append(int64: log.lastSequence)
    builders[columns.count + 2].append(int64: row.moment)
    return image.bytes.count
  }

  private func places(in layout: Int64) throws(Fault) -> [Int?] {
    if let known = places[layout] { return known }
    let names = state.layouts[layout] ?? []
    let found = columns.map { ColumnNames.index(of: $0, in: names) }
    places[layout] = found
    return found
  }
}

/// What the files of one extraction count together.
final class ChangeLog {
  /// The `__sequence` of the last row.
  var lastSequence: Int64
  /// Text that is not UTF-8, by column.
  private(set) var foreign: [String: Oddity] = [:]

  init(lastSequence: Int64) { self.lastSequence = lastSequence }

  func noteForeign(_ column: String, ofKey key: @autoclosure () -> String) {
    foreign[column, default: Oddity()].note(key(), "")
  }
}

extension SQLiteStatement {
  /// The columns operation, layout, image and moment of the current row.
  fileprivate var storedChange: (operation: String, layout: Int64, image: [UInt8], moment: Int64) {
    var operation = ""
    if case .string(let text) = storedValue(0) { operation = text }
    return (
      operation, sqlite3_column_int64(handle, 1), Array(bytes(2)), sqlite3_column_int64(handle, 3)
    )
  }
}
