package import Core

/// A file system that does as another does, but for the methods that a test writes itself.
package protocol ForwardingFileSystem: FileSystem {
  /// Who does all the rest.
  var files: any FileSystem { get }
}

extension ForwardingFileSystem {
  package func status(of path: String) throws(Fault) -> FileStatus? {
    try files.status(of: path)
  }

  package func list(_ directory: String) throws(Fault) -> [String] { try files.list(directory) }

  package func realPath(of path: String) throws(Fault) -> String {
    try files.realPath(of: path)
  }

  package func open(_ path: String) throws(Fault) -> any ReadableFile { try files.open(path) }

  package func draft(_ path: String, replacing: Bool) throws(Fault) -> any DraftFile {
    try files.draft(path, replacing: replacing)
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
}
