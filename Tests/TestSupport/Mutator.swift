/// Damages and mixes inputs of a parser: a seed does the same again.
///
/// Bytes are flipped, cut, doubled and swapped; words that mean something to the parser are put in;
/// numbers become extreme ones; the head of one input is joined to the tail of another.
package struct Mutator {
  /// No input grows beyond this, however often a piece of it is doubled.
  package static let greatestByteCount = 1 << 17

  private var random: SeededRandom
  private let words: [[UInt8]]

  /// `words` are what the parser looks for; those that break numbers are always among them.
  package init(seed: UInt64, words: [String] = []) {
    random = SeededRandom(seed)
    self.words = words.map { Array($0.utf8) }
  }

  /// `input` with one to some dozen changes; `others` lend it their pieces.
  package mutating func mutated(_ input: [UInt8], others: [[UInt8]] = []) -> [UInt8] {
    var bytes = input
    repeat {
      change(&bytes, others)
    } while Int.random(in: 0..<4, using: &random) > 0
    if bytes.count > Self.greatestByteCount {
      bytes.removeLast(bytes.count - Self.greatestByteCount)
    }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ others: [[UInt8]]) {
    guard !bytes.isEmpty else {
      bytes = piece(of: others)
      return
    }
    switch Int.random(in: 0..<12, using: &random) {
    case 0...2: bytes[position(in: bytes)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 3:
      bytes[position(in: bytes)] = [0, 1, 0x7F, 0x80, 0xFF, 0x0A, 0x22].randomElement(
        using: &random)!
    case 4: bytes.removeSubrange(range(in: bytes))
    case 5: bytes.insert(contentsOf: bytes[range(in: bytes)], at: position(in: bytes))
    case 6: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
    case 7: bytes.replaceSubrange(range(in: bytes), with: piece(of: others))
    case 8: bytes.insert(contentsOf: word(), at: position(in: bytes))
    case 9: bytes.replaceSubrange(range(in: bytes), with: word())
    case 10: replaceNumber(in: &bytes)
    default: overwriteInteger(in: &bytes)
    }
  }

  /// A place in the bytes; more often near the end, where some formats keep their directory.
  private mutating func position(in bytes: [UInt8]) -> Int {
    let isNearEnd = Int.random(in: 0..<3, using: &random) == 0
    return Int.random(in: (isNearEnd ? max(0, bytes.count - 512) : 0)..<bytes.count, using: &random)
  }

  /// A short piece, and now and then a long one.
  private mutating func range(in bytes: [UInt8]) -> Range<Int> {
    let start = position(in: bytes)
    let isLong = Int.random(in: 0..<8, using: &random) == 0
    let count = Int.random(in: 1...(isLong ? bytes.count : 12), using: &random)
    return start..<min(bytes.count, start + count)
  }

  private mutating func piece(of others: [[UInt8]]) -> [UInt8] {
    guard let other = others.randomElement(using: &random), !other.isEmpty else { return word() }
    return Bool.random(using: &random)
      ? Array(other[range(in: other)]) : Array(other[position(in: other)...])
  }

  private mutating func word() -> [UInt8] {
    words.randomElement(using: &random) ?? number()
  }

  private mutating func number() -> [UInt8] {
    Array(Self.extremes.randomElement(using: &random)!.utf8)
  }

  /// Puts an extreme number where digits stand.
  private mutating func replaceNumber(in bytes: inout [UInt8]) {
    let isDigit = { (byte: UInt8) in byte >= 0x30 && byte <= 0x39 }
    guard let start = bytes[position(in: bytes)...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: number())
  }

  /// Puts an extreme integer over four or eight bytes, as binary formats hold them.
  private mutating func overwriteInteger(in bytes: inout [UInt8]) {
    let start = position(in: bytes)
    let value: UInt64 = [0, 1, 0x7FFF_FFFF, 0x8000_0000, .max, .max >> 1, 1 << 63]
      .randomElement(using: &random)!
    for index in start..<min(bytes.count, start + (Bool.random(using: &random) ? 4 : 8)) {
      bytes[index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (index - start)))
    }
  }

  private static let extremes = [
    "0", "-0", "-1", "00", "1e999", "-1e-999", "1e18", "0.1", "NaN", "127", "128", "32768",
    "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "18446744073709551616",
    "99999999999999999999999999999999999999", "340282366920938463463374607431768211456",
    "0000-00-00", "9999-12-31", "-290308-12-21", "294247-01-10T04:00:54.775807Z",
  ]
}
