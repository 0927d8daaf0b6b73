import Core

/// A folder with all that is below it.
struct FolderTree {
  private let files: any FileSystem

  init(_ files: any FileSystem) { self.files = files }

  /// Removes the folder at `path` and all below it, following no links.
  func remove(_ path: String) throws(Fault) {
    guard let status = try files.status(of: path) else { return try files.remove(path) }
    if status.isDirectory, !status.isLink {
      for name in try files.list(path) { try remove("\(path)/\(name)") }
    }
    try files.remove(path)
  }

  /// The files below the folder at `path`, each with its path below it.
  func list(_ path: String, _ inner: String = "") throws(Fault) -> [(
    path: String, status: FileStatus
  )] {
    var found: [(path: String, status: FileStatus)] = []
    for name in try files.list(inner.isEmpty ? path : "\(path)/\(inner)") {
      let next = inner.isEmpty ? name : "\(inner)/\(name)"
      guard let status = try files.status(of: "\(path)/\(next)") else { continue }
      if status.isDirectory, !status.isLink {
        found += try list(path, next)
      } else if status.kind == .file {
        found.append((next, status))
      }
    }
    return found
  }
}
