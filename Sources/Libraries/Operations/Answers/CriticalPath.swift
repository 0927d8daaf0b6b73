package import Core
package import Runs

/// The parts of a run that decide when it ends: from the part that ended last back, each time to
/// the part whose end the next one waited for.
package struct CriticalPath {
  /// A part on the path.
  package struct Step: Sendable {
    package var run: RunRow
    package var took: Int
    /// The median of what the job's last runs took.
    package var usual: Int
  }

  package let whole: RunRow
  package let steps: [Step]
  /// What the whole usually takes, by its steps.
  package let usual: Int
  /// When it ends, or would have ended, if its steps take what they usually do.
  package let expectedEnd: Timestamp?

  /// The path of `whole`; `now` counts for what has not ended.
  package init(of whole: RunRow, in ledger: RunLedger, at now: Timestamp) throws {
    self.whole = whole
    let parts = try ledger.parts(of: whole)
    var path: [RunRow] = []
    // They stand in the order in which they started; of two that ended at once the later counts.
    func last(among count: Int, endedBy time: Timestamp) -> Int? {
      (0..<count).filter { Self.end(of: parts[$0], now) <= time }.max { one, other in
        (Self.end(of: parts[one], now), one) < (Self.end(of: parts[other], now), other)
      }
    }
    var next = last(among: parts.count, endedBy: max(now, whole.endedAt ?? now))
    while let position = next {
      path.insert(parts[position], at: 0)
      next = last(among: position, endedBy: parts[position].startedAt)
    }
    if path.isEmpty { path = [whole] }
    var steps: [Step] = []
    for run in path {
      let took =
        run.amounts.wallMicroseconds
        ?? Int(clamping: now.microseconds &- run.startedAt.microseconds)
      steps.append(
        Step(run: run, took: took, usual: try Self.usualTime(of: run.job, ledger) ?? took))
    }
    self.steps = steps
    usual = steps.reduce(0) { $0 &+ $1.usual }
    expectedEnd = whole.startedAt.adding(microseconds: Int64(usual))
  }

  /// The step that would shorten the whole most if it took no time.
  package var longest: Step? { steps.max { $0.usual < $1.usual } }

  /// The median of what the last twenty runs of a job took that were done.
  package static func usualTime(of job: String, _ ledger: RunLedger) throws -> Int? {
    let times = try ledger.runs(job: job, limit: 60).filter { $0.exitStatus == 0 }.prefix(20)
      .compactMap(\.amounts.wallMicroseconds).sorted()
    return times.isEmpty ? nil : times[times.count / 2]
  }

  private static func end(of run: RunRow, _ now: Timestamp) -> Timestamp { run.endedAt ?? now }
}
