import CCrypto
import Core

// Sealing: bytes that only a holder of the key can read, and that nobody can change unseen.
//
// Values, frames of files and pieces of backups are sealed with AES-256-GCM, each with a nonce of
// its own. What a sealed value belongs to (its key's name, its column, its place) is associated
// data: it is not kept beside the value, and a value that was moved elsewhere does not open there.
//
// Rooms: `Keys/` says where keys lie: master keys with whoever owns the data (`MasterKeys`: a
// folder or a command), data keys in the lake, wrapped by them (`KeyStore`), and a key a person
// (`SubjectKeys`), whose end makes all unreadable that was sealed with it. `Files/` seals whole
// files block by block, so that who reads them sees the plain bytes (`SealedFiles`).
//
// Begin with `SealingKey`. It knows nothing of tables or people.

/// A key of 32 bytes that seals bytes and opens them again, by AES-256-GCM (NIST SP 800-38D).
///
/// What is sealed is the nonce (12 bytes), as many bytes as were sealed, and the tag (16 bytes).
/// A key seals at most 2^32 times, so that a nonce made at random is never met twice.
package struct SealingKey: Sendable {
  /// How many bytes a key has.
  package static let byteCount = 32
  /// How many bytes sealed bytes have more than what they hold.
  package static let overhead = nonceCount + tagCount

  static let nonceCount = 12
  static let tagCount = 16
  nonisolated(unsafe) static let method = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

  private let bytes: [UInt8]

  /// The key of these bytes; nil when there are not 32 of them.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == SealingKey.byteCount else { return nil }
    self.bytes = bytes
  }

  /// A new key from the system's random numbers.
  package static func random() -> SealingKey {
    SealingKey(randomBytes(byteCount))!
  }

  /// The key's bytes, to be sealed with another key or written where keys lie.
  package func withBytes<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
    try body(bytes)
  }

  /// `plain` sealed for the place that `associated` says.
  package func seal(_ plain: [UInt8], for associated: [UInt8]) -> [UInt8] {
    let nonce = randomBytes(SealingKey.nonceCount)
    var sealed = nonce
    sealed.reserveCapacity(plain.count + SealingKey.overhead)
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    var count: Int32 = 0
    var status = EVP_EncryptInit_ex2(context, SealingKey.method, bytes, nonce, nil)
    status &= EVP_EncryptUpdate(context, nil, &count, associated, Int32(associated.count))
    let hidden = passed(plain, through: context, EVP_EncryptUpdate, &status)
    var tag = [UInt8](repeating: 0, count: SealingKey.tagCount)
    var rest = [UInt8](repeating: 0, count: SealingKey.tagCount)
    status &= EVP_EncryptFinal_ex(context, &rest, &count)
    status &= EVP_CIPHER_CTX_ctrl(
      context, EVP_CTRL_AEAD_GET_TAG, Int32(SealingKey.tagCount), &tag)
    precondition(status == 1, "sealing in memory does not fail")
    sealed += hidden
    sealed += tag
    return sealed
  }

  /// What `sealed` holds; nil when it was sealed with another key or for another place, or is not
  /// what was sealed any more.
  package func open(_ sealed: [UInt8], for associated: [UInt8]) -> [UInt8]? {
    guard sealed.count >= SealingKey.overhead else { return nil }
    let nonce = Array(sealed[..<SealingKey.nonceCount])
    let hidden = Array(sealed[SealingKey.nonceCount..<sealed.count - SealingKey.tagCount])
    var tag = Array(sealed[(sealed.count - SealingKey.tagCount)...])
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    var count: Int32 = 0
    var status = EVP_DecryptInit_ex2(context, SealingKey.method, bytes, nonce, nil)
    status &= EVP_DecryptUpdate(context, nil, &count, associated, Int32(associated.count))
    let plain = passed(hidden, through: context, EVP_DecryptUpdate, &status)
    status &= EVP_CIPHER_CTX_ctrl(
      context, EVP_CTRL_AEAD_SET_TAG, Int32(SealingKey.tagCount), &tag)
    var rest = [UInt8](repeating: 0, count: SealingKey.tagCount)
    // Here the tag is compared: nothing of `plain` may be used before.
    return EVP_DecryptFinal_ex(context, &rest, &count) == 1 && status == 1 ? plain : nil
  }

  /// One of libcrypto's steps over bytes; it takes as many at once as 32 bits count.
  private typealias Step = (
    OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?,
    UnsafePointer<UInt8>?, Int32
  ) -> Int32

  /// What `step` makes of `bytes`; `status` stays 1 where each call said so.
  private func passed(
    _ bytes: [UInt8], through context: OpaquePointer?, _ step: Step, _ status: inout Int32
  ) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: bytes.count)
    var count: Int32 = 0
    for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
      let length = Int32(min(1 << 30, bytes.count - start))
      status &= bytes.withUnsafeBufferPointer { input in
        result.withUnsafeMutableBufferPointer { output in
          step(
            context, output.baseAddress.map { $0 + start }, &count,
            input.baseAddress.map { $0 + start }, length)
        }
      }
    }
    return result
  }
}

/// `count` bytes of the system's random numbers.
package func randomBytes(_ count: Int) -> [UInt8] {
  var random = SystemRandomNumberGenerator()
  // Eight at a time: each number is a call of the system.
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 8)
  while bytes.count < count {
    withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) }
  }
  return Array(bytes.prefix(count))
}
