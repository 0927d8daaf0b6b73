import Core
import LakeJobs

/// Keeps what a backup is at from being cleared away: a hold on all tables, like those that people
/// write, which ends by itself should the backup die.
final class BackupHold {
  /// How the names of holds begin that backups write.
  static let beginning = "backup-"
  private static let seconds: Int64 = 2 * 86_400

  private let path: String
  private let files: any FileSystem

  /// Sets the hold of `lake`'s run. Those that backups which died have left are taken away: no
  /// other is at work, since they keep each other away.
  init(_ lake: Lake) throws(Fault) {
    files = lake.fileSystem
    let folder = "\(lake.root)/_holds"
    for name in try files.list(folder) where name.hasPrefix(Self.beginning) {
      try files.remove("\(folder)/\(name)")
    }
    try files.removeDrafts(in: folder)
    path = "\(folder)/\(Self.beginning)\("\(lake.runID)".suffix(12)).yml"
    // Two days.
    let end = lake.clock.now.adding(microseconds: Self.seconds &* Timestamp.microsecondsPerSecond)
    let text = """
      tables: ["*"]
      reason: a backup is being taken
      until: \(end ?? lake.clock.now)

      """
    try files.createDirectory(folder)
    try files.replace(path, Array(text.utf8))
  }

  deinit { try? files.remove(path) }
}
