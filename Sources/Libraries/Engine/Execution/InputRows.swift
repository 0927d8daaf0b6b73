import Columnar

/// The rows an expression is computed for: a batch's columns, or some rows of them, taken only
/// when asked for.
final class InputRows {
  let count: Int
  private let columns: [Column]
  private let selection: [Int32]?
  private var taken: [Column?]

  init(_ columns: [Column], count: Int, selection: [Int32]? = nil) {
    self.columns = columns
    self.count = selection?.count ?? count
    self.selection = selection
    taken = selection == nil ? [] : [Column?](repeating: nil, count: columns.count)
  }

  convenience init(_ batch: Batch) { self.init(batch.columns, count: batch.rowCount) }

  /// The column at `position`, these rows only.
  func column(_ position: Int) -> Column {
    guard let selection else { return columns[position] }
    if let known = taken[position] { return known }
    let column = columns[position].taking(selection)
    taken[position] = column
    return column
  }

  /// Some of these rows, by their number among them.
  func selecting(_ rows: [Int32]) -> InputRows {
    guard let selection else { return InputRows(columns, count: count, selection: rows) }
    return InputRows(columns, count: count, selection: mapRows(rows) { selection[Int($0)] })
  }
}
