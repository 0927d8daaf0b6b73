package import Core
package import Runs

/// Why a table stands as it does: which run built it and from what, or what it waits for.
///
/// Told by the ledger, the event log and the schedule, along the graph of what is made of what: a
/// table waits for the farthest one before it whose last run failed, or for a run that did not
/// begin in time.
package struct TableWhy {
  /// Who makes a table and what of.
  package struct Maker: Sendable {
    package var table: String
    /// The jobs of which a run may make it, its own first.
    package var jobs: [String]
    /// The jobs of which those are parts: one that does not begin begins none of them.
    package var wholes: [String]
    package var inputs: [String]

    package init(_ table: String, jobs: [String], wholes: [String] = [], inputs: [String]) {
      self.table = table
      self.jobs = jobs
      self.wholes = wholes
      self.inputs = inputs
    }
  }

  package let table: String
  package let interval: RunInterval?
  /// The run that made it as it is.
  package let builtBy: RunRow?
  /// The tables that it was made from then, with their versions.
  package let builtFrom: [String: String]
  /// What it waits for, table by table, from its own last run to where all began; empty when it
  /// waits for nothing.
  package let waits: [Wait]
  /// The jobs that were to make it, or what it is made from, and did not begin in time.
  package let missed: [MissedRun]

  /// A table whose last run failed.
  package struct Wait: Sendable {
    package var table: String
    package var run: RunRow
    package var state: RunState
  }

  /// The answer for `table`, for an interval if one is asked for, as it stands at `now`.
  package init(
    _ table: String, _ interval: RunInterval?, makers: [String: Maker],
    schedule: [String: ScheduleFile.Job] = [:], at now: Timestamp, in ledger: RunLedger
  ) throws {
    self.table = table
    self.interval = interval
    let runs = try ledger.runs(limit: 50_000)
    let builder = Self.builder(of: table, interval, makers[table], runs, ledger)
    builtBy = builder
    builtFrom = try Self.inputs(of: table, builder, makers[table], ledger)
    let chain = Self.chain(from: table, makers)
    var found: [Wait] = []
    for name in chain {
      guard let wait = Self.wait(for: name, interval, makers[name], runs, ledger) else { continue }
      // An interval that was made stays so, whatever became of later runs that are for none.
      if interval != nil, builder != nil, wait.run.interval == nil { continue }
      // Of one run that failed its first place in the chain is told.
      if !found.contains(where: { $0.run.runID == wait.run.runID }) { found.append(wait) }
    }
    waits = found
    missed =
      interval != nil && builder != nil
      ? []
      : try MissedRun.runs(
        of: chain.compactMap { makers[$0] }, schedule, in: interval, at: now, ledger, runs)
  }

  /// A table and those that it is made from, the nearest first.
  private static func chain(from table: String, _ makers: [String: Maker]) -> [String] {
    var chain = [table]
    var seen: Set<String> = [table]
    var index = chain.startIndex
    while index < chain.endIndex {
      let inputs = makers[chain[index]]?.inputs ?? []
      chain += inputs.filter { seen.insert($0).inserted }
      index += 1
    }
    return chain
  }

  /// What the table was made from, as its commit told; where that is forgotten, of all that the
  /// run read, what the table is made from now.
  private static func inputs(
    of table: String, _ run: RunRow?, _ maker: Maker?, _ ledger: RunLedger
  ) throws -> [String: String] {
    guard let run else { return [:] }
    if let told = try ledger.inputs(of: table, in: run) { return told }
    guard let maker, !maker.inputs.isEmpty else { return run.versionsIn }
    return run.versionsIn.filter { maker.inputs.contains($0.key) }
  }

  /// The table, of those before it or itself, where it began.
  package var root: Wait? { waits.last }

  static func concerns(
    _ run: RunRow, _ table: String, _ interval: RunInterval?, _ maker: Maker?
  ) -> Bool {
    guard maker?.jobs.contains(run.job) ?? (run.job == table) else { return false }
    return interval == nil || run.interval == interval || run.interval == nil
  }

  /// The newest run that wrote the table, or that found nothing to do for the interval.
  private static func builder(
    of table: String, _ interval: RunInterval?, _ maker: Maker?, _ runs: [RunRow],
    _ ledger: RunLedger
  ) -> RunRow? {
    if let interval,
      let run = runs.first(where: {
        $0.interval == interval && $0.job == table && ledger.state(of: $0) == .done
      })
    {
      return run
    }
    return runs.first { run in
      run.versionsOut[table] != nil
        && (interval.map { run.interval == $0 || run.interval == nil && run.startedAt >= $0.end }
          ?? true)
    }
  }

  /// That the last run which should have made the table failed before it came to it.
  private static func wait(
    for table: String, _ interval: RunInterval?, _ maker: Maker?, _ runs: [RunRow],
    _ ledger: RunLedger
  ) -> Wait? {
    guard
      let last = runs.first(where: {
        concerns($0, table, interval, maker) && ledger.state(of: $0) != .running
      }), last.versionsOut[table] == nil
    else { return nil }
    let state = ledger.state(of: last)
    return state == .done ? nil : Wait(table: table, run: last, state: state)
  }
}
