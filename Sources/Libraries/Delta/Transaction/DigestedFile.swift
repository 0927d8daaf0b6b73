import Core

/// A data file in the making whose name will be the digest of its content.
///
/// Small files wait in memory until their name is known; what grows past `memoryLimit` goes to a
/// staged file of the table's folder, which is renamed at the end. Equal content has one name, so a
/// file that was written before is written over with the same bytes.
final class DigestedFile: DraftFile {
  private static let memoryLimit = 4 << 20
  private static let digestLength = 32

  private(set) var byteCount = 0
  private let fileSystem: any FileSystem
  private let stagedPath: String
  private let digest = SHA256()
  private var pending: [UInt8] = []
  private var staged: (any DraftFile)?

  /// A file that may be staged at `stagedPath`, a name no other writer uses.
  init(stagedPath: String, _ fileSystem: any FileSystem) {
    self.stagedPath = stagedPath
    self.fileSystem = fileSystem
  }

  func append(_ bytes: [UInt8]) throws(Fault) {
    byteCount += bytes.count
    digest.append(bytes)
    if let staged {
      try staged.append(bytes)
    } else {
      pending += bytes
      if pending.count > DigestedFile.memoryLimit { try stage() }
    }
  }

  /// Bytes in memory.
  var heldByteCount: Int { pending.count }

  /// Puts what is in memory on disk.
  func release() throws(Fault) {
    if staged == nil, !pending.isEmpty { try stage() }
  }

  /// Gives the file the path that `path` makes of its digest (hexadecimal), and tells it. With
  /// `keepingEqual` one that stands there with as many bytes is left as it is.
  func publish(
    keepingEqual: Bool = false, at path: (String) -> String
  ) throws(Fault) -> String {
    let target = path(String(hexText(digest.finish()).prefix(DigestedFile.digestLength)))
    if keepingEqual, try fileSystem.status(of: target)?.byteCount == byteCount {
      discard()
    } else if let staged {
      _ = try staged.publish()
      try fileSystem.rename(stagedPath, to: target)
    } else {
      try fileSystem.replace(target, pending)
    }
    staged = nil
    pending = []
    return target
  }

  /// Does nothing: `publish(at:)` gives the name once the content is whole.
  func publish() throws(Fault) -> FilePublication { .published }

  func discard() {
    staged?.discard()
    pending = []
  }

  private func stage() throws(Fault) {
    let file = try fileSystem.draft(stagedPath, replacing: true)
    try file.append(pending)
    pending = []
    staged = file
  }
}
