package import Core
package import Runs

/// A job that was to make a table and of which no run has begun, though the schedule has it.
package struct MissedRun: Equatable, Sendable {
  package var table: String
  package var job: String
  /// The first interval that nobody began to see to.
  package var interval: RunInterval
  /// By when its run was to be done.
  package var deadline: Timestamp?
  /// How many intervals it is by now.
  package var count: Int

  /// The jobs of `makers` that are late at `now`, each with the first table that waits for it; for
  /// an interval, if one is asked for, those that were to make it.
  static func runs(
    of makers: [TableWhy.Maker], _ schedule: [String: ScheduleFile.Job], in asked: RunInterval?,
    at now: Timestamp, _ ledger: RunLedger, _ runs: [RunRow]
  ) throws -> [MissedRun] {
    var missed: [MissedRun] = []
    for maker in makers {
      for name in maker.jobs + maker.wholes where !missed.contains(where: { $0.job == name }) {
        guard let job = schedule[name] else { continue }
        let late = try IntervalStates(of: job, in: ledger, at: now).entries.filter { entry in
          entry.state == .missing && entry.deadline.map { $0 <= now } ?? true
            && asked.map { $0.start < entry.interval.end && entry.interval.start < $0.end } ?? true
            && !isMade(maker, since: entry.interval.end, runs, ledger)
        }
        guard let first = late.first else { continue }
        missed.append(
          MissedRun(
            table: maker.table, job: name, interval: first.interval, deadline: first.deadline,
            count: late.count))
      }
    }
    return missed
  }

  /// Whether another job has made the table since, or has seen that there is nothing to do.
  private static func isMade(
    _ maker: TableWhy.Maker, since end: Timestamp, _ runs: [RunRow], _ ledger: RunLedger
  ) -> Bool {
    runs.contains { run in
      guard run.startedAt >= end else { return false }
      return run.versionsOut[maker.table] != nil
        || maker.jobs.contains(run.job) && ledger.state(of: run) == .done
    }
  }
}
