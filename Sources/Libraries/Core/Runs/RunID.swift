/// The identity of one run, or of anything else made during it: a UUID of version 7, which sorts by
/// the time it was made.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The sixteen bytes, most significant first.
  package let high: UInt64
  package let low: UInt64

  /// A new identity made at `time` with bits from `random`.
  package init(at time: Timestamp, using random: inout some RandomNumberGenerator) {
    // 48 bits of milliseconds, version 7, 12 random bits; variant 2, 62 random bits.
    let milliseconds = UInt64(clamping: floorDivide(time.microseconds, 1_000))
    high = milliseconds << 16 | 0x7000 | random.next() & 0xFFF
    low = 1 << 63 | random.next() >> 2
  }

  /// The identity that `text` spells as any UUID (8-4-4-4-12 hexadecimal digits), or nil.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12],
      let bytes = bytes(ofHex: parts.joined())
    else { return nil }
    high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The identity that stands for `name`, the same on every machine and day (a name-based UUID of
  /// version 8, by SHA-256).
  package init(naming name: String) {
    let digest = SHA256.digest(of: [UInt8](name.utf8))
    let first = digest[..<8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    let second = digest[8..<16].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    high = first & ~0xF000 | 0x8000
    low = second & ~(3 << 62) | 1 << 63
  }

  /// Lower-case `8-4-4-4-12` text.
  package var description: String {
    let digits = hex(high) + hex(low)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(digit)
    }
    return text
  }

  package static func < (left: RunID, right: RunID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  private func hex(_ half: UInt64) -> String {
    let digits = String(half, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
