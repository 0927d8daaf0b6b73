package import Core

/// Passes bytes on and digests them as they pass.
package final class DigestingSource: ByteSource {
  private let source: any ByteSource
  private let digest = SHA256()
  package private(set) var byteCount = 0

  package init(_ source: any ByteSource) { self.source = source }

  package func next() throws(Fault) -> [UInt8]? {
    guard let bytes = try source.next() else { return nil }
    digest.append(bytes)
    byteCount += bytes.count
    return bytes
  }

  /// SHA-256 of all that passed, in hex.
  package func finish() -> String { hexText(digest.finish()) }
}
