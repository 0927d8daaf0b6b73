import CCrypto

/// The SHA-256 of bytes that come piece by piece.
package final class SHA256 {
  /// How many bytes a digest has.
  package static let byteCount = 32

  private let context: OpaquePointer

  package init() {
    context = EVP_MD_CTX_new()
    begin()
  }

  deinit { EVP_MD_CTX_free(context) }

  package func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  package func append(_ bytes: UnsafeRawBufferPointer) {
    let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(status == 1, "a digest that has begun takes bytes")
  }

  /// The digest of all that was appended; the object starts anew after it.
  package func finish() -> [UInt8] {
    let digest = [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { buffer, filled in
      let status = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
      precondition(status == 1, "a digest that has begun ends")
      filled = SHA256.byteCount
    }
    begin()
    return digest
  }

  private func begin() {
    let status = EVP_DigestInit_ex(context, MessageDigest.sha256.method, nil)
    precondition(status == 1, "a digest in memory begins")
  }

  /// The digest of `bytes`.
  package static func digest(of bytes: [UInt8]) -> [UInt8] {
    let hash = SHA256()
    hash.append(bytes)
    return hash.finish()
  }

  /// The digest of the UTF-8 bytes of `text`, as 64 hexadecimal digits.
  package static func hex(of text: String) -> String {
    hexText(digest(of: [UInt8](text.utf8)))
  }

  /// The keyed digest (HMAC-SHA256) of `bytes`.
  package static func keyed(_ key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    MessageDigest.sha256.keyed(key, bytes)
  }
}

/// `bytes` as lower-case hexadecimal digits, two a byte.
package func hexText(_ bytes: some Sequence<UInt8>) -> String {
  let digits = [UInt8]("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

/// The bytes that hexadecimal `text` stands for, in either case; nil when it is not that.
package func bytes(ofHex text: some StringProtocol) -> [UInt8]? {
  let digits = [UInt8](text.utf8)
  guard digits.count.isMultiple(of: 2) else { return nil }
  var result: [UInt8] = []
  result.reserveCapacity(digits.count / 2)
  for index in stride(from: 0, to: digits.count, by: 2) {
    guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else {
      return nil
    }
    result.append(high << 4 | low)
  }
  return result
}

private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
