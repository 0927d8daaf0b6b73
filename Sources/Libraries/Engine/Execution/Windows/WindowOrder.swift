import Columnar
import Core

/// The rows of a window's input brought into the order of its partitions and sort keys. Positions
/// count in that order.
struct WindowOrder {
  /// The input's rows, by position.
  let rows: [Int32]
  /// For each position: where its partition starts and ends.
  let partitionStart: [Int32]
  let partitionEnd: [Int32]
  /// For each position: where the rows that equal it in the sort keys start and end.
  let peerStart: [Int32]
  let peerEnd: [Int32]
  /// The sort keys, by position.
  let keys: [Column]

  var count: Int { rows.count }

  init(_ batch: Batch, partitionBy: [Expression], orderBy: [SortKey], _ world: EvaluationContext)
    throws
  {
    let count = batch.rowCount
    let partitions = try partitionBy.map { Evaluator($0, in: world) }.evaluate(batch)
    let keys = try orderBy.map { Evaluator($0.expression, in: world) }.evaluate(batch)
    let partition = WindowOrder.numbers(partitions, count)
    let sortKeys = zip(keys, orderBy).map {
      SortColumn($0, isDescending: $1.isDescending, nullsFirst: $1.nullsFirst)
    }
    let number = SortColumn(Column(.int, count: count, .int32(partition)))
    let rows = Column.sortedRows(count, by: [number] + sortKeys)
    let peers = WindowOrder.numbers(keys, count)
    let partitionRuns = WindowOrder.runs(rows) { partition[Int($0)] == partition[Int($1)] }
    let peerRuns = WindowOrder.runs(rows) {
      partition[Int($0)] == partition[Int($1)] && peers[Int($0)] == peers[Int($1)]
    }
    self.rows = rows
    (partitionStart, partitionEnd) = partitionRuns
    (peerStart, peerEnd) = peerRuns
    self.keys = keys.map { $0.taking(rows) }
  }

  /// Values by position brought back to the input's rows.
  func inInputOrder(_ column: Column) -> Column {
    var places = [Int32](repeating: 0, count: rows.count)
    for (position, row) in rows.enumerated() { places[Int(row)] = Int32(position) }
    return column.taking(places)
  }

  /// A number for each row: equal keys have one number.
  private static func numbers(_ keys: [Column], _ count: Int) -> [Int32] {
    if keys.isEmpty { return [Int32](repeating: 0, count: count) }
    var encoder = KeyEncoder(keys.map(\.type))
    var cache = DictionaryNumbers(columnCount: keys.count)
    var table = KeyTable(width: encoder.width)
    let words = encoder.words(keys, count: count, adding: true, &cache)
    return table.adding(words, rowCount: count).numbers
  }

  /// Start and end of the run of equal neighbours that each position stands in.
  private static func runs(
    _ rows: [Int32], _ areEqual: (Int32, Int32) -> Bool
  ) -> (start: [Int32], end: [Int32]) {
    var starts = [Int32](repeating: 0, count: rows.count)
    var ends = [Int32](repeating: 0, count: rows.count)
    var start = 0
    while start < rows.count {
      var end = start + 1
      while end < rows.count, areEqual(rows[start], rows[end]) { end += 1 }
      for position in start..<end {
        starts[position] = Int32(start)
        ends[position] = Int32(end)
      }
      start = end
    }
    return (starts, ends)
  }
}
