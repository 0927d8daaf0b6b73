import Core
import Testing

@Suite struct DigestTests {
  @Test func `SHA-256 gives the published answers`() {
    // FIPS 180-4 examples.
    #expect(
      SHA256.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let hash = SHA256()
    #expect(
      hexText(hash.finish()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    hash.append([UInt8]("a".utf8))
    hash.append([UInt8]("bc".utf8))
    #expect(hexText(hash.finish()) == SHA256.hex(of: "abc"))
  }

  @Test func `the keyed digest gives the answers of RFC 4231`() {
    let digest = SHA256.keyed([UInt8]("Jefe".utf8), [UInt8]("what do ya want for nothing?".utf8))
    #expect(hexText(digest) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    // An empty key counts as one of zeros.
    #expect(
      hexText(SHA256.keyed([], []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test func `hexadecimal text leads back to its bytes`() {
    #expect(bytes(ofHex: "00fFa1") == [0, 255, 161])
    #expect(bytes(ofHex: "0") == nil)
    #expect(bytes(ofHex: "zz") == nil)
  }
}
