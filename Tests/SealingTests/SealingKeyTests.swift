import Sealing
import Testing

/// Bytes are sealed, and open only for whom they were sealed, where they were sealed.
@Suite struct SealingKeyTests {
  private let place = Array("column email".utf8)

  @Test(arguments: [0, 1, 15, 16, 17, 1_000_000])
  func `what was sealed opens`(count: Int) throws {
    let key = SealingKey.random()
    let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let sealed = key.seal(plain, for: place)
    #expect(sealed.count == count + SealingKey.overhead)
    #expect(key.open(sealed, for: place) == plain)
  }

  @Test func `each byte that was changed is seen`() {
    let key = SealingKey.random()
    let sealed = key.seal(Array("ada@example.com".utf8), for: place)
    for index in sealed.indices {
      var damaged = sealed
      damaged[index] ^= 1
      #expect(key.open(damaged, for: place) == nil, "byte \(index)")
    }
    for count in 0..<sealed.count { #expect(key.open(Array(sealed[..<count]), for: place) == nil) }
  }

  @Test func `another key or another place does not open`() {
    let key = SealingKey.random()
    let sealed = key.seal([1, 2, 3], for: place)
    #expect(SealingKey.random().open(sealed, for: place) == nil)
    #expect(key.open(sealed, for: Array("column phone".utf8)) == nil)
    #expect(key.open(sealed, for: []) == nil)
    #expect(key.open(key.seal([], for: []), for: []) == [])
  }

  /// The thirteenth case of the AES-GCM paper's appendix (McGrew and Viega): a key of zeros, a
  /// nonce of zeros, no bytes.
  @Test func `the tag is the one that the paper gives`() {
    let key = SealingKey([UInt8](repeating: 0, count: 32))
    let sealed =
      [UInt8](repeating: 0, count: 12) + [
        0x53, 0x0f, 0x8a, 0xfb, 0xc7, 0x45, 0x36, 0xb9, 0xa9, 0x63, 0xb4, 0xf1, 0xc4, 0xcb, 0x73,
        0x8b,
      ]
    #expect(key?.open(sealed, for: []) == [])
  }

  @Test func `a key has 32 bytes`() {
    #expect(SealingKey([1, 2, 3]) == nil)
    #expect(SealingKey.random().withBytes { $0.count } == 32)
  }

  @Test func `no two seals are alike`() {
    let key = SealingKey.random()
    #expect(key.seal([7], for: place) != key.seal([7], for: place))
  }
}
