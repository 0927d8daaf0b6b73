package import Core

/// Where a backup lies: files that are written once, under names that say what they hold, and never
/// changed. Whoever can add files and read them can keep a backup; taking them away again is only
/// asked for where old epochs are to go.
package protocol BackupPlace: Sendable {
  /// What people call it.
  var name: String { get }

  /// The files below `folder`, at any depth, in byte order of their names; none where it is not.
  func list(_ folder: String) throws(Fault) -> [StoredFile]

  /// Up to `count` bytes of a file from `offset`; `.missing` when there is no such file.
  func read(_ file: String, at offset: Int, count: Int) throws(Fault) -> [UInt8]

  /// The whole of a file; `.missing` when it is not there.
  func read(_ file: String) throws(Fault) -> [UInt8]

  /// Puts a file there, whole or not at all. One of the same bytes that is there already stays; one
  /// of other bytes, as an upload that broke off has left, is written anew.
  func write(_ file: String, _ bytes: [UInt8]) throws(Fault)

  /// Takes a file away; no error when it is gone.
  func remove(_ file: String) throws(Fault)

  /// Where a file lies on this machine; nil where it does not.
  func path(of file: String) -> String?
}

/// A file of a backup place.
package struct StoredFile: Hashable, Sendable {
  /// Its path below the place.
  package let name: String
  package let byteCount: Int

  package init(_ name: String, byteCount: Int) {
    self.name = name
    self.byteCount = byteCount
  }
}

/// A backup place that is a folder: of another disk, or mounted from another machine.
package struct FolderPlace: BackupPlace {
  package let root: String
  private let files: any FileSystem

  package init(_ root: String, _ files: any FileSystem) {
    self.root = root
    self.files = files
  }

  package var name: String { root }

  package func list(_ folder: String) throws(Fault) -> [StoredFile] {
    var found: [StoredFile] = []
    for name in try files.list("\(root)/\(folder)") where !name.hasPrefix(".") {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      // What is listed may be gone by now.
      guard let status = try files.status(of: "\(root)/\(path)") else { continue }
      if status.isDirectory {
        found += try list(path)
      } else if status.kind == .file {
        found.append(StoredFile(path, byteCount: status.byteCount))
      }
    }
    return found
  }

  package func read(_ file: String, at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    try files.open("\(root)/\(file)").read(at: offset, count: count)
  }

  package func read(_ file: String) throws(Fault) -> [UInt8] { try files.read("\(root)/\(file)") }

  package func write(_ file: String, _ bytes: [UInt8]) throws(Fault) {
    let path = "\(root)/\(file)"
    if try files.create(path, bytes) == .published { return }
    if try files.read(path) == bytes { return }
    try files.replace(path, bytes)
  }

  package func remove(_ file: String) throws(Fault) { try files.remove("\(root)/\(file)") }

  package func path(of file: String) -> String? { "\(root)/\(file)" }

  /// Takes away what writers that died have begun.
  package func removeDrafts() throws(Fault) {
    for folder in ["", "keys", "indexes", "epochs", "seals", "forgotten"] {
      try files.removeDrafts(in: "\(root)/\(folder)")
    }
    for name in try files.list("\(root)/packs") {
      try files.removeDrafts(in: "\(root)/packs/\(name)")
    }
  }
}
