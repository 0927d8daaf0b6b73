import Columnar

/// Appends a length as plain byte arrays have it: four bytes, the lowest first.
func appendLength(_ count: Int, to bytes: inout [UInt8]) {
  let length = UInt32(count)
  bytes.append(UInt8(truncatingIfNeeded: length))
  bytes.append(UInt8(truncatingIfNeeded: length >> 8))
  bytes.append(UInt8(truncatingIfNeeded: length >> 16))
  bytes.append(UInt8(truncatingIfNeeded: length >> 24))
}

/// Whether `left` stands before `right` in the order of unsigned bytes.
@inline(__always)
func comesBefore(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  let count = min(left.count, right.count)
  var index = 0
  while index + 8 <= count {
    let a = left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    let b = right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    if a != b { return a.bigEndian < b.bigEndian }
    index += 8
  }
  while index < count {
    if left[index] != right[index] { return left[index] < right[index] }
    index += 1
  }
  return left.count < right.count
}

/// Appends length and bytes of the values at `rows`, or of all, to `plain`; gives where the least
/// and the greatest of them stand in `runs.bytes`, or nil for no values.
func appendPlainRuns(
  _ runs: ByteRuns, _ rows: [Int32]?, to plain: inout [UInt8]
) -> (least: Range<Int>, greatest: Range<Int>)? {
  let count = rows?.count ?? runs.count
  guard count > 0 else { return nil }
  return runs.bytes.withUnsafeBytes { bytes in
    runs.offsets.withUnsafeBufferPointer { offsets in
      var total = 0
      for index in 0..<count {
        let row = rows.map { Int($0[index]) } ?? index
        total += Int(offsets[row + 1] - offsets[row]) + 4
      }
      let first = rows.map { Int($0[0]) } ?? 0
      var least = Int(offsets[first])..<Int(offsets[first + 1])
      var greatest = least
      let appended = [UInt8](unsafeUninitializedCapacity: total) { target, filled in
        let target = UnsafeMutableRawBufferPointer(target)
        var position = 0
        for index in 0..<count {
          let row = rows.map { Int($0[index]) } ?? index
          let range = Int(offsets[row])..<Int(offsets[row + 1])
          target.storeBytes(
            of: UInt32(truncatingIfNeeded: range.count).littleEndian, toByteOffset: position,
            as: UInt32.self)
          position += 4
          let value = UnsafeRawBufferPointer(rebasing: bytes[range])
          if let base = value.baseAddress {
            (target.baseAddress! + position).copyMemory(from: base, byteCount: range.count)
          }
          position += range.count
          if comesBefore(value, UnsafeRawBufferPointer(rebasing: bytes[least])) { least = range }
          if comesBefore(UnsafeRawBufferPointer(rebasing: bytes[greatest]), value) {
            greatest = range
          }
        }
        filled = total
      }
      plain.append(contentsOf: appended)
      return (least, greatest)
    }
  }
}
