import Core

/// The copy of a lake's key store that lies in a backup, once: `keystore/<64 digits>.store`.
///
/// With the keys of sealed columns it is otherwise than with everything else: a key that was
/// destroyed, so that nobody can read of a person any more, is to be gone from all backups too. So
/// the key store is in no epoch, and whichever is restored gets the keys that there are now.
struct KeyStoreCopy {
  /// Where the key store of a lake lies, below its root.
  static let folder = "_keys"

  private let copy: NewestCopy

  init(in repository: BackupRepository) {
    copy = NewestCopy("keystore", "store", "key store", in: repository)
  }

  /// Copies the key store of the lake at `root`, and takes former copies away; the name and digest
  /// of the copy, or nil when the lake has none.
  func write(of root: String, _ files: any FileSystem) throws(Fault) -> (
    name: String, digest: String
  )? {
    var found: [NewestCopy.File] = []
    for path in try paths(Self.folder, in: root, files) {
      found.append(
        NewestCopy.File(
          path: path, mode: fileMode(of: "\(root)/\(path)"),
          bytes: try files.read("\(root)/\(path)")))
    }
    if !found.isEmpty { return try copy.write(found) }
    try copy.remove()
    return nil
  }

  /// The files of the key store; none when there is no copy, `.data` when it was changed.
  func files() throws(Fault) -> [NewestCopy.File] { try copy.all().last ?? [] }

  private func paths(
    _ folder: String, in root: String, _ files: any FileSystem
  ) throws(Fault) -> [String] {
    var found: [String] = []
    for name in try files.list("\(root)/\(folder)") where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      guard let status = try files.status(of: "\(root)/\(path)") else { continue }
      if status.isDirectory {
        found += try paths(path, in: root, files)
      } else if status.kind == .file, !name.hasSuffix(".lock") {
        found.append(path)
      }
    }
    return found
  }
}
