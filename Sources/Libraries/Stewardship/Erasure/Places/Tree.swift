import Core

/// All that lies below a folder; links are not followed.
struct Tree {
  private let files: any FileSystem

  init(_ files: any FileSystem) { self.files = files }

  /// The paths of the files, folder by folder.
  func files(in folder: String) throws(Fault) -> [String] {
    var found: [String] = []
    for name in try files.list(folder) {
      let path = "\(folder)/\(name)"
      guard let status = try files.status(of: path), !status.isLink else { continue }
      if status.isDirectory {
        found += try files(in: path)
      } else if status.kind == .file {
        found.append(path)
      }
    }
    return found
  }

  /// Removes the folder and all below it.
  func remove(_ folder: String) throws(Fault) {
    for name in try files.list(folder) {
      let path = "\(folder)/\(name)"
      if let status = try files.status(of: path), status.isDirectory, !status.isLink {
        try remove(path)
      } else {
        try files.remove(path)
      }
    }
    try files.remove(folder)
  }
}
