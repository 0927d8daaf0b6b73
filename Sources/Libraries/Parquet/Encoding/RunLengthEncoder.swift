/// `values`, each of at most `width` bits, as the hybrid of runs and bit-packed groups that
/// `RunLengthDecoder` reads: runs of eight and more as runs, what lies between as groups of eight.
func runLengthEncoded<Value: FixedWidthInteger>(_ values: [Value], width: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(values.count * width / 8 + 16)
  values.withUnsafeBufferPointer { values in
    var literals = 0  // Where the values start that are neither run nor group yet.
    var next = 0
    while let run = firstRun(of: values, from: next) {
      // A group in the making is filled up from the run before the run may start.
      let filler = (8 - (run.lowerBound - literals) & 7) & 7
      if run.count - filler >= 8 {
        let start = run.lowerBound + filler
        appendGroups(values, literals..<start, width: width, to: &bytes)
        appendRun(values[start], run.upperBound - start, width: width, to: &bytes)
        literals = run.upperBound
      }
      next = run.upperBound
    }
    appendGroups(values, literals..<values.count, width: width, to: &bytes)
  }
  return bytes
}

/// The first of `values` from `start` on, where a run starts, that are one value eight times or
/// more, as far as they go. So many are four times the same at one of the places tried, whatever
/// they are.
private func firstRun<Value: FixedWidthInteger>(
  of values: UnsafeBufferPointer<Value>, from start: Int
) -> Range<Int>? {
  var place = start
  while place + 4 <= values.count {
    let value = values[place]
    let difference =
      (value ^ values[place + 1]) | (value ^ values[place + 2]) | (value ^ values[place + 3])
    guard difference == 0 else {
      place += 4
      continue
    }
    var first = place
    while first > start, values[first - 1] == value { first -= 1 }
    var end = place + 4
    while end < values.count, values[end] == value { end += 1 }
    if end - first >= 8 { return first..<end }
    // The next run begins behind this one: places are tried from there on.
    place = end
  }
  return nil
}

private func appendRun<Value: FixedWidthInteger>(
  _ value: Value, _ count: Int, width: Int, to bytes: inout [UInt8]
) {
  appendVarint(UInt64(count) << 1, to: &bytes)
  var rest = UInt32(truncatingIfNeeded: value)
  for _ in 0..<(width + 7) / 8 {
    bytes.append(UInt8(truncatingIfNeeded: rest))
    rest >>= 8
  }
}

/// Packs the values of `range`, with zeros behind them up to a multiple of eight.
private func appendGroups<Value: FixedWidthInteger>(
  _ values: UnsafeBufferPointer<Value>, _ range: Range<Int>, width: Int, to bytes: inout [UInt8]
) {
  guard !range.isEmpty else { return }
  let groupCount = (range.count + 7) / 8
  appendVarint(UInt64(groupCount) << 1 | 1, to: &bytes)
  let start = bytes.count
  bytes.append(contentsOf: repeatElement(0, count: groupCount * width))
  bytes.withUnsafeMutableBytes { bytes in
    var position = start
    var word: UInt64 = 0
    var filled = 0
    for index in range {
      let value = UInt64(truncatingIfNeeded: values[index])
      word |= value << UInt64(filled)
      filled += width
      guard filled >= 64 else { continue }
      bytes.storeBytes(of: word.littleEndian, toByteOffset: position, as: UInt64.self)
      position += 8
      filled -= 64
      // What of the value did not go into the word; all of it did where nothing is left.
      word = value >> UInt64(width - filled)
    }
    while filled > 0 {
      bytes[position] = UInt8(truncatingIfNeeded: word)
      word >>= 8
      position += 1
      filled -= 8
    }
  }
}

private func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
  var rest = value
  while rest >= 128 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
    rest >>= 7
  }
  bytes.append(UInt8(rest))
}
