/// The values of a column, or the rows of a batch, at given positions.
///
/// The type is switched on once a column; each loop below runs over plain arrays.
extension Column {
  /// The values at `rows`, in that order; a row may come any number of times.
  package func taking(_ rows: [Int32]) -> Column {
    Column(type, count: rows.count, validity: validity.map { $0.taking(rows) }, taken(rows))
  }

  /// The values at `rows`, with NULL wherever the row is negative (the far side of an outer join).
  package func takingOrNull(_ rows: [Int32]) -> Column {
    guard rows.contains(where: { $0 < 0 }) else { return taking(rows) }
    let present = bitmap(of: rows) { $0 >= 0 && (validity?[Int($0)] ?? true) }
    guard count > 0 else { return .nulls(type, count: rows.count) }
    return Column(type, count: rows.count, validity: present, taken(rows.map { max($0, 0) }))
  }

  private func taken(_ rows: [Int32]) -> Values {
    switch values {
    case .boolean(let values): .boolean(take(values, at: rows))
    case .int32(let values): .int32(take(values, at: rows))
    case .int64(let values): .int64(take(values, at: rows))
    case .int128(let values): .int128(take(values, at: rows))
    case .double(let values): .double(take(values, at: rows))
    case .bytes(let runs): takeBytes(runs, at: rows)
    case .dictionary(let codes, let dictionary):
      .dictionary(codes: take(codes, at: rows), dictionary: dictionary)
    case .list(let offsets, let elements): takeLists(offsets, elements, at: rows)
    case .structure(let members): .structure(members.map { $0.taking(rows) })
    }
  }
}

extension Batch {
  /// The rows at `rows`, in that order.
  package func taking(_ rows: [Int32]) -> Batch {
    Batch(schema, columns.map { $0.taking(rows) }, rowCount: rows.count)
  }
}

extension Bitmap {
  /// The bits at `rows`, in that order.
  package func taking(_ rows: [Int32]) -> Bitmap {
    words.withUnsafeBufferPointer { words in
      bitmap(of: rows) { row in words[Int(row) >> 6] >> UInt64(row & 63) & 1 != 0 }
    }
  }
}

/// One bit a row: what `test` says of it.
@inline(__always)
private func bitmap(of rows: [Int32], where test: (Int32) -> Bool) -> Bitmap {
  let words = [UInt64](unsafeUninitializedCapacity: (rows.count + 63) / 64) { words, count in
    count = words.count
    for index in 0..<count {
      var word: UInt64 = 0
      let start = index << 6
      for bit in 0..<min(64, rows.count - start) where test(rows[start + bit]) {
        word |= 1 << UInt64(bit)
      }
      words[index] = word
    }
  }
  return Bitmap(words: words, count: rows.count)
}

@inline(__always)
private func take<Value>(_ values: [Value], at rows: [Int32]) -> [Value] {
  values.withUnsafeBufferPointer { source in
    rows.withUnsafeBufferPointer { rows in
      [Value](unsafeUninitializedCapacity: rows.count) { target, count in
        for index in 0..<rows.count {
          let row = Int(rows[index])
          precondition(row >= 0 && row < source.count, "a taken row stands in the column")
          (target.baseAddress! + index).initialize(to: source[row])
        }
        count = rows.count
      }
    }
  }
}

/// Copies the runs at `rows`; where they would pass the 2 GiB that offsets reach, the source
/// becomes a dictionary instead.
private func takeBytes(_ runs: ByteRuns, at rows: [Int32]) -> Column.Values {
  var total = 0
  for row in rows { total += Int(runs.offsets[Int(row) + 1] - runs.offsets[Int(row)]) }
  guard total <= Int(Int32.max) else {
    return .dictionary(codes: rows, dictionary: ByteDictionary(runs))
  }
  var offsets: [Int32] = []
  let bytes = [UInt8](unsafeUninitializedCapacity: total) { target, count in
    offsets = copyRuns(runs, at: rows, to: target)
    count = total
  }
  return .bytes(ByteRuns(offsets: offsets, bytes: bytes))
}

/// Copies the runs at `rows` end to end into `target` and gives their offsets.
private func copyRuns(
  _ runs: ByteRuns, at rows: [Int32], to target: UnsafeMutableBufferPointer<UInt8>
) -> [Int32] {
  [Int32](unsafeUninitializedCapacity: rows.count + 1) { offsets, count in
    runs.offsets.withUnsafeBufferPointer { starts in
      runs.bytes.withUnsafeBufferPointer { source in
        var position = 0
        offsets[0] = 0
        for index in 0..<rows.count {
          let start = Int(starts[Int(rows[index])])
          let length = Int(starts[Int(rows[index]) + 1]) - start
          if length > 0 {
            (target.baseAddress! + position).update(
              from: source.baseAddress! + start, count: length)
          }
          position += length
          offsets[index + 1] = Int32(truncatingIfNeeded: position)  // At most 2 GiB: checked.
        }
      }
    }
    count = rows.count + 1
  }
}

/// Takes lists by taking the elements of each.
private func takeLists(_ offsets: [Int32], _ elements: Column, at rows: [Int32]) -> Column.Values {
  var total = 0
  for row in rows { total += Int(offsets[Int(row) + 1] - offsets[Int(row)]) }
  precondition(
    total <= Int(Int32.max), "who takes rows several times keeps them below 2^31 list elements")
  var starts: [Int32] = [0]
  starts.reserveCapacity(rows.count + 1)
  var positions: [Int32] = []
  positions.reserveCapacity(total)
  for row in rows {
    for position in offsets[Int(row)]..<offsets[Int(row) + 1] { positions.append(position) }
    starts.append(Int32(positions.count))
  }
  return .list(offsets: starts, elements: elements.taking(positions))
}
