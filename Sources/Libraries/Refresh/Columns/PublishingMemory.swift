import Core
import LakeJobs

/// That a table publishes what it may, as far as these job files say: a file of the lake with their
/// digest, `_labels/gold.sales`.
///
/// To know it from the job files alone, all jobs behind the table have to be bound, which costs an
/// idle run as much as all else that it does. The file may be lost or behind: then they are bound.
struct PublishingMemory {
  private let path: String
  private let folder: String
  private let jobs: String?
  private let fileSystem: any FileSystem

  init(_ table: LakeTableName, _ workspace: Workspace) {
    folder = "\(workspace.lake.root)/_labels"
    path = "\(folder)/\(table)"
    jobs = workspace.jobs.digest
    fileSystem = workspace.lake.fileSystem
  }

  /// Whether the table passed with job files of the same texts.
  var holds: Bool {
    guard let jobs, let kept = try? fileSystem.read(path, limit: 256) else { return false }
    return kept == Array(jobs.utf8)
  }

  /// Keeps that it passed. A lake that cannot be written to forgets it, which costs time only.
  func keep() {
    guard let jobs else { return }
    try? fileSystem.createDirectory(folder)
    try? fileSystem.replace(path, Array(jobs.utf8))
  }
}
