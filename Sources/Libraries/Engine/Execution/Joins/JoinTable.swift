import Columnar
import Core

/// The build side of a join: all its rows, found by key. Shared by the sources that probe it.
final class JoinTable: @unchecked Sendable {
  let batch: Batch
  /// Whether a row has a NULL among its keys: for NOT IN.
  let hasNullKey: Bool
  /// The keys' words, for probing; each prober takes a copy.
  let encoder: KeyEncoder
  private let table: KeyTable
  /// The rows of key number `n` are `rows[offsets[n]..<offsets[n + 1]]`, in the batch's order.
  private let offsets: [Int32]
  private let rows: [Int32]
  private let hasKeys: Bool
  /// The memory that the rows take, for as long as they are there.
  private let holds: [MemoryHold]

  init(_ batch: Batch, keys: [Column], nullsMatch: [Bool], holding holds: [MemoryHold]) {
    self.batch = batch
    self.holds = holds
    hasKeys = !keys.isEmpty
    var encoder = KeyEncoder(keys.map(\.type))
    var table = KeyTable(width: encoder.width)
    guard hasKeys else {
      (self.encoder, self.table, hasNullKey) = (encoder, table, false)
      offsets = [0, Int32(batch.rowCount)]
      rows = fillRows(batch.rowCount) { Int32($0) }
      return
    }
    let present = JoinTable.present(keys, nullsMatch)
    hasNullKey = keys.contains { $0.hasNulls || $0.type == .null && batch.rowCount > 0 }
    let kept = present?.setPositions ?? fillRows(batch.rowCount) { Int32($0) }
    let keptKeys = present == nil ? keys : keys.map { $0.taking(kept) }
    var cache = DictionaryNumbers(columnCount: keys.count)
    let words = encoder.words(keptKeys, count: kept.count, adding: true, &cache)
    let numbers = table.adding(words, rowCount: kept.count).numbers
    var offsets = [Int32](repeating: 0, count: table.count + 1)
    for number in numbers { offsets[Int(number) + 1] += 1 }
    for number in 0..<table.count { offsets[number + 1] += offsets[number] }
    var next = offsets
    var rows = [Int32](repeating: 0, count: kept.count)
    for (index, number) in numbers.enumerated() {
      rows[Int(next[Int(number)])] = kept[index]
      next[Int(number)] += 1
    }
    self.encoder = encoder
    self.table = table
    self.offsets = offsets
    self.rows = rows
  }

  /// The rows whose keys can match; nil for all.
  static func present(_ keys: [Column], _ nullsMatch: [Bool]) -> Bitmap? {
    var present: Bitmap?
    for (key, matches) in zip(keys, nullsMatch) where !matches {
      let validity =
        key.type == .null
        ? Bitmap(repeating: false, count: key.count) : key.validity
      present = Bitmap.both(present, validity)
    }
    return present
  }

  /// The number of each probe row's key, -1 where no row has it.
  func numbers(
    _ keys: [Column], _ nullsMatch: [Bool], count: Int, _ encoder: inout KeyEncoder,
    _ cache: inout DictionaryNumbers
  ) -> [Int32] {
    guard hasKeys else { return [Int32](repeating: batch.rowCount > 0 ? 0 : -1, count: count) }
    if let rows = encoder.knownRows(keys, count: count, &cache) {
      var numbers = [Int32](repeating: -1, count: count)
      if rows.isEmpty { return numbers }
      let known = self.numbers(
        keys.map { $0.taking(rows) }, nullsMatch, count: rows.count, &encoder, &cache)
      for (index, row) in rows.enumerated() { numbers[Int(row)] = known[index] }
      return numbers
    }
    let words = encoder.words(keys, count: count, adding: false, &cache)
    let numbers = table.numbers(words, rowCount: count)
    guard let present = JoinTable.present(keys, nullsMatch) else { return numbers }
    return fillRows(count) { present[$0] ? numbers[$0] : -1 }
  }

  /// How many rows have the key.
  @inline(__always)
  func matchCount(_ number: Int32) -> Int {
    number < 0 ? 0 : Int(offsets[Int(number) + 1] - offsets[Int(number)])
  }

  /// A row of the key.
  @inline(__always)
  func row(_ number: Int32, _ index: Int) -> Int32 { rows[Int(offsets[Int(number)]) + index] }
}
