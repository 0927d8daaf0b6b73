import CCrypto

/// Seals and opens many short values one after the other, as `SealingKey` does one: what a call of
/// libcrypto needs is made once. One thread has it at a time.
package final class ValueSealer {
  /// So many bytes of random numbers are fetched at once.
  private static let poolByteCount = 4_096

  private let context = EVP_CIPHER_CTX_new()
  private var pool: [UInt8] = []
  private var used = 0
  /// The key that the context is set up with, and for which of the two: values of one key follow
  /// each other, and to set it up takes longer than to seal a short value.
  private var ready: (key: [UInt8], isSealing: Bool)?

  package init() {}

  deinit { EVP_CIPHER_CTX_free(context) }

  /// Appends `plain`, sealed with `key` for the place that `associated` says, to `target`.
  package func seal(
    _ plain: ArraySlice<UInt8>, with key: SealingKey, for associated: [UInt8],
    into target: inout [UInt8]
  ) {
    let nonce = nextNonce()
    target += nonce
    let start = target.count
    target.append(contentsOf: repeatElement(0, count: plain.count + SealingKey.tagCount))
    var count: Int32 = 0
    var status = begin(key, isSealing: true, nonce)
    status &= EVP_EncryptUpdate(context, nil, &count, associated, Int32(associated.count))
    status &= target.withUnsafeMutableBufferPointer { output in
      plain.withUnsafeBufferPointer { input in
        let place = output.baseAddress! + start
        var status = EVP_EncryptUpdate(
          context, place, &count, input.baseAddress, Int32(input.count))
        let end = place + input.count
        status &= EVP_EncryptFinal_ex(context, end, &count)
        return status
          & EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(SealingKey.tagCount), end)
      }
    }
    precondition(status == 1, "sealing in memory does not fail")
  }

  /// Appends what `sealed` holds to `target`; false, and nothing appended, when it was sealed with
  /// another key or for another place, or is not what was sealed any more.
  package func open(
    _ sealed: ArraySlice<UInt8>, with key: SealingKey, for associated: [UInt8],
    into target: inout [UInt8]
  ) -> Bool {
    guard sealed.count >= SealingKey.overhead else { return false }
    let start = target.count
    let length = sealed.count - SealingKey.overhead
    target.append(contentsOf: repeatElement(0, count: length))
    let isWhole = sealed.withUnsafeBufferPointer { input in
      target.withUnsafeMutableBufferPointer { output in
        let nonce = input.baseAddress!
        let hidden = nonce + SealingKey.nonceCount
        let tag = UnsafeMutableRawPointer(mutating: hidden + length)
        var count: Int32 = 0
        var status = begin(key, isSealing: false, nonce)
        status &= EVP_DecryptUpdate(context, nil, &count, associated, Int32(associated.count))
        let place = output.baseAddress.map { $0 + start }
        if length > 0 { status &= EVP_DecryptUpdate(context, place, &count, hidden, Int32(length)) }
        status &= EVP_CIPHER_CTX_ctrl(
          context, EVP_CTRL_AEAD_SET_TAG, Int32(SealingKey.tagCount), tag)
        var rest = (UInt64(0), UInt64(0))
        return withUnsafeMutableBytes(of: &rest) { rest in
          // Here the tag is compared: nothing of what was opened may be used before.
          EVP_DecryptFinal_ex(
            context, rest.baseAddress?.assumingMemoryBound(to: UInt8.self), &count) == 1
            && status == 1
        }
      }
    }
    if !isWhole { target.removeLast(length) }
    return isWhole
  }

  /// Has the context begin with a value; 1 where it did.
  private func begin(
    _ key: SealingKey, isSealing: Bool, _ nonce: UnsafePointer<UInt8>
  ) -> Int32 {
    key.withBytes { bytes in
      let isReady = ready.map { $0.isSealing == isSealing && $0.key == bytes } ?? false
      if !isReady { ready = (bytes, isSealing) }
      return EVP_CipherInit_ex2(
        context, isReady ? nil : SealingKey.method, isReady ? nil : bytes, nonce,
        isSealing ? 1 : 0, nil)
    }
  }

  private func nextNonce() -> [UInt8] {
    if used + SealingKey.nonceCount > pool.count {
      pool = randomBytes(Self.poolByteCount)
      used = 0
    }
    defer { used += SealingKey.nonceCount }
    return Array(pool[used..<used + SealingKey.nonceCount])
  }
}
