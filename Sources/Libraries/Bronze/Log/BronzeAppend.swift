package import Core
package import JSON
package import LakeJobs

/// An addition to a bronze dataset: files first, each whole and synced, then one commit that makes
/// them count. Dropped before the commit, it takes its files with it; what a killed run leaves is
/// removed by the next.
package final class BronzeAppend {
  private let log: BronzeLog
  private let lake: Lake
  private let tool: String
  private let held: any FileLock
  /// The commit this one follows.
  package let previous: BronzeCommit?
  private var files: [BronzeFile] = []
  private var rejected: [BronzeFile] = []
  private var inputs: [BronzeInput] = []
  private var setAside: [String: Int] = [:]
  /// The paths that were given out.
  private var paths: [String] = []
  /// How far the commit has come.
  private var outcome = Outcome.none

  private enum Outcome {
    case none
    /// It was begun, and nobody can say whether it stands.
    case unknown
    case committed
  }

  /// Begins an addition; `.temporary` while another writer adds to the same dataset.
  package init(_ log: BronzeLog, lake: Lake, tool: String) throws(Fault) {
    self.log = log
    self.lake = lake
    self.tool = tool
    held = try log.lock()
    try log.keepLedger()
    previous = try log.latest()
    if held.wasAbandoned { try log.removeOrphans(after: previous) }
  }

  deinit {
    // The next run finds the lock abandoned, and removes what does not count.
    if outcome == .unknown { return }
    if outcome == .none {
      for path in paths { try? lake.fileSystem.remove(fullPath(path)) }
    }
    held.unlock()
  }

  /// A path for another data file, relative to the dataset's folder; each call gives a new one.
  package func nextPath(
    suffix: String, isRejected: Bool = false, isDated: Bool = true
  ) -> String {
    let sequence = padded(Int(nextVersion), 10)
    let batch = "\(lake.runID)".suffix(12)
    let number = padded(paths.count, 3)
    let folder = isRejected ? "_rejected/" : ""
    let day = isDated ? "ingest_date=\(lake.clock.now.date)/" : ""
    let path = "\(folder)\(day)\(sequence)-\(batch)-\(number).\(suffix)"
    paths.append(path)
    return path
  }

  /// Where a path of this dataset lies.
  package func fullPath(_ path: String) -> String { "\(log.folder)/\(path)" }

  /// Counts a file that was published at `path`.
  package func add(_ file: BronzeFile, isRejected: Bool = false) {
    if isRejected { rejected.append(file) } else { files.append(file) }
  }

  /// Counts records that a rule set aside.
  func add(setAside count: Int, by rule: String) { setAside[rule, default: 0] += count }

  /// Remembers where the data came from.
  package func add(_ input: BronzeInput) { inputs.append(input) }

  /// Makes everything added count. With nothing added and the same state: no commit, nil.
  package func commit(state: JSONValue? = nil) throws(Fault) -> BronzeCommit? {
    let kept = state ?? previous?.state ?? .null
    if files.isEmpty, rejected.isEmpty, inputs.isEmpty, kept == previous?.state ?? .null {
      lake.steps.note("\(log.folder): no commit, nothing is new")
      return nil
    }
    var commit = BronzeCommit(
      version: nextVersion, committedAt: lake.clock.now, runID: "\(lake.runID)", tool: tool,
      firstFile: previous?.endFile ?? 0, files: files, rejected: rejected, inputs: inputs,
      state: kept)
    let step = lake.steps.begin()
    outcome = .unknown
    guard try log.append(commit) else {
      outcome = .none
      throw Fault(
        .temporary, at: Place(log.folder), "another writer committed first",
        remedy: "run the command again")
    }
    outcome = .committed
    commit.setAside = setAside
    step.end(commit.words(in: log.folder))
    return commit
  }

  private var nextVersion: Int64 { (previous?.version ?? -1) + 1 }
}
