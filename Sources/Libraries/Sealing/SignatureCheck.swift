import CCrypto
import Core

/// Whether somebody signed a text: Ed25519, as `openssl pkeyutl -sign -rawin` does.
package enum SignatureCheck {
  /// How many bytes a signature has.
  package static let byteCount = 64

  /// Whether `signature` is that of `text` under the public key `key` of 32 bytes.
  package static func isSigned(_ text: [UInt8], _ signature: [UInt8], by key: [UInt8]) -> Bool {
    guard key.count == 32, signature.count == byteCount,
      let holder = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, key, key.count)
    else { return false }
    defer { EVP_PKEY_free(holder) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    return EVP_DigestVerifyInit(context, nil, nil, nil, holder) == 1
      && EVP_DigestVerify(context, signature, signature.count, text, text.count) == 1
  }

  /// The signature in a file: its bytes, or these as hexadecimal digits; nil when it holds none.
  package static func signature(in file: [UInt8]) -> [UInt8]? {
    if file.count == byteCount { return file }
    let text = String(decoding: file, as: UTF8.self).trimmed
    return bytes(ofHex: text).flatMap { $0.count == byteCount ? $0 : nil }
  }
}
