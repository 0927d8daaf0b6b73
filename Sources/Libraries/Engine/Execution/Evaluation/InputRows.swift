import Columnar

/// A column that is taken from another when it is asked for.
enum LazyColumn {
  case whole(Column)
  case taken(Column, [Int32])
  /// NULL where the row is negative.
  case takenOrNull(Column, [Int32])

  var column: Column {
    switch self {
    case .whole(let column): column
    case .taken(let column, let rows): column.taking(rows)
    case .takenOrNull(let column, let rows): column.takingOrNull(rows)
    }
  }
}

/// The rows an expression is computed for: a batch's columns, or some rows of them, taken only
/// when asked for.
final class InputRows {
  let count: Int
  /// What stands for the one column or member that an expression reads, if its rows are the
  /// entries of a dictionary.
  let entries: Column?
  private var columns: [LazyColumn]

  init(lazily columns: [LazyColumn], count: Int) {
    self.columns = columns
    self.count = count
    entries = nil
  }

  init(entries: Column) {
    self.entries = entries
    count = entries.count
    columns = []
  }

  convenience init(_ batch: Batch) {
    self.init(lazily: batch.columns.map { .whole($0) }, count: batch.rowCount)
  }

  /// The column at `position`, these rows only.
  func column(_ position: Int) -> Column {
    if case .whole(let column) = columns[position] { return column }
    let column = columns[position].column
    columns[position] = .whole(column)
    return column
  }

  /// All columns.
  var allColumns: [Column] { columns.indices.map { column($0) } }

  /// Some of these rows, by their number among them.
  func selecting(_ rows: [Int32]) -> InputRows {
    if let entries { return InputRows(entries: entries.taking(rows)) }
    let chosen = columns.map { column -> LazyColumn in
      switch column {
      case .whole(let column): .taken(column, rows)
      case .taken(let column, let inner): .taken(column, mapRows(rows) { inner[Int($0)] })
      case .takenOrNull(let column, let inner):
        .takenOrNull(column, mapRows(rows) { inner[Int($0)] })
      }
    }
    return InputRows(lazily: chosen, count: rows.count)
  }
}
