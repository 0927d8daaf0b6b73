/// A place in a PostgreSQL server's log, as `0/16B3748`: how many bytes of log stand before it.
package struct LogPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let byteOffset: UInt64

  package init(byteOffset: UInt64) { self.byteOffset = byteOffset }

  /// The position that `text` spells; nil when it spells none.
  package init?(parsing text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...8).contains($0.count) && $0.first != "+" }),
      let high = UInt32(parts[0], radix: 16), let low = UInt32(parts[1], radix: 16)
    else { return nil }
    byteOffset = UInt64(high) << 32 | UInt64(low)
  }

  package var description: String {
    let high = String(byteOffset >> 32, radix: 16, uppercase: true)
    let low = String(byteOffset & 0xFFFF_FFFF, radix: 16, uppercase: true)
    return "\(high)/\(low)"
  }

  package static func < (left: LogPosition, right: LogPosition) -> Bool {
    left.byteOffset < right.byteOffset
  }
}
