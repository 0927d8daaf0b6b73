import Core

/// What a chunk is known by: the keyed digest of its bytes. Who has not the key of the backup
/// learns from it neither what the chunk holds nor whether it is one that he knows.
package struct ChunkID: Hashable, Sendable {
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  /// How many bytes it has.
  static let byteCount = 32

  /// The identity that 32 bytes spell; nil when they are not as many.
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == ChunkID.byteCount else { return nil }
    var words: [UInt64] = [0, 0, 0, 0]
    for (index, byte) in bytes.enumerated() {
      words[index >> 3] = words[index >> 3] << 8 | UInt64(byte)
    }
    (first, second, third, fourth) = (words[0], words[1], words[2], words[3])
  }

  /// The identity that 64 hexadecimal digits spell; nil when they do not.
  init?(hex: String) {
    guard let bytes = Core.bytes(ofHex: hex) else { return nil }
    self.init(bytes)
  }

  /// Its bytes, the most significant first.
  var bytes: [UInt8] {
    [first, second, third, fourth].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
  }

  var hex: String { hexText(bytes) }
}
