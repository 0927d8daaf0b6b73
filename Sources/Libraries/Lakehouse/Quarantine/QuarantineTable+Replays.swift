package import Bronze
package import Core
import LakeJobs

extension QuarantineTable {
  /// When rows were replayed, by whom and why.
  package struct Replay: Sendable {
    package let at: Timestamp
    package let runID: String
    package let reason: ReplayLog.Reason
    /// The rows, by their identities.
    package let rows: [String]
  }

  /// The replays so far, the first first.
  package func replays() throws -> [Replay] {
    var replays: [Replay] = []
    for commit in try log.commits() {
      var rows: [ReplayLog.Reason: [String]] = [:]
      var order: [ReplayLog.Reason] = []
      for input in commit.inputs {
        guard let reason = ReplayLog.Reason(input) else { continue }
        if rows[reason] == nil { order.append(reason) }
        rows[reason, default: []].append(input.digest)
      }
      replays += order.map { reason in
        Replay(
          at: commit.committedAt, runID: commit.runID, reason: reason, rows: rows[reason] ?? [])
      }
    }
    return replays
  }

  /// The log that remembers which of its rows were replayed.
  var log: BronzeLog {
    switch origin {
    case .door(let contract):
      BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
    case .job, .former: ReplayLog(of: target, workspace.lake).log
    }
  }
}
