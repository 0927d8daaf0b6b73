import Core
package import Runs

/// Why a table stands as it does: which run built it and from what, or what it waits for.
///
/// Told by the ledger alone, along the graph of what tables are made from: a table waits for the
/// farthest table before it whose last run failed.
package struct TableWhy {
  /// Who makes a table and what of.
  package struct Maker: Sendable {
    package var table: String
    /// The jobs of which a run may make it, its own first.
    package var jobs: [String]
    package var inputs: [String]

    package init(_ table: String, jobs: [String], inputs: [String]) {
      self.table = table
      self.jobs = jobs
      self.inputs = inputs
    }
  }

  package let table: String
  package let interval: RunInterval?
  /// The run that made it as it is.
  package let builtBy: RunRow?
  /// What it waits for, table by table, from its own last run to where all began; empty when it
  /// waits for nothing.
  package let waits: [Wait]

  /// A table whose last run failed.
  package struct Wait: Sendable {
    package var table: String
    package var run: RunRow
    package var state: RunState
  }

  /// The answer for `table`, for an interval if one is asked for.
  package init(
    _ table: String, _ interval: RunInterval?, makers: [String: Maker], in ledger: RunLedger
  ) throws {
    self.table = table
    self.interval = interval
    let runs = try ledger.runs(limit: 50_000)
    var found: [Wait] = []
    var seen: Set<String> = []
    var border = [table]
    builtBy = Self.builder(of: table, interval, makers[table], runs, ledger)
    while !border.isEmpty {
      var next: [String] = []
      for name in border where seen.insert(name).inserted {
        if let wait = Self.wait(for: name, interval, makers[name], runs, ledger) {
          // Of one run that failed its first place in the chain is told.
          if !found.contains(where: { $0.run.runID == wait.run.runID }) { found.append(wait) }
        }
        next += makers[name]?.inputs ?? []
      }
      border = next
    }
    waits = found
  }

  /// The table, of those before it or itself, where it began.
  package var root: Wait? { waits.last }

  private static func concerns(
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
