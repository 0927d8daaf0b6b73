import CCrypto

/// A digest of bytes in one call, by the algorithm's name.
package enum MessageDigest: Sendable {
  case md5, sha1, sha224, sha256, sha384, sha512

  /// The digest of `bytes`.
  package func digest(of bytes: TextBytes) -> [UInt8] {
    let algorithm: OpaquePointer? =
      switch self {
      case .md5: EVP_md5()
      case .sha1: EVP_sha1()
      case .sha224: EVP_sha224()
      case .sha256: EVP_sha256()
      case .sha384: EVP_sha384()
      case .sha512: EVP_sha512()
      }
    var count: UInt32 = 0
    var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    let status = EVP_Digest(bytes.baseAddress, bytes.count, &result, &count, algorithm, nil)
    precondition(status == 1, "a digest in memory does not fail")
    return Array(result.prefix(Int(count)))
  }
}
