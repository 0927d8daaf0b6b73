/// What a hash of strangers' keys begins with: another in every process, so that nobody can send
/// keys that all fall into one slot of a table in memory.
///
/// Results must not depend on it: whoever lists what such a table holds lists it in the order in
/// which it came. A hash that is written down is none of these.
package struct HashSeed: Sendable {
  /// The seed of this process.
  package static let ofProcess = HashSeed(start: UInt64.random(in: 0...UInt64.max))

  /// What the first word is mixed with.
  package let start: UInt64

  package init(start: UInt64) { self.start = start }

  /// The hash of a word. It is mixed twice: words that fall into one slot under one seed come
  /// together in some slots of many others when mixed once.
  @inlinable
  @inline(__always)
  package func hash(of word: UInt64) -> UInt64 { HashSeed.mixed(HashSeed.mixed(word ^ start)) }

  /// The hash of bytes, taken eight at a time.
  @inlinable
  @inline(__always)
  package func hash(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    // Multiplications wrap as hashes do.
    var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15 ^ start
    var at = 0
    while at + 8 <= bytes.count {
      hash = HashSeed.mixed(hash ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      at += 8
    }
    if at < bytes.count {
      var word: UInt64 = 0
      if bytes.count >= 8 {
        // The last eight bytes, some of them once more.
        word = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
      } else {
        for byte in bytes { word = word << 8 | UInt64(byte) }
      }
      hash = HashSeed.mixed(hash ^ word)
    }
    return HashSeed.mixed(hash)
  }

  /// A word whose bits all depend on all bits of the given one.
  @inlinable
  @inline(__always)
  package static func mixed(_ word: UInt64) -> UInt64 {
    let product = (word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
  }
}
