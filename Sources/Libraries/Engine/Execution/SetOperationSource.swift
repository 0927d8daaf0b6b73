import Columnar
import Core

/// INTERSECT and EXCEPT by counting equal rows; NULLs are equal. Rows come in the order of the left
/// input's first appearance.
func combinedSets(
  _ schema: Schema, _ left: any BatchSource, _ right: any BatchSource,
  _ operation: LogicalPlan.SetOperation
) throws -> BatchList {
  var counter = RowCounter(schema.fields.map(\.type))
  var rightCounts: [Int] = []
  while let batch = try right.next() {
    for number in counter.numbers(batch) {
      while rightCounts.count <= Int(number) { rightCounts.append(0) }
      rightCounts[Int(number)] += 1
    }
  }
  var seen: [Int] = []
  var results: [Batch] = []
  while let batch = try left.next() {
    var rows: [Int32] = []
    for (row, number) in counter.numbers(batch).enumerated() {
      while seen.count <= Int(number) { seen.append(0) }
      seen[Int(number)] += 1
      let other = Int(number) < rightCounts.count ? rightCounts[Int(number)] : 0
      let isKept =
        switch operation {
        case .intersect: other > 0 && seen[Int(number)] == 1
        case .intersectAll: seen[Int(number)] <= other
        case .except: other == 0 && seen[Int(number)] == 1
        case .exceptAll: seen[Int(number)] > other
        }
      if isKept { rows.append(Int32(row)) }
    }
    let kept = batch.taking(rows)
    results.append(Batch(schema, kept.columns, rowCount: kept.rowCount))
  }
  return BatchList(schema, results)
}

/// Numbers for rows: equal rows get one number.
private struct RowCounter {
  private var encoder: KeyEncoder
  private var cache: DictionaryNumbers
  private var table: KeyTable

  init(_ types: [DataType]) {
    encoder = KeyEncoder(types)
    cache = DictionaryNumbers(columnCount: types.count)
    table = KeyTable(width: encoder.width)
  }

  mutating func numbers(_ batch: Batch) -> [Int32] {
    let words = encoder.words(batch.columns, count: batch.rowCount, adding: true, &cache)
    return table.adding(words, rowCount: batch.rowCount).numbers
  }
}
