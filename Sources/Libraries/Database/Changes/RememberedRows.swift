import CSQLite
import Core

/// The remembered rows in the order of their places.
final class RememberedRows {
  /// Whether there is no current row.
  private(set) var isAtEnd = false
  /// The current row's place, as SQLite holds it until `advance`.
  private(set) var place = TextBytes(start: nil, count: 0)
  /// The current row's image, as SQLite holds it until `advance`.
  private(set) var image = TextBytes(start: nil, count: 0)

  private let statement: SQLiteStatement

  init(_ state: CompareState) throws(Fault) {
    statement = try state.database.statement(
      "SELECT place, layout, image, moment FROM current ORDER BY place")
    try advance()
  }

  /// The current row, to be kept.
  var row: RememberedRow {
    RememberedRow(
      place: Array(place), layout: layout, image: RowImage(Array(image)),
      moment: Timestamp(microseconds: sqlite3_column_int64(statement.handle, 3)))
  }

  /// The layout of the current row's image.
  var layout: Int64 { sqlite3_column_int64(statement.handle, 1) }

  func advance() throws(Fault) {
    isAtEnd = try !statement.step()
    guard !isAtEnd else { return }
    place = statement.bytes(0)
    image = statement.bytes(2)
  }
}

/// A row as the state holds it.
struct RememberedRow {
  let place: [UInt8]
  let layout: Int64
  let image: RowImage
  /// When it last changed.
  let moment: Timestamp
}
