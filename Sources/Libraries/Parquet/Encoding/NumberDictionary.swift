import Core

/// Gives each different number the next code; open addressing over numbers and their codes.
struct NumberDictionary<Key: FixedWidthInteger & UnsignedInteger> {
  private(set) var values: [Key] = []
  /// The number in each slot, and its code or -1. A slot's number lies beside its code, so that
  /// a probe touches no other memory.
  private var slotKeys = [Key](repeating: 0, count: 1 << 10)
  private var slotCodes = [Int32](repeating: -1, count: 1 << 10)
  private let seed: HashSeed

  init(_ seed: HashSeed = .ofProcess) { self.seed = seed }

  var count: Int { values.count }

  /// The bytes in memory.
  var heldByteCount: Int {
    (values.capacity + slotKeys.count) * MemoryLayout<Key>.stride + 4 * slotCodes.count
  }

  /// Appends the code of each of `numbers` to `codes`.
  mutating func encode<Number: StoredNumber>(
    _ numbers: [Number], into codes: inout [Int32]
  ) where Number.Key == Key {
    // Half the table is free before each piece, so that a probe always ends.
    var start = 0
    while start < numbers.count {
      let end = min(numbers.count, start + 4_096)
      grow(toHold: values.count + end - start)
      codes.append(contentsOf: encoded(numbers, start..<end))
      start = end
    }
  }

  private mutating func encoded<Number: StoredNumber>(
    _ numbers: [Number], _ range: Range<Int>
  ) -> [Int32] where Number.Key == Key {
    let mask = slotCodes.count - 1
    let shift = UInt64(64 - slotCodes.count.trailingZeroBitCount)
    let start = seed.start
    var added: [Key] = []
    let known = values.count
    let result = [Int32](unsafeUninitializedCapacity: range.count) { target, filled in
      slotKeys.withUnsafeMutableBufferPointer { keys in
        slotCodes.withUnsafeMutableBufferPointer { codes in
          numbers.withUnsafeBufferPointer { numbers in
            for index in 0..<range.count {
              let key = numbers[range.lowerBound + index].key
              var slot = Int(truncatingIfNeeded: hashOfNumber(key, start) >> shift)
              while codes[slot] >= 0, keys[slot] != key { slot = (slot + 1) & mask }
              if codes[slot] < 0 {
                codes[slot] = Int32(truncatingIfNeeded: known + added.count)
                keys[slot] = key
                added.append(key)
              }
              target[index] = codes[slot]
            }
          }
        }
      }
      filled = range.count
    }
    values.append(contentsOf: added)
    return result
  }

  private mutating func grow(toHold count: Int) {
    guard count * 2 > slotCodes.count else { return }
    var size = slotCodes.count
    while count * 2 > size { size *= 2 }
    slotKeys = [Key](repeating: 0, count: size)
    slotCodes = [Int32](repeating: -1, count: size)
    let shift = UInt64(64 - size.trailingZeroBitCount)
    for (code, key) in values.enumerated() {
      var slot = Int(truncatingIfNeeded: hashOfNumber(key, seed.start) >> shift)
      while slotCodes[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slotCodes[slot] = Int32(truncatingIfNeeded: code)
      slotKeys[slot] = key
    }
  }
}

/// A hash whose high bits are the good ones.
@inline(__always)
private func hashOfNumber<Key: FixedWidthInteger & UnsignedInteger>(
  _ key: Key, _ start: UInt64
) -> UInt64 {
  var word = UInt64(truncatingIfNeeded: key) ^ start
  if Key.bitWidth > 64 { word ^= UInt64(truncatingIfNeeded: key >> 64) &* 0xD6E8_FEB8_6659_FD93 }
  word ^= word >> 32
  return word &* 0x9E37_79B9_7F4A_7C15  // A hash wraps around.
}
