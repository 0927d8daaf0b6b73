import Columnar
import Core
import Database
package import Engine
import Governance
package import LakeJobs
package import LakeQuery
import Refresh
package import Warehouse

// WarehouseJobs: where the lake's warehouse views meet the loader, so that neither knows the other.
//
// `StarLoad` delivers one view's rows to a `WarehouseLoad`, `StarLoadRun` does so for all tables of
// `load-dims` or `load-facts` in one transaction. `StarLineage` adds the columns that the loader
// makes to the views' lineage, `WarehouseTables` lets queries read what was loaded.
//
// Begin with `StarLoadRun`. How views are computed and how rows are loaded is not known here.

/// The load of one table of the star schema from its materialized view.
package struct StarLoad {
  private let view: WarehouseFeed
  private let steps: Steps
  private let load: WarehouseLoad
  private let fileFormat: String
  private let isFullRefresh: Bool
  private let say: (String) -> Void

  /// `dataset` is a view of schema `warehouse`; its properties say what it is there. `fileFormat`
  /// is the kind of database that it is loaded into, as lineage names it. `say` is given
  /// what people should know though all is well.
  package init(
    _ dataset: Dataset, _ workspace: Workspace, _ catalog: LakeCatalog,
    into load: WarehouseLoad, as fileFormat: String, context: QueryContext, isFullRefresh: Bool,
    say: @escaping (String) -> Void
  ) throws {
    self.load = load
    self.fileFormat = fileFormat
    self.say = say
    steps = workspace.lake.steps
    self.isFullRefresh = isFullRefresh
    view = try WarehouseFeed(dataset, workspace, catalog, context: context)
  }

  /// Whether a view's properties make it part of the star schema as `role`.
  package static func isPart(_ dataset: Dataset, _ role: Role) -> Bool {
    dataset.property(role.rawValue) != nil
  }

  /// What a table is in the star schema, as its property says.
  package enum Role: String, CaseIterable, Sendable { case dimension, fact }

  /// What `run` would do, in a sentence; nil when nothing.
  package func plan() throws -> String? {
    guard let due = try due() else { return nil }
    guard due.snapshot == nil else { return "would load \(due.table.name): the rows of its day" }
    let words = try due.view.scopeWords(since: isFullRefresh ? nil : due.since, in: due.parts)
    return "would load \(due.table.name): \(words)"
  }

  /// Loads what is called for, within the load's transaction; nil when nothing changed.
  package func run() throws -> CommitReport? {
    guard let due = try due() else {
      steps.note("\(view.dataset.name): nothing: up to date")
      return nil
    }
    let step = steps.begin()
    let delivery = try due.view.delivery(
      since: isFullRefresh ? nil : due.since, in: due.snapshot == nil ? due.parts : .none)
    let scope: LoadScope
    var keys: (any BatchSource)?
    switch delivery.part {
    case .all: scope = due.snapshot ?? .all
    case .partitions(let column, let values): scope = .partitions(column: column, values: values)
    case .keys(let source):
      scope = .keys
      keys = source
    }
    steps.note("\(view.dataset.name): \(scope.words): \(why(due, delivery))")
    let outcome = try load.load(
      due.table, from: delivery.rows, scope: scope, keys: keys,
      absence: absence(due), inputs: view.inputs)
    step.end("\(view.dataset.name): \(outcome.words)")
    tell(outcome)
    guard outcome.isChanged else { return nil }
    return due.view.report(
      CommitReport(
        table: view.dataset.name, job: "\(view.dataset.name)", version: outcome.digest,
        schema: due.view.schema, fileFormat: fileFormat,
        change: ChangeFacet(
          inserted: outcome.inserted, updated: outcome.updated + outcome.rekeyed,
          deleted: outcome.deleted),
        written: DataSize(rowCount: outcome.inserted + outcome.updated),
        comment: view.dataset.comment))
  }

  /// What it says of a member that it is not delivered: that it never was, where this very job
  /// goes on from what was loaded last. Inputs that cannot be gone on from say nothing; they are a
  /// fault of `delivery` already, but for a full refresh, which is the way out of it.
  private func absence(_ due: Due) -> MemberAbsence {
    (try? due.view.continues(due.since)) == true ? .neverWas : .untold
  }

  /// Says what people should know of a load.
  private func tell(_ outcome: LoadOutcome) {
    if outcome.absent > 0 {
      say(
        "\(view.dataset.name): \(counted(outcome.absent, "member")) no longer delivered; "
          + "'--full-refresh' ends them")
    }
    if outcome.vanished > 0 {
      say(
        "\(view.dataset.name): \(counted(outcome.vanished, "member")) gone, which late events say "
          + "never \(outcome.vanished == 1 ? "was" : "were"); their facts wait for them")
    }
    if outcome.agedInferred > 0 {
      say(
        "\(view.dataset.name): \(counted(outcome.agedInferred, "member")) inferred long ago and "
          + "not described yet; see 'load-facts inferred'")
    }
    if outcome.suspended > 0 {
      let stake = outcome.suspendedMeasures.isEmpty ? "" : " (\(outcome.suspendedMeasures))"
      say(
        "\(view.dataset.name): \(counted(outcome.suspended, "row"))\(stake) "
          + "\(outcome.suspended == 1 ? "waits" : "wait") apart for members that have not arrived; "
          + "see 'load-facts suspended'")
    }
    if outcome.tally.keptDifferences > 0 {
      say(
        "\(view.dataset.name): \(counted(outcome.tally.keptDifferences, "value")) of kept columns "
          + "differ from the first ones, which stay")
    }
  }

  /// Why rows are delivered, in words for who follows the run.
  private func why(_ due: Due, _ delivery: WarehouseFeed.Delivery) -> String {
    if isFullRefresh { return "a full refresh was asked for" }
    return due.since == nil ? "it is new, or is defined in another way" : delivery.why
  }

  /// A load that is called for: the table, its view, and what the last load consumed.
  private struct Due {
    var table: WarehouseTable
    var view: WarehouseFeed.Planned
    var since: String?
    /// Of a snapshot whose day is the clock's: the rows of that day.
    var snapshot: LoadScope?

    /// The parts in which rows can be delivered without one being taken for the whole.
    var parts: WarehouseFeed.Parts {
      guard let fact = table.fact else { return .none }
      if fact.update == .snapshot {
        return table.snapshotSource.map { .partitions(of: $0) } ?? .none
      }
      return .any(key: table.key.allSatisfy { table.schema.index(of: $0) != nil } ? table.key : nil)
    }
  }

  /// Nil when the table stands. Most runs find it so, and need not plan the view for that.
  private func due() throws -> Due? {
    let name = view.dataset.name.name
    let isDaily = view.dataset.property("fact")?.lowercased() == "snapshot"
    if !isFullRefresh, !isDaily, try load.stands(name, at: view.inputs) { return nil }
    let planned = try view.planned()
    let table = try WarehouseTable(
      name,
      properties: Dictionary(
        view.dataset.properties.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
      schema: planned.schema, at: view.dataset.place)
    var due = Due(table: table, view: planned)
    if table.fact?.update == .snapshot, let column = table.snapshotSource,
      let day = planned.constant(of: column)
    {
      due.snapshot = .partitions(column: column, values: [day])
      if let later = try load.laterDay(name) {
        say(
          "\(view.dataset.name): left as it is: it was loaded on \(later), and what is there now "
            + "is no snapshot of an earlier day")
        return nil
      }
    }
    switch try load.need(of: table, inputs: view.inputs) {
    case .nothing: return isFullRefresh ? due : nil
    case .rows(let since): due.since = since
    }
    return due
  }
}

extension LoadScope {
  /// Which way rows go, for who follows the run.
  fileprivate var words: String {
    switch self {
    case .all: "all rows"
    case .partitions(let column, let values):
      "the rows of \(counted(values.count, "value")) of \(column)"
    case .keys: "changed rows only"
    }
  }
}

extension LoadOutcome {
  /// What was done, for who follows the run.
  fileprivate var words: String {
    "\(counted(delivered, "row")) delivered: \(inserted) inserted, \(updated) updated, "
      + "\(deleted) deleted, \(rekeyed) with another key"
      + (inferred > 0 ? ", \(counted(inferred, "member")) inferred" : "")
  }
}
