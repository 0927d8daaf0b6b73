package import Core

/// The last entry of a record, or any other: its number and its digest. Who keeps a head elsewhere
/// can prove later that nothing before it was changed, and nothing up to it was cut off.
package struct AuditHead: Sendable, Equatable {
  package let number: Int
  package let digest: String

  package init(number: Int, digest: String) {
    self.number = number
    self.digest = digest
  }

  /// What stands before the first entry.
  package static let none = AuditHead(number: 0, digest: String(repeating: "0", count: 64))

  /// `12 5e88…`, as `audit head` prints it.
  package var line: String { "\(number) \(digest)" }

  /// The head that `line` spells; nil when it spells none.
  package init?(line: some StringProtocol) {
    let words = line.split(separator: " ")
    guard words.count == 2, let number = Int(words[0]), number >= 0,
      AuditHead.isDigest(words[1])
    else { return nil }
    self.init(number: number, digest: String(words[1]))
  }

  /// The heads in a file of lines as `line`; `.data` at the first line that is none.
  package static func heads(
    in path: String, _ files: any FileSystem
  ) throws(Fault) -> [(head: AuditHead, place: Place)] {
    var found: [(head: AuditHead, place: Place)] = []
    for (index, bytes) in try files.read(path, limit: 64 << 20).lines.enumerated() {
      let text = String(decoding: bytes, as: UTF8.self).trimmed
      if text.isEmpty { continue }
      let place = Place(path, line: index + 1)
      guard let head = AuditHead(line: text) else {
        throw Fault(
          .data, at: place, "this is no head of a record", remedy: "keep what 'audit head' prints")
      }
      found.append((head, place))
    }
    return found
  }

  /// Whether `text` is 64 hexadecimal digits in lower case.
  package static func isDigest(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
