package import Core

/// How it stands with each interval that a job's calendar has: the calendar against the ledger.
package struct IntervalStates {
  /// How it stands with an interval.
  package enum State: String, CaseIterable, Sendable {
    case missing
    case running
    case failed
    case done
    /// It was done with other inputs, or by another job, than there are now.
    case stale
    /// It is closed: nothing is done for it unless somebody reopens it.
    case sealed
  }

  /// An interval, how it stands, and the run that says so.
  package struct Entry: Sendable {
    package var interval: RunInterval
    package var state: State
    package var run: RunRow?
    /// By when its run was to be done.
    package var deadline: Timestamp?
  }

  package let job: ScheduleFile.Job
  package let entries: [Entry]

  /// The intervals of `job` that have ended by `now`, from where the schedule or the first run says
  /// on; those before `first` are left out. A run that is for no interval takes what there is, and
  /// so does the work of all intervals that have ended when it starts, but of those that have a run
  /// of their own.
  package init(
    of job: ScheduleFile.Job, in ledger: RunLedger?, from first: Timestamp? = nil, at now: Timestamp
  ) throws {
    self.job = job
    let runs = try ledger?.runs(job: job.name) ?? []
    guard let calendar = job.calendar,
      let start = [job.since ?? runs.last?.startedAt, first].compactMap({ $0 }).max()
    else {
      entries = []
      return
    }
    let seals = Set(try ledger?.seals(of: job.name) ?? [])
    let own = Dictionary(grouping: runs.filter { $0.interval != nil }) { $0.interval! }
    let others = runs.filter { $0.interval == nil }
    entries = calendar.intervals(from: start, to: now).map { interval in
      // The newest first.
      let run = own[interval]?.first ?? Self.run(doing: interval, others, ledger)
      let deadline = job.deadline.flatMap {
        interval.end.adding(microseconds: Int64($0 / .microseconds(1)))
      }
      let state = seals.contains(interval) ? .sealed : Self.state(run, ledger)
      return Entry(interval: interval, state: state, run: run, deadline: deadline)
    }
  }

  /// Of the runs from `interval`'s end on the first that was done, else the last one.
  private static func run(
    doing interval: RunInterval, _ runs: [RunRow], _ ledger: RunLedger?
  ) -> RunRow? {
    let later = runs.filter { $0.startedAt >= interval.end }
    return later.last { ledger?.state(of: $0) == .done } ?? later.first
  }

  private static func state(_ run: RunRow?, _ ledger: RunLedger?) -> State {
    guard let run, let ledger else { return .missing }
    switch ledger.state(of: run) {
    case .running: return .running
    case .done: return .done
    case .failed, .lost: return .failed
    }
  }
}
