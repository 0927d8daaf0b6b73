import Core
import Sealing
import Testing

/// Who signed what is told by a public key.
@Suite struct SignatureCheckTests {
  // The second test of RFC 8032, 7.1.
  private let key = bytes(
    ofHex: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")!
  private let text: [UInt8] = [0x72]
  private let signature = bytes(
    ofHex: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")!

  @Test func `a signature holds for its text and key alone`() {
    #expect(SignatureCheck.isSigned(text, signature, by: key))
    #expect(!SignatureCheck.isSigned([0x73], signature, by: key))
    for index in [0, 31, 32, 63] {
      var damaged = signature
      damaged[index] ^= 1
      #expect(!SignatureCheck.isSigned(text, damaged, by: key))
    }
    var other = key
    other[0] ^= 1
    #expect(!SignatureCheck.isSigned(text, signature, by: other))
    #expect(!SignatureCheck.isSigned(text, Array(signature.dropLast()), by: key))
  }

  @Test func `a file holds it as bytes or as digits`() {
    #expect(SignatureCheck.signature(in: signature) == signature)
    #expect(SignatureCheck.signature(in: Array("\(hexText(signature))\n".utf8)) == signature)
    #expect(SignatureCheck.signature(in: Array("no".utf8)) == nil)
  }
}
