package import Core
import LakeJobs

/// The files that lie in folders and wait to be taken, as they look.
package struct LandingScan: Equatable, Sendable {
  /// By path. What bears the name of an unfinished upload is none.
  package private(set) var files: [String: FileStatus] = [:]

  /// Looks into `folders` and those below them; what is not there holds nothing.
  package init(_ folders: [String]) {
    for folder in folders { gather(folder, depth: 0) }
  }

  private mutating func gather(_ folder: String, depth: Int) {
    guard depth <= FolderWatch.deepest, let names = try? Self.names(in: folder) else { return }
    for name in names where !UnfinishedName.matches(name) {
      let path = "\(folder)/\(name)"
      guard let status = try? LocalFileSystem().status(of: path) else { continue }
      if status.kind == .file {
        files[path] = status
      } else if status.isDirectory, !status.isLink {
        gather(path, depth: depth + 1)
      }
    }
  }

  static func names(in folder: String) throws(Fault) -> [String] {
    try LocalFileSystem().list(folder)
  }

  /// What it looks like, in 64 digits: another when a file came, went or changed.
  package var digest: String {
    SHA256.hex(
      of: files.sorted { $0.key < $1.key }.map { path, status in
        "\(path)\0\(status.byteCount) \(status.modified.microseconds) \(status.number)"
      }.joined(separator: "\n"))
  }

  /// The files that another scan does not have, or saw otherwise.
  package func changes(since other: LandingScan) -> [String] {
    files.filter { path, status in
      guard let before = other.files[path] else { return true }
      return !status.isUnchanged(from: before)
    }.map(\.key).sorted()
  }
}
