package import Core

/// Where the record lies, `<lake>/_audit`:
///
///     000001.ndjson    entries, a line each; closed when the next file begins
///     000002.ndjson    its first entry tells the digest of all bytes of the file before
///     head             number and digest of the last entry; a record that ends before it was cut
///     .lock            who adds an entry now
package struct AuditFolder {
  /// The folder's path.
  package let path: String
  let files: any FileSystem

  /// The record of the lake at `lake`.
  package init(lake: String, files: any FileSystem) {
    path = "\(lake)/_audit"
    self.files = files
  }

  /// The record's files, the first first.
  package func paths() throws(Fault) -> [String] { try numbers().map { path(of: $0) } }

  /// The last entry that was written; nil where nothing tells of one.
  package func head() throws(Fault) -> AuditHead? {
    let path = "\(path)/head"
    guard try files.exists(path) else { return nil }
    let line = String(decoding: try files.read(path, limit: 1 << 12), as: UTF8.self).trimmed
    guard let head = AuditHead(line: line) else {
      throw Fault(
        .data, at: Place(path), "this is no head of a record",
        remedy: "see 'audit verify'; if that finds all well, remove this file")
    }
    return head
  }

  func setHead(_ head: AuditHead) throws(Fault) {
    try files.replace("\(path)/head", Array("\(head.line)\n".utf8))
  }

  /// The lock of whoever adds entries.
  func lock() throws(Fault) -> any FileLock {
    try files.lock("\(path)/.lock", patience: .seconds(30))
  }

  func numbers() throws(Fault) -> [Int] {
    try files.list(path).compactMap { name in
      guard name.hasSuffix(".ndjson"), name.utf8.first.map({ $0 != 0x2B }) ?? false else {
        return nil
      }
      return Int(name.dropLast(".ndjson".count)).flatMap { $0 > 0 ? $0 : nil }
    }.sorted()
  }

  func path(of number: Int) -> String { "\(path)/\(padded(number, 6)).ndjson" }
}
