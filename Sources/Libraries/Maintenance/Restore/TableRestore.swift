import Bronze
import Columnar
package import Core
package import Delta
package import LakeJobs

/// Brings a former version of a table back, as a new version.
///
/// A streaming table goes back with all that its flows remember: how far they had read (so that
/// they take again what came after, once), the auxiliary table, and what was set aside. A view goes
/// back with the versions it was made from: its next refresh takes in what changed since. Who reads
/// the table is told of a change like any other.
package struct TableRestore {
  /// What is to be done to one table.
  package struct Step: Sendable {
    package let table: MaintainedTable
    /// Where it stands.
    package let current: Snapshot
    /// What it is to be again; nil when it was not there then, and is to be empty.
    package let wanted: Snapshot?

    /// The files that come back, and those that go.
    package var fileCounts: (added: Int, removed: Int) {
      let live = Set(current.files.map(\.path))
      let kept = Set(wanted?.files.map(\.path) ?? [])
      return (kept.subtracting(live).count, live.subtracting(kept).count)
    }
  }

  private let workspace: Workspace
  private var lake: Lake { workspace.lake }

  package init(_ workspace: Workspace) { self.workspace = workspace }

  /// What bringing back the state of `table` at `moment` takes: the table first, then what goes
  /// with it. Throws `.missing` when the log does not hold that moment, or files of it are gone.
  package func plan(
    _ table: MaintainedTable, at moment: Table.Moment
  ) throws(Fault) -> [Step] {
    guard !table.isAuxiliary, table.name.schema != "quarantine" else {
      throw Fault(
        .usage, "'\(table.name)' goes back with the table that it belongs to",
        remedy: "restore \(table.writers.first { $0 != table.name } ?? table.name)")
    }
    guard let current = try table.table.snapshot(),
      let wanted = try table.table.snapshot(at: moment)
    else {
      throw Fault(.missing, at: Place(table.table.path), "there is no table", remedy: "build it")
    }
    var steps = [Step(table: table, current: current, wanted: wanted)]
    if case .streamingTable = workspace.jobs.datasets[table.name]?.body {
      let commit = try table.table.step(wanted.version).commit
      for companion in try companions(of: table, at: wanted) {
        guard let current = try companion.table.snapshot() else { continue }
        let version = try Self.version(
          of: companion.table, asOf: wanted.timestamp, byRun: commit?.runID)
        steps.append(
          Step(
            table: companion, current: current,
            wanted: try version.flatMap { (version) throws(Fault) in
              try companion.table.snapshot(at: .version(version))
            }))
      }
    }
    for step in steps { try step.wanted?.checkFiles(of: step.table.name) }
    return steps
  }

  /// Brings it back; the new version of the table, or nil when it stands so already. A run that
  /// dies on the way is completed by another; until then a mark keeps refreshes away.
  package func restore(
    _ table: MaintainedTable, at moment: Table.Moment
  ) throws -> (steps: [Step], version: Int64?) {
    let writers = try plan(table, at: moment).flatMap(\.table.writers)
    let locks = try TableLocks(Set(writers).sorted(), in: lake)
    defer { locks.unlock() }
    // Only now nobody writes any more.
    let steps = try plan(table, at: moment)
    var version: Int64?
    let mark = RestoreMark(of: table.name, in: lake)
    if steps.count > 1, let wanted = steps[0].wanted { try mark.set(wanted.version) }
    // What goes with a table may be ahead of it, as after a run that died before its commit, and
    // never behind.
    for (number, step) in steps.enumerated() {
      let outcome = try commit(step)
      if number == 0, case .committed(let made, _) = outcome { version = made }
    }
    try mark.clear()
    return (steps, version)
  }

  private func commit(_ step: Step) throws -> CommitOutcome {
    let context = CommitContext(
      engine: "Medallion/\(Medallion.version)", operation: "RESTORE",
      parameters: [("version", step.wanted.map { "\($0.version)" } ?? "none")],
      runID: "\(lake.runID)", clock: lake.clock)
    return try step.table.table.update(context) { transaction in
      guard let wanted = step.wanted else {
        if !step.current.files.isEmpty {
          try transaction.overwriteAll(BatchList(step.current.schema, []))
        }
        return
      }
      transaction.rowKeys = workspace.jobs.key(of: step.table.name) ?? []
      transaction.restore(wanted) { application in
        // Of a table that a view had not read, all is new to it, version 0 too.
        application.hasPrefix("input:") ? -1 : 0
      }
    }
  }

  /// The auxiliary table that the flows used at the version, and the quarantine where it holds
  /// rows of this table alone.
  private func companions(
    of table: MaintainedTable, at wanted: Snapshot
  ) throws(Fault) -> [MaintainedTable] {
    let folder = lake.auxiliaryFolder(
      of: table.name, refreshCount: wanted.transactionVersion("refresh") ?? 0)
    let quarantine = Quarantine.name(of: table.name)
    return try workspace.maintainedTables().filter { other in
      if other.table.path == folder { return true }
      return other.name == quarantine
        && other.writers.allSatisfy { writer in
          writer == table.name || writer == quarantine
        }
    }
  }

  /// The version that a table, written before another one in each run, stood at when that was made
  /// by `run` at `time`: the last of that run, else the last until then. Times alone do not tell,
  /// since all commits of a run have its one.
  private static func version(
    of table: Table, asOf time: Timestamp, byRun run: String?
  ) throws(Fault) -> Int64? {
    var latest: Int64?
    for version in try table.commitVersions().reversed() {
      let commit = try table.step(version).commit
      if let run, commit?.runID == run { return version }
      if latest == nil, try table.timestamp(of: version, commit) <= time { latest = version }
    }
    return latest
  }
}
