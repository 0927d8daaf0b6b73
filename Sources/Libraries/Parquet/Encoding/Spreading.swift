import Columnar

/// Moves values that lie end to end to the rows that have one; rows without one get zero.
func spread(_ values: Column.Values, over rows: Bitmap) -> Column.Values {
  switch values {
  case .boolean(let values): .boolean(spread(values, over: rows, filler: false))
  case .int32(let values): .int32(spread(values, over: rows, filler: 0))
  case .int64(let values): .int64(spread(values, over: rows, filler: 0))
  case .int128(let values): .int128(spread(values, over: rows, filler: 0))
  case .double(let values): .double(spread(values, over: rows, filler: 0))
  case .bytes(let runs):
    .bytes(ByteRuns(offsets: spreadOffsets(runs.offsets, over: rows), bytes: runs.bytes))
  case .dictionary(let codes, let dictionary):
    .dictionary(codes: spread(codes, over: rows, filler: 0), dictionary: dictionary)
  case .list, .structure: preconditionFailure("only leaves are spread")
  }
}

@inline(__always)
private func spread<Value>(_ values: [Value], over rows: Bitmap, filler: Value) -> [Value] {
  let words = rows.words
  return [Value](unsafeUninitializedCapacity: rows.count) { target, count in
    values.withUnsafeBufferPointer { source in
      var next = 0
      let target = target.baseAddress!
      for (index, word) in words.enumerated() {
        let start = index << 6
        let some = min(64, rows.count - start)
        if word == 0 {
          (target + start).initialize(repeating: filler, count: some)
        } else if word.nonzeroBitCount == some {
          (target + start).initialize(from: source.baseAddress! + next, count: some)
          next += some
        } else {
          for bit in 0..<some {
            let isThere = word >> UInt64(bit) & 1 != 0
            (target + start + bit).initialize(to: isThere ? source[next] : filler)
            next += isThere ? 1 : 0
          }
        }
      }
    }
    count = rows.count
  }
}

private func spreadOffsets(_ offsets: [Int32], over rows: Bitmap) -> [Int32] {
  [Int32](unsafeUninitializedCapacity: rows.count + 1) { target, count in
    offsets.withUnsafeBufferPointer { source in
      var next = 0
      target[0] = 0
      for row in 0..<rows.count {
        next += rows[row] ? 1 : 0
        target[row + 1] = source[next]
      }
    }
    count = rows.count + 1
  }
}

/// The values that codes stand for; every code must be below the number of values.
@inline(__always)
func gather<Value>(_ values: [Value], _ codes: UnsafeBufferPointer<Int32>) -> [Value] {
  values.withUnsafeBufferPointer { source in
    [Value](unsafeUninitializedCapacity: codes.count) { target, count in
      for index in 0..<codes.count {
        (target.baseAddress! + index).initialize(to: source[Int(codes[index])])
      }
      count = codes.count
    }
  }
}
