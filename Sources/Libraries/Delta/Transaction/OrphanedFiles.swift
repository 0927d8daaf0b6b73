package import Core

extension Table {
  /// Removes what a writer has left that ended before its commit: drafts, staged files, and files
  /// of rows or deletion vectors that were written after the newest commit and that it does not
  /// name. For one who holds the table's lock, so that nobody writes any meanwhile; a reader sees
  /// none of them.
  package func removeOrphans() throws(Fault) {
    guard try fileSystem.exists(path) else { return }
    try fileSystem.removeDrafts(in: log.path)
    guard let snapshot = try snapshot() else {
      return try removeOrphans(in: path, named: [], writtenAfter: nil)
    }
    guard let commit = try commitStatus(snapshot.version) else { return }
    var named: Set<String> = []
    for file in snapshot.files { named.formUnion(try locations(of: file)) }
    for file in snapshot.state.removals { named.formUnion(try locations(of: file)) }
    try removeOrphans(in: path, named: named, writtenAfter: commit)
  }

  private func removeOrphans(
    in folder: String, named: Set<String>, writtenAfter commit: FileStatus?
  ) throws(Fault) {
    try fileSystem.removeDrafts(in: folder)
    for name in try fileSystem.list(folder)
    where !"_.".contains(name.prefix(1)) || name == ChangeColumns.folder {
      let path = "\(folder)/\(name)"
      guard let status = try fileSystem.status(of: path) else { continue }
      if status.isDirectory {
        try removeOrphans(in: path, named: named, writtenAfter: commit)
      } else if name.hasPrefix("part-") || name.hasPrefix("cdc-") || Table.isVectorName(name),
        !named.contains(path)
      {
        // Files of earlier versions, which are named no longer, are there for who reads these.
        let isLater = commit.map { status.changed > $0.changed && status.modified > $0.modified }
        let isWhole = name.hasSuffix(".parquet") || Table.isVectorName(name)
        if name.hasSuffix(".staged") || (isWhole && isLater ?? true) {
          try fileSystem.remove(path)
        }
      }
    }
  }
}
