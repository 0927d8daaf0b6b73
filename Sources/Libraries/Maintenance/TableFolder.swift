import Core
import Delta

/// The files of rows and of deletion vectors that lie in a table's folder, whether or not a version
/// has them.
///
/// Folders that begin with `_` or `.` are other things' (the log, the key index, the trash), but
/// for that of changed rows and those of partitions. Links, and files that no writer of tables
/// makes, are left alone.
struct TableFolder {
  private let table: Table

  init(_ table: Table) { self.table = table }

  /// Each of them by its path below the folder, in byte order.
  func files() throws(Fault) -> [(path: String, status: FileStatus)] {
    var files: [(path: String, status: FileStatus)] = []
    try visit("") { files.append(($0, $1)) }
    return files
  }

  private func visit(
    _ folder: String, _ found: (String, FileStatus) -> Void
  ) throws(Fault) {
    for name in try table.fileSystem.list(folder.isEmpty ? table.path : "\(table.path)/\(folder)") {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      guard let status = try table.fileSystem.status(of: "\(table.path)/\(path)"), !status.isLink
      else { continue }
      if status.isDirectory {
        let isOurs = !"_.".contains(name.prefix(1)) || path == ChangeColumns.folder
        if isOurs || name.contains("=") { try visit(path, found) }
      } else if status.kind == .file, !name.hasPrefix("."),
        name.hasSuffix(".parquet") || name.hasSuffix(".staged") || Table.isVectorName(name)
      {
        found(path, status)
      }
    }
  }
}
