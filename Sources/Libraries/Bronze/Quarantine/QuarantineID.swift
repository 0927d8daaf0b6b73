import Core

/// What tells a quarantined row from all others: SHA-256 of its table, its run, where it came from
/// and its text, in hex. A row that is set aside again after a replay is another.
package struct QuarantineID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// The identity of a row.
  init(
    table: String, flow: String?, run: String, file: String, line: Int64, row: Int64, rule: String,
    raw: some Collection<UInt8>
  ) {
    var bytes: [UInt8] = []
    // Rows of earlier versions do not tell their flow, and keep their identity.
    for part in [flow.map { "\(table) \($0)" } ?? table, run, file, "\(line)", "\(row)", rule] {
      bytes += [UInt8](part.utf8)
      bytes.append(0)
    }
    bytes += raw
    text = hexText(SHA256.digest(of: bytes))
  }

  /// Reads an identity, whole.
  package init?(_ text: String) {
    guard bytes(ofHex: text)?.count == SHA256.byteCount else { return nil }
    self.text = text.lowercased()
  }

  /// As much of it as people need.
  package var short: String { String(text.prefix(12)) }

  package var description: String { text }
}
