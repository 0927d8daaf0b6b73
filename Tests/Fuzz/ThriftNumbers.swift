import TestSupport

/// Makes numbers in Thrift's compact protocol extreme, and leaves all else whole: damage that a
/// flipped bit seldom is, for the next byte would be read as something else.
struct ThriftNumbers {
  /// Both ends of what is counted, and what stands beside them.
  private static let extremes: [Int64] = [
    .min, .min + 1, -1, 0, 1, 2, 127, 128, 1 << 20, 1 << 28, 1 << 31 - 1, 1 << 31, 1 << 32 - 1,
    1 << 32, 1 << 39, 1 << 53, 1 << 61, .max - 1, .max,
  ]
  private static let lastKind: UInt8 = 13

  private let bytes: [UInt8]
  private var position: Int
  private var random: SeededRandom
  /// One number in so many is changed.
  private let rarity: Int
  private var result: [UInt8] = []
  private var depth = 0

  private init(_ bytes: [UInt8], at position: Int, seed: UInt64) {
    self.bytes = bytes
    self.position = position
    random = SeededRandom(seed)
    rarity = [2, 8, 30].randomElement(using: &random)!
  }

  /// A Parquet file, some numbers in whose footer, or in the header of its first page, are changed;
  /// nil when `file` is none.
  static func changed(_ file: [UInt8], seed: UInt64) -> [UInt8]? {
    guard file.count > 12 else { return nil }
    let length = file.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let footer = file.count - 8 - length
    guard footer > 4 else { return nil }
    let isFooter = seed % 3 > 0
    var numbers = ThriftNumbers(file, at: isFooter ? footer : 4, seed: seed)
    guard numbers.copyStructure() else { return nil }
    let end = isFooter ? footer : 4
    let rest = file[numbers.position..<(isFooter ? numbers.position : footer)]
    let last = isFooter ? numbers.result : Array(file[footer..<(footer + length)])
    var changed = Array(file[..<end]) + (isFooter ? [] : numbers.result) + rest + last
    for shift in [0, 8, 16, 24] { changed.append(UInt8(truncatingIfNeeded: last.count >> shift)) }
    return changed + Array("PAR1".utf8)
  }

  private mutating func copyStructure() -> Bool {
    depth += 1
    defer { depth -= 1 }
    while depth < 40, let header = copyByte() {
      if header == 0 { return true }
      if header >> 4 == 0 { copyNumber(mayChange: false) }
      guard copyValue(header & 15) else { return false }
    }
    return false
  }

  private mutating func copyValue(_ kind: UInt8, isElement: Bool = false) -> Bool {
    switch kind {
    case 1, 2: return !isElement || copyByte() != nil
    case 3: return copyByte() != nil
    case 4...6:
      copyNumber()
      return true
    case 7: return copyBytes(8)
    case 8:
      guard let length = copyNumber(isZigzag: false, mayChange: once(in: 8)) else { return false }
      return copyBytes(Int(clamping: length))
    case 9, 10: return copyList()
    case 12: return copyStructure()
    default: return false
    }
  }

  private mutating func copyList() -> Bool {
    guard let header = copyByte(), header & 15 <= Self.lastKind else { return false }
    var count = UInt64(header >> 4)
    if count == 15 {
      guard let long = copyNumber(isZigzag: false, mayChange: once(in: 8)) else { return false }
      count = long
    } else if once(in: rarity * 8) {
      // The same list with a count that is written out.
      result[result.count - 1] = header | 0xF0
      append(UInt64(bitPattern: Self.extremes.randomElement(using: &random)!))
    }
    for _ in 0..<count {
      guard copyValue(header & 15, isElement: true) else { return false }
    }
    return true
  }

  private mutating func once(in count: Int) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }

  /// Copies a number, or puts an extreme one in its place; gives what stands there.
  @discardableResult
  private mutating func copyNumber(isZigzag: Bool = true, mayChange: Bool = true) -> UInt64? {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 70, position < bytes.count {
      let byte = bytes[position]
      position += 1
      number |= UInt64(byte & 127) << shift
      shift += 7
      guard byte < 128 else { continue }
      if mayChange, once(in: rarity) {
        let extreme = Self.extremes.randomElement(using: &random)!
        append(UInt64(bitPattern: isZigzag ? extreme << 1 ^ extreme >> 63 : extreme))
      } else {
        append(number)
      }
      return number
    }
    return nil
  }

  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest >= 128 {
      result.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    result.append(UInt8(rest))
  }

  private mutating func copyByte() -> UInt8? {
    guard position < bytes.count else { return nil }
    position += 1
    result.append(bytes[position - 1])
    return bytes[position - 1]
  }

  private mutating func copyBytes(_ count: Int) -> Bool {
    guard count <= bytes.count - position else { return false }
    result += bytes[position..<(position + count)]
    position += count
    return true
  }
}
