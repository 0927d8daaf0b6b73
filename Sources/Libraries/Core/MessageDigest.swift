import CCrypto

/// A digest of bytes in one call, by the algorithm's name.
package enum MessageDigest: Int, CaseIterable, Sendable {
  case md5, sha1, sha224, sha256, sha384, sha512

  // Fetched once: a fetch by name for each digest costs more than a short digest itself. From a
  // library context of our own, as the machine's settings may take algorithms away from all
  // others: MD5 where FIPS 140 is obeyed. Digests here are names and marks, and guard nothing.
  private nonisolated(unsafe) static let own = OSSL_LIB_CTX_new()
  private nonisolated(unsafe) static let methods = allCases.map { digest in
    EVP_MD_fetch(own, digest.name, nil)
  }

  private var name: String {
    switch self {
    case .md5: "MD5"
    case .sha1: "SHA1"
    case .sha224: "SHA2-224"
    case .sha256: "SHA2-256"
    case .sha384: "SHA2-384"
    case .sha512: "SHA2-512"
    }
  }

  /// The algorithm as libcrypto has it.
  var method: OpaquePointer {
    guard let method = MessageDigest.methods[rawValue] else {
      preconditionFailure("libcrypto has \(name) of its own, whatever its settings are")
    }
    return method
  }

  /// The digest of `bytes`.
  package func digest(of bytes: TextBytes) -> [UInt8] {
    var count: UInt32 = 0
    var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    let status = EVP_Digest(bytes.baseAddress, bytes.count, &result, &count, method, nil)
    precondition(status == 1, "a digest in memory does not fail")
    return Array(result.prefix(Int(count)))
  }

  /// The keyed digest (HMAC) of `bytes`.
  func keyed(_ key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var count = 0
    // A key of no bytes is one, and no pointer is none.
    let key = key.isEmpty ? [0] : key
    var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    let made = EVP_Q_mac(
      MessageDigest.own, "HMAC", nil, name, nil, key, key.count, bytes, bytes.count, &result,
      result.count, &count)
    precondition(made != nil, "a keyed digest in memory does not fail")
    return Array(result.prefix(count))
  }
}
