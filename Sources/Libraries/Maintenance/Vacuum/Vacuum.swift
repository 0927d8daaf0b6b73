package import Core
import Delta
package import LakeJobs

/// Clears tables of files that no version in use names, in two steps: they are moved into the
/// table's trash first, from where they can be put back, and deleted some days later.
package struct Vacuum {
  private let workspace: Workspace
  private let rules: VacuumRules
  /// How long files lie in the trash, in milliseconds.
  private let trashSpan: Int64

  /// How long files lie in the trash unless a run says otherwise.
  package static let standardTrashSpan = Duration.seconds(3 * 86_400)

  package init(
    _ workspace: Workspace, _ rules: VacuumRules, trashSpan: Duration = standardTrashSpan
  ) {
    self.workspace = workspace
    self.rules = rules
    self.trashSpan = milliseconds(trashSpan)
  }

  /// What became of a table.
  package struct Outcome: Sendable {
    /// What may go, or was moved into the trash.
    package let plan: VacuumPlan
    /// How many files of earlier runs may be deleted from the trash, or were.
    package var deletedCount = 0
    /// How many files lie in the trash after it.
    package var trashCount = 0
    /// How many files came back from the trash, since a version has them again.
    package var returnedCount = 0
  }

  /// What would be done; nil when there is no table.
  package func plan(_ table: MaintainedTable) throws(Fault) -> Outcome? {
    guard let snapshot = try table.table.snapshot() else { return nil }
    let plan = try VacuumPlanner(table, snapshot, in: workspace, rules).plan()
    var outcome = Outcome(plan: plan)
    outcome.deletedCount = try dueBags(of: table).reduce(0) { $0 + $1.paths.count }
    outcome.trashCount =
      try TableTrash(of: table.table).bags().reduce(0) { $0 + $1.paths.count }
      - outcome.deletedCount
    return outcome
  }

  /// Moves what may go into the trash, and deletes what has lain there long enough. The table's
  /// writers are kept away: a file that one wrote and has not committed looks like one that a dead
  /// run left, and one that is written again has the name of the one that was removed.
  ///
  /// `announce` is told what is about to go, before anything does; where it throws, nothing does.
  package func clear(
    _ table: MaintainedTable, _ announce: (Outcome) throws(Fault) -> Void = { _ in }
  ) throws(Fault) -> Outcome? {
    let locks = try table.lock(in: workspace.lake)
    defer { locks.unlock() }
    guard let snapshot = try table.table.snapshot() else { return nil }
    let trash = TableTrash(of: table.table)
    var outcome = Outcome(
      plan: try VacuumPlanner(table, snapshot, in: workspace, rules).plan())
    let due = try dueBags(of: table)
    outcome.deletedCount = due.reduce(0) { $0 + $1.paths.count }
    if outcome.deletedCount > 0 || !outcome.plan.candidates.isEmpty { try announce(outcome) }
    for bag in due {
      outcome.returnedCount += try putBackWhatLives(bag, of: table.table)
      try trash.delete(bag)
    }
    if !outcome.plan.candidates.isEmpty {
      let items = outcome.plan.candidates.map {
        TableTrash.Item(path: $0.path, byteCount: $0.byteCount, why: $0.kind.rawValue)
      }
      let bag = try trash.take(
        items, by: workspace.lake.runID, at: workspace.lake.clock.now)
      outcome.returnedCount += try putBackWhatLives(bag, of: table.table)
    }
    outcome.trashCount = try trash.bags().reduce(0) { $0 + $1.paths.count }
    return outcome
  }

  /// Puts everything in the trash of a table back; tells how many files.
  package func undo(_ table: MaintainedTable) throws(Fault) -> Int {
    let locks = try table.lock(in: workspace.lake)
    defer { locks.unlock() }
    let trash = TableTrash(of: table.table)
    var count = 0
    for bag in try trash.bags().reversed() {
      count += try trash.putBack(bag)
      try trash.delete(bag)
    }
    return count
  }

  /// What has lain in the trash long enough; none while a hold is on the table.
  private func dueBags(of table: MaintainedTable) throws(Fault) -> [TableTrash.Bag] {
    if try rules.holds.first(of: table.name, table.table) != nil { return [] }
    let horizon = workspace.lake.clock.now.milliseconds - trashSpan
    return try TableTrash(of: table.table).bags().filter { $0.time.milliseconds <= horizon }
  }

  /// A writer that takes no lock of ours, as another program, may have made a version with a file
  /// that was just moved: the newest version decides.
  private func putBackWhatLives(
    _ bag: TableTrash.Bag, of table: Table
  ) throws(Fault) -> Int {
    let unshelved = Table(table.path, table.fileSystem)
    let live = try unshelved.snapshot().map { (snapshot) throws(Fault) in
      try unshelved.livePaths(of: snapshot)
    }
    return try TableTrash(of: table).putBack(bag) { live?.contains($0) ?? false }
  }
}
