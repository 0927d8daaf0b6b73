package import Core

/// Says that a table is being brought back to a former version, in several commits.
///
///     _restores/silver.sales    from before the first commit until after the last
///
/// A run that died in between has left tables that do not go together: whoever refreshes the table
/// is told to have the restore completed first.
package struct RestoreMark {
  private let path: String
  private let table: LakeTableName
  private let files: any FileSystem

  package init(of table: LakeTableName, in lake: Lake) {
    self.table = table
    files = lake.fileSystem
    path = "\(lake.root)/_restores/\(table)"
  }

  /// Sets the mark: `version` is to be back.
  package func set(_ version: Int64) throws(Fault) {
    try files.createDirectory(parent(of: path))
    try files.replace(path, Array("\(version)\n".utf8))
  }

  /// Takes the mark away: all commits are made.
  package func clear() throws(Fault) { try files.remove(path) }

  /// Throws `.configuration` while the mark stands.
  package func check() throws(Fault) {
    guard try files.exists(path) else { return }
    let version = String(decoding: try files.read(path), as: UTF8.self).trimmed
    throw Fault(
      .configuration, at: Place(path), "'\(table)' was not brought back in full: a run died on it",
      remedy: "run 'lake-restore \(table) --version \(version)' again")
  }
}
