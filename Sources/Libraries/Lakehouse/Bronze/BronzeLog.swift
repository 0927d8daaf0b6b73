package import Core
import JSON

/// A bronze dataset's commit log. A file of the dataset counts only when a commit names it.
package struct BronzeLog: Sendable {
  /// The dataset's folder: `lake/bronze/pos/events`.
  package let folder: String
  let fileSystem: any FileSystem

  package init(folder: String, fileSystem: any FileSystem) {
    self.folder = folder
    self.fileSystem = fileSystem
  }

  /// Whether the dataset has a log at all; a folder of foreign files has none.
  package func exists() throws(Fault) -> Bool { try fileSystem.exists(commitsFolder) }

  /// The newest commit, or nil when there is none.
  package func latest() throws(Fault) -> BronzeCommit? {
    guard let version = try versions().last else { return nil }
    return try commit(version)
  }

  /// All commits, oldest first.
  package func commits() throws(Fault) -> [BronzeCommit] {
    var commits: [BronzeCommit] = []
    for version in try versions() { commits.append(try commit(version)) }
    return commits
  }

  /// The commits that name files at or past `position`, oldest first.
  package func commits(fromFile position: Int64) throws(Fault) -> [BronzeCommit] {
    var found: [BronzeCommit] = []
    for version in try versions().reversed() {
      let commit = try commit(version)
      guard commit.endFile > position else { break }
      found.append(commit)
    }
    return found.reversed()
  }

  /// Adds `commit` as the next version; false when another writer had that version first.
  package func append(_ commit: BronzeCommit) throws(Fault) -> Bool {
    let bytes = JSONWriter.bytes(commit.json) + [UInt8(ascii: "\n")]
    return try fileSystem.create(path(of: commit.version), bytes) == .published
  }

  /// Keeps other writers of this dataset away while the lock is held.
  package func lock() throws(Fault) -> any FileLock {
    try fileSystem.createDirectory(commitsFolder)
    return try fileSystem.lock("\(commitsFolder)/.lock", patience: .seconds(10))
  }

  private var commitsFolder: String { "\(folder)/_commits" }

  private func path(of version: Int64) -> String {
    "\(commitsFolder)/\(padded(Int(version), 20)).json"
  }

  private func versions() throws(Fault) -> [Int64] {
    try fileSystem.list(commitsFolder).compactMap { name in
      name.hasSuffix(".json") && !name.hasPrefix(".") ? Int64(name.dropLast(5)) : nil
    }
  }

  private func commit(_ version: Int64) throws(Fault) -> BronzeCommit {
    let path = self.path(of: version)
    let json = try JSONValue(parsing: try fileSystem.read(path), at: Place(path))
    guard let commit = BronzeCommit(json) else {
      throw Fault(
        .data, at: Place(path), "this is not a bronze commit",
        remedy: "restore the file from a backup")
    }
    return commit
  }
}
