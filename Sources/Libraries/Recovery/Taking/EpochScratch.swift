import Core
import Database

/// Copies of databases that are made for an epoch and go when it is taken.
final class EpochScratch {
  private static let beginning = "backup-"

  let folder: String
  private let run: RunID
  private let files: any FileSystem
  private var count = 0

  /// Scratch of `run` in `folder`. What runs that died have left there is removed: no other is at
  /// work, since they keep each other away.
  init(_ folder: String, run: RunID, _ files: any FileSystem) throws(Fault) {
    self.folder = folder
    self.run = run
    self.files = files
    try files.createDirectory(folder)
    for name in try files.list(folder) where name.hasPrefix(Self.beginning) {
      try files.remove("\(folder)/\(name)")
    }
  }

  deinit {
    for name in (try? files.list(folder)) ?? [] where name.hasPrefix(Self.beginning) {
      try? files.remove("\(folder)/\(name)")
    }
  }

  /// A path for a copy; each call gives a new one.
  func newPath(_ ending: String) -> String {
    count += 1
    return "\(folder)/\(Self.beginning)\("\(run)".suffix(12))-\(count).\(ending)"
  }

  /// A copy of the SQLite database at `path`, of one moment.
  func copy(_ path: String) throws(Fault) -> String {
    let copy = newPath("db")
    try SQLiteCopy(of: path).make(at: copy)
    return copy
  }

  /// The same; nil when another process keeps it to itself.
  func copyUnlessBusy(_ path: String) throws(Fault) -> String? {
    do throws(Fault) {
      return try copy(path)
    } catch {
      guard error.kind == .temporary || error.kind == .missing else { throw error }
      return nil
    }
  }
}
