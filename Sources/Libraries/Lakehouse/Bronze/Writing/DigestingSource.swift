import Core

/// Passes bytes on and digests them as they pass.
final class DigestingSource: ByteSource {
  private let source: any ByteSource
  private let digest = SHA256()
  private(set) var byteCount = 0

  init(_ source: any ByteSource) { self.source = source }

  func next() throws(Fault) -> [UInt8]? {
    guard let bytes = try source.next() else { return nil }
    digest.append(bytes)
    byteCount += bytes.count
    return bytes
  }

  /// SHA-256 of all that passed, in hex.
  func finish() -> String { hexText(digest.finish()) }
}
