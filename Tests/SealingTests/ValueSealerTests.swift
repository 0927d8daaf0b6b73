import Sealing
import TestSupport
import Testing

/// Many values one after the other are sealed as one is.
@Suite struct ValueSealerTests {
  @Test func `what it seals a key opens, and the other way round`() {
    var random = SeededRandom(7)
    let sealer = ValueSealer()
    for _ in 0..<500 {
      let key = SealingKey.random()
      let plain = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255)
      }
      let place = Array("column \(plain.count)".utf8)
      var sealed: [UInt8] = [9, 9]
      sealer.seal(plain[...], with: key, for: place, into: &sealed)
      #expect(Array(sealed.prefix(2)) == [9, 9])
      #expect(key.open(Array(sealed.dropFirst(2)), for: place) == plain)
      var opened: [UInt8] = [1]
      #expect(sealer.open(key.seal(plain, for: place)[...], with: key, for: place, into: &opened))
      #expect(opened == [1] + plain)
    }
  }

  @Test func `what was changed, or is of another place, does not open and leaves nothing`() {
    let sealer = ValueSealer()
    let key = SealingKey.random()
    let sealed = key.seal(Array("ada@example.com".utf8), for: [1])
    var target: [UInt8] = [5]
    #expect(!sealer.open(sealed[...], with: key, for: [2], into: &target))
    #expect(!sealer.open(sealed[...], with: .random(), for: [1], into: &target))
    for count in 0..<sealed.count {
      #expect(!sealer.open(sealed[..<count], with: key, for: [1], into: &target))
    }
    for index in sealed.indices {
      var damaged = sealed
      damaged[index] ^= 1
      #expect(!sealer.open(damaged[...], with: key, for: [1], into: &target))
    }
    #expect(target == [5])
    #expect(sealer.open(sealed[...], with: key, for: [1], into: &target))
  }

  @Test func `no nonce comes twice`() {
    let sealer = ValueSealer()
    let key = SealingKey.random()
    var nonces: Set<[UInt8]> = []
    for _ in 0..<10_000 {
      var sealed: [UInt8] = []
      sealer.seal([], with: key, for: [], into: &sealed)
      #expect(nonces.insert(Array(sealed.prefix(12))).inserted)
    }
  }
}
