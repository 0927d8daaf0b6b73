/// A column that rows are sorted by.
package struct SortColumn {
  package var column: Column
  package var isDescending: Bool
  package var nullsFirst: Bool

  package init(_ column: Column, isDescending: Bool = false, nullsFirst: Bool = true) {
    self.column = column
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }
}

extension Column {
  /// The rows 0 to `count` - 1 in the order of `keys`, the first the most significant; rows that
  /// are equal keep their order.
  package static func sortedRows(_ count: Int, by keys: [SortColumn]) -> [Int32] {
    var order = fillRows(count) { Int32($0) }
    // From the least significant key to the most: each pass is stable.
    for key in keys.reversed() {
      // Values under a NULL may be anything: those rows are left out of the passes.
      let validity = key.column.validity?.unlessAllSet
      let nulls = validity.map { validity in order.filter { !validity[Int($0)] } } ?? []
      if let validity { order = order.filter { validity[Int($0)] } }
      for words in key.column.orderWords.reversed() {
        sortStably(&order, by: key.isDescending ? mapRows(words) { ~$0 } : words)
      }
      order = key.nullsFirst ? nulls + order : order + nulls
    }
    return order
  }

  /// Words that order as the values do, the most significant array first.
  private var orderWords: [[UInt64]] {
    let sign: UInt64 = 1 << 63
    switch values {
    case .boolean(let values): return [mapRows(values) { $0 ? 1 : 0 }]
    case .int32(let values):
      return [mapRows(values) { UInt64(UInt32(bitPattern: $0) ^ 0x8000_0000) }]
    case .int64(let values): return [mapRows(values) { UInt64(bitPattern: $0) ^ sign }]
    case .double(let values):
      return [mapRows(values) { UInt64(bitPattern: orderedBits($0)) ^ sign }]
    case .int128(let values):
      return [
        mapRows(values) { UInt64(truncatingIfNeeded: $0 >> 64) ^ sign },
        mapRows(values) { UInt64(truncatingIfNeeded: $0) },
      ]
    case .dictionary(let codes, let dictionary):
      let entries = Column(.string, count: dictionary.values.count, .bytes(dictionary.values))
      guard entries.count > 0 else { return [] }
      let ranks = entries.ranks
      let last = entries.count - 1
      return [mapRows(codes) { ranks[min(max(Int($0), 0), last)] }]
    case .bytes, .list, .structure: return [ranks]
    }
  }

  /// The rank of each value among the values; NULLs have any.
  private var ranks: [UInt64] {
    var order = fillRows(count) { Int32($0) }
    if case .bytes = values {
      withBytes { view in
        let prefixes = fillRows(count) { prefix(of: view[$0]) }
        order.sort { a, b in
          let x = prefixes[Int(a)]
          let y = prefixes[Int(b)]
          return x == y ? byteOrder(view[Int(a)], view[Int(b)]) < 0 : x < y
        }
      }
    } else {
      order.sort { Column.nullableOrder(self, Int($0), self, Int($1)) < 0 }
    }
    var ranks = [UInt64](repeating: 0, count: count)
    var rank: UInt64 = 0
    for index in order.indices.dropFirst() {
      if isLess(Int(order[index - 1]), Int(order[index])) { rank += 1 }
      ranks[Int(order[index])] = rank
    }
    return ranks
  }

  private func isLess(_ i: Int, _ j: Int) -> Bool {
    if case .bytes = values { return withBytes { byteOrder($0[i], $0[j]) < 0 } }
    return Column.nullableOrder(self, i, self, j) < 0
  }
}

/// The first eight bytes as a number that orders as they do.
private func prefix(of bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
  var word: UInt64 = 0
  for index in 0..<8 { word = word << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
  return word
}

/// Sorts rows by their words, a byte at a time from the lowest; bytes that all words share are
/// skipped.
private func sortStably(_ order: inout [Int32], by words: [UInt64]) {
  let count = order.count
  if count < 2 { return }
  if count < 64 {
    insertionSort(&order, by: words)
    return
  }
  var keys = mapRows(order) { words[Int($0)] }
  var sortedKeys = [UInt64](repeating: 0, count: count)
  var sortedOrder = [Int32](repeating: 0, count: count)
  let varying = keys.reduce(0) { $0 | ($1 ^ keys[0]) }
  for byte in 0..<8 where varying >> UInt64(byte * 8) & 0xFF != 0 {
    let shift = UInt64(byte * 8)
    var starts = [Int](repeating: 0, count: 257)
    for key in keys { starts[Int(key >> shift & 0xFF) + 1] += 1 }
    for bucket in 0..<256 { starts[bucket + 1] += starts[bucket] }
    keys.withUnsafeBufferPointer { keys in
      order.withUnsafeBufferPointer { order in
        sortedKeys.withUnsafeMutableBufferPointer { sortedKeys in
          sortedOrder.withUnsafeMutableBufferPointer { sortedOrder in
            starts.withUnsafeMutableBufferPointer { starts in
              for index in 0..<count {
                let bucket = Int(keys[index] >> shift & 0xFF)
                let place = starts[bucket]
                starts[bucket] = place + 1
                sortedKeys[place] = keys[index]
                sortedOrder[place] = order[index]
              }
            }
          }
        }
      }
    }
    swap(&keys, &sortedKeys)
    swap(&order, &sortedOrder)
  }
}

private func insertionSort(_ order: inout [Int32], by words: [UInt64]) {
  for index in 1..<order.count {
    let row = order[index]
    let word = words[Int(row)]
    var place = index
    while place > 0, words[Int(order[place - 1])] > word {
      order[place] = order[place - 1]
      place -= 1
    }
    order[place] = row
  }
}
