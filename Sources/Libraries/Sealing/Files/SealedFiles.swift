package import Core

/// A file system in which files of some folders are sealed as they are written, and sealed files
/// are opened as they are read: who reads and writes them sees plain bytes.
package struct SealedFiles: FileSystem {
  private let files: any FileSystem
  /// The folders in which sealed files may lie; each ends in a slash.
  private let roots: [String]
  private let keys: KeyStore?
  /// The folders whose files are sealed, and what their keys are called; each ends in a slash.
  private let folders: [(path: String, key: String)]

  /// Files in `folders` are sealed with the data key named there; what people and other tools read
  /// besides (`_commits`, locks) is not. Sealed files in `roots` are opened too.
  package init(
    _ files: any FileSystem, in roots: [String], _ keys: KeyStore?,
    sealing folders: [(path: String, key: String)] = []
  ) {
    self.files = files
    self.roots = (roots + folders.map(\.path)).map { "\($0)/" }
    self.keys = keys
    self.folders = folders.map { ("\($0.path)/", $0.key) }
  }

  package func status(of path: String) throws(Fault) -> FileStatus? {
    guard var status = try files.status(of: path) else { return nil }
    // Where nobody seals, no file has to be opened to be looked at.
    guard keys != nil || !folders.isEmpty else { return status }
    guard status.kind == .file, roots.contains(where: path.hasPrefix),
      isSealed(try? files.open(path))
    else {
      return status
    }
    status.byteCount = try SealedReader(files.open(path), at: path, keys).byteCount
    return status
  }

  package func list(_ directory: String) throws(Fault) -> [String] { try files.list(directory) }

  package func realPath(of path: String) throws(Fault) -> String {
    try files.realPath(of: path)
  }

  package func open(_ path: String) throws(Fault) -> any ReadableFile {
    let file = try files.open(path)
    guard roots.contains(where: path.hasPrefix), isSealed(file) else { return file }
    return try SealedReader(file, at: path, keys)
  }

  package func draft(_ path: String, replacing: Bool) throws(Fault) -> any DraftFile {
    guard let name = key(of: path) else { return try files.draft(path, replacing: replacing) }
    guard let keys else {
      throw Fault(
        .denied, at: Place(path), "the files here are sealed, and no key is given",
        remedy: "give --keys, or MEDALLION_KEYS")
    }
    let key = try keys.key(name)
    return SealedDraft(try files.draft(path, replacing: replacing), key)
  }

  package func appendLines(_ bytes: [UInt8], to path: String) throws(Fault) {
    try files.appendLines(bytes, to: path)
  }

  package func createDirectory(_ path: String) throws(Fault) { try files.createDirectory(path) }

  package func remove(_ path: String) throws(Fault) { try files.remove(path) }

  package func removeUnlessHeld(_ path: String) throws(Fault) {
    try files.removeUnlessHeld(path)
  }

  package func rename(_ source: String, to target: String) throws(Fault) {
    try files.rename(source, to: target)
  }

  package func lock(_ path: String, patience: Duration) throws(Fault) -> any FileLock {
    try files.lock(path, patience: patience)
  }

  /// The key that seals the file at `path`; nil for one that stays as it is.
  private func key(of path: String) -> String? {
    guard let folder = folders.first(where: { path.hasPrefix($0.path) }) else { return nil }
    let inner = path.dropFirst(folder.path.count)
    // These hold names, counts and digests, and are read by people.
    let isOpen = ["_commits/", "_ledger/", "_tiers/"].contains { inner.hasPrefix($0) }
    return isOpen ? nil : folder.key
  }

  private func isSealed(_ file: (any ReadableFile)?) -> Bool {
    guard let file, file.byteCount > SealedForm.mark.count else { return false }
    return (try? file.read(at: 0, count: SealedForm.mark.count)) == SealedForm.mark
  }
}
