import Columnar

/// Numbers by dictionary as long as that pays, then plainly.
final class NumberEncoder<Number: StoredNumber>: ValueEncoder {
  private let width: Int
  private let isBigEndian: Bool
  private let limits: DictionaryLimits
  private var dictionary: NumberDictionary<Number.Key>?
  private var codes: [Int32] = []
  private var plain: [Number] = []
  private var hasDictionaryPage = false
  private var least: Number?
  private var greatest: Number?
  private var isOrdered = true

  /// `width` is the bytes a number takes; numbers of fixed length arrays are big-endian.
  init(width: Int, isBigEndian: Bool = false, limits: DictionaryLimits) {
    self.width = width
    self.isBigEndian = isBigEndian
    self.limits = limits
    dictionary = limits.byteCount > 0 ? NumberDictionary() : nil
  }

  func append(_ column: Column) {
    let values = Number.values(of: column)
    note(values)
    if dictionary == nil {
      plain.append(contentsOf: values)
    } else {
      dictionary!.encode(values, into: &codes)
    }
  }

  var pendingByteCount: Int {
    guard let dictionary else { return plain.count * width }
    return codes.count * bitWidth(of: max(1, dictionary.count - 1)) / 8
  }

  func takePage() -> (encoding: Encoding, bytes: [UInt8]) {
    guard let dictionary else {
      defer { plain.removeAll(keepingCapacity: true) }
      return (.plain, plainBytes(plain))
    }
    let pays = DictionaryLimits.pays(
      dictionary: dictionary.count * width, codes: pendingByteCount, plain: codes.count * width)
    if !hasDictionaryPage, !pays {
      let values = codes.map { Number(key: dictionary.values[Int($0)]) }
      codes = []
      self.dictionary = nil
      return (.plain, plainBytes(values))
    }
    hasDictionaryPage = true
    let codeWidth = bitWidth(of: max(0, dictionary.count - 1))
    let bytes = [UInt8(codeWidth)] + runLengthEncoded(codes, width: codeWidth)
    codes.removeAll(keepingCapacity: true)
    if dictionary.count * width > limits.byteCount {
      finished = (dictionary.count, plainBytes(dictionary.values.map { Number(key: $0) }))
      self.dictionary = nil
    }
    return (.runLengthDictionary, bytes)
  }

  /// The dictionary page of a dictionary that grew too large.
  private var finished: (count: Int, bytes: [UInt8])?

  func takeDictionary() -> (count: Int, bytes: [UInt8])? {
    if let finished { return finished }
    guard hasDictionaryPage, let dictionary else { return nil }
    return (dictionary.count, plainBytes(dictionary.values.map { Number(key: $0) }))
  }

  var bounds: PlainBounds? {
    guard isOrdered, let least, let greatest else { return nil }
    return PlainBounds(minimum: plainBytes([least]), maximum: plainBytes([greatest]))
  }

  private func note(_ values: [Number]) {
    guard isOrdered, var low = values.first else { return }
    var high = low
    var ordered = true
    values.withUnsafeBufferPointer { values in
      for value in values {
        low = value < low ? value : low
        high = high < value ? value : high
        ordered = ordered && value.isOrdered
      }
    }
    isOrdered = ordered
    least = least.map { min($0, low) } ?? low
    greatest = greatest.map { max($0, high) } ?? high
  }

  private func plainBytes(_ values: [Number]) -> [UInt8] {
    if !isBigEndian {
      return values.withUnsafeBytes { Array($0) }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * width)
    for value in values {
      var shift = (width - 1) * 8
      while shift >= 0 {
        bytes.append(UInt8(truncatingIfNeeded: value.key >> Number.Key(shift)))
        shift -= 8
      }
    }
    return bytes
  }
}

/// Gives each different number the next code; open addressing over a table of codes.
struct NumberDictionary<Key: FixedWidthInteger & UnsignedInteger> {
  private(set) var values: [Key] = []
  private var table = [Int32](repeating: -1, count: 1 << 10)
  private var shift: UInt64 = 64 - 10

  var count: Int { values.count }

  /// Appends the code of each of `numbers` to `codes`.
  mutating func encode<Number: StoredNumber>(
    _ numbers: [Number], into codes: inout [Int32]
  ) where Number.Key == Key {
    codes.reserveCapacity(codes.count + numbers.count)
    // Half the table is free after each piece, so that a probe always ends.
    var start = 0
    while start < numbers.count {
      let end = min(numbers.count, start + 4_096)
      grow(toHold: values.count + end - start)
      encode(numbers[start..<end], &codes)
      start = end
    }
  }

  private mutating func encode<Number: StoredNumber>(
    _ numbers: ArraySlice<Number>, _ codes: inout [Int32]
  ) where Number.Key == Key {
    let mask = table.count - 1
    let shift = shift
    table.withUnsafeMutableBufferPointer { table in
      for number in numbers {
        let key = number.key
        var slot = Int(truncatingIfNeeded: NumberDictionary.hash(key) >> shift)
        while true {
          let code = table[slot]
          if code < 0 {
            table[slot] = Int32(truncatingIfNeeded: values.count)
            codes.append(Int32(truncatingIfNeeded: values.count))
            values.append(key)
            break
          }
          if values[Int(code)] == key {
            codes.append(code)
            break
          }
          slot = (slot + 1) & mask
        }
      }
    }
  }

  @inline(__always)
  private static func hash(_ key: Key) -> UInt64 {
    var word = UInt64(truncatingIfNeeded: key)
    if Key.bitWidth > 64 { word ^= UInt64(truncatingIfNeeded: key >> 64) &* 0xD6E8_FEB8_6659_FD93 }
    word ^= word >> 32
    return word &* 0x9E37_79B9_7F4A_7C15  // A hash wraps around.
  }

  private mutating func grow(toHold count: Int) {
    guard count * 2 > table.count else { return }
    var size = table.count
    while count * 2 > size { size *= 2 }
    table = [Int32](repeating: -1, count: size)
    shift = 64 - UInt64(size.trailingZeroBitCount)
    for (code, key) in values.enumerated() {
      var slot = Int(truncatingIfNeeded: NumberDictionary.hash(key) >> shift)
      while table[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      table[slot] = Int32(truncatingIfNeeded: code)
    }
  }
}
