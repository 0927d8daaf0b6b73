import Columnar
import Core
import Delta
import Engine
import Governance
import LakeJobs
import LakeQuery

/// The tables that a view is made of, at the versions this run reads.
struct ViewInputs {
  /// One table and the version it stands at.
  struct Input {
    let name: LakeTableName
    /// A Delta version, or the position in a bronze table.
    let version: Int64
    /// Nil for a bronze table.
    let snapshot: Snapshot?

    /// What tells the last entry of its log from all others; nil where the log does not.
    let identity: String?

    var application: String { InputVersions.application(of: name) }

    /// What a view records beside the version.
    var mark: LogMark? { identity.map { LogMark($0) } }

    /// What happened to the table since version `recorded`; nil when its log no longer tells, or
    /// its schema or properties were changed.
    func changes(since recorded: Int64?) throws(Fault) -> TableChanges? {
      guard let snapshot, let recorded, recorded <= version else { return nil }
      do {
        let changes = try snapshot.table.changes(from: recorded, to: version)
        return changes.steps.allSatisfy { $0.metadata == nil } ? changes : nil
      } catch  where error.kind == .missing {
        return nil
      }
    }

    /// Whether the table's log tells that no row came or went since version `recorded`: rows may
    /// have been moved between files, or positions noted.
    func holdsTheSameRows(since recorded: Int64?) throws(Fault) -> Bool {
      try changes(since: recorded)?.steps.allSatisfy { !$0.changesRows } ?? false
    }
  }

  let inputs: [Input]
  private let reader: LakeTableName
  private let jobs: JobFolder
  private let lake: Lake

  /// The inputs of `dataset`; `.missing` when one of them was never built.
  init(of dataset: Dataset, jobs: JobFolder, _ catalog: LakeCatalog) throws(Fault) {
    let found = try InputVersions(of: dataset, jobs: jobs, lake: catalog.lake) {
      name throws(Fault) in try catalog.snapshot(of: name)?.version
    }
    if let name = found.unbuilt.first {
      throw LakeCatalog.unbuilt(name).placed(at: dataset.place)
    }
    reader = dataset.name
    self.jobs = jobs
    lake = catalog.lake
    inputs = try found.versions.map { name, version throws(Fault) in
      let isBronze = jobs.contracts[name] != nil
      return Input(
        name: name, version: version, snapshot: isBronze ? nil : try catalog.snapshot(of: name),
        identity: found.identities[name])
    }
  }

  /// Throws when an input's log is not the one that was `recorded`, with what tells its entries
  /// from others: what changed since cannot be told from it.
  func check(
    _ recorded: [LakeTableName: Int64], marks: [LakeTableName: LogMark]
  ) throws(Fault) {
    for input in inputs {
      guard let position = recorded[input.name] else { continue }
      let folder = jobs.contracts[input.name]?.folder ?? lake.folder(of: input.name)
      let bookmark = Bookmark(
        reader: reader, log: "\(input.name)", folder: folder, position: position,
        mark: marks[input.name])
      if input.version < position { throw bookmark.wentBack() }
      if bookmark.mark == nil { continue }
      try bookmark.check(try InputVersions.identity(of: input.name, at: position, jobs, lake))
    }
  }

  /// The marks that a view's commits recorded beside the versions.
  func marks(in view: Snapshot?) -> [LakeTableName: LogMark] {
    var marks: [LakeTableName: LogMark] = [:]
    for input in inputs {
      guard let position = view?.transactionVersion(input.application) else { continue }
      let recorded = view?.transactionVersion(LogMark.application(input.application))
      marks[input.name] = LogMark(recorded: recorded, at: position)
    }
    return marks
  }

  /// The versions that a view's commits recorded, by input.
  func recorded(in view: Snapshot?) -> [LakeTableName: Int64] {
    var versions: [LakeTableName: Int64] = [:]
    for input in inputs { versions[input.name] = view?.transactionVersion(input.application) }
    return versions
  }

  /// The inputs that do not stand at the recorded versions.
  func moved(since recorded: [LakeTableName: Int64]) -> [Input] {
    inputs.filter { recorded[$0.name] != $0.version }
  }

  /// Those of them that may hold other rows than they held then.
  func changed(since recorded: [LakeTableName: Int64]) throws(Fault) -> [Input] {
    var changed: [Input] = []
    for input in moved(since: recorded) {
      if try !input.holdsTheSameRows(since: recorded[input.name]) { changed.append(input) }
    }
    return changed
  }

  /// The part of a view that inputs changed since `recorded` can have changed. `plan` is the
  /// view's, `partition` the only column that its output is cut by.
  func scope(
    of plan: LogicalPlan, partition: String?, since recorded: [LakeTableName: Int64],
    _ runner: QueryRunner
  ) throws(Fault) -> RefreshDecision {
    let changed = try changed(since: recorded)
    if changed.isEmpty {
      let moved = moved(since: recorded).map { $0.movement(since: recorded[$0.name]) }
      return RefreshDecision(
        .nothing,
        because: moved.isEmpty
          ? "up to date" : "\(moved.joined(separator: ", ")), and holds the same rows")
    }
    let movements = changed.map { $0.movement(since: recorded[$0.name]) }.joined(separator: ", ")
    guard let partition, let position = plan.schema.index(of: partition) else {
      return RefreshDecision(
        .everything, because: "\(movements), and no one column cuts it into partitions")
    }
    let search = TouchedPartitions(of: plan, column: position, runner)
    var values: Set<String?> = []
    for input in changed {
      guard let changes = try input.changes(since: recorded[input.name]) else {
        return RefreshDecision(.everything, because: input.silence(since: recorded[input.name]))
      }
      guard let touched = search.partitions(touchedBy: changes, in: input) else {
        let movement = input.movement(since: recorded[input.name])
        return RefreshDecision(
          .everything, because: "\(movement), and its rows do not tell which partitions they touch")
      }
      values.formUnion(touched)
    }
    return RefreshDecision(.partitions(values), because: movements)
  }

  /// Records the versions in the view's commit; one that makes all of it anew stands at them,
  /// whatever was recorded before.
  func mark(_ transaction: inout Transaction, replacingAll: Bool) {
    for input in inputs {
      let recorded = transaction.snapshot?.transactionVersion(input.application) ?? -1
      if input.version > recorded {
        transaction.setTransaction(input.application, version: input.version)
      } else if input.version < recorded, replacingAll {
        transaction.resetTransaction(input.application, to: input.version)
      } else if !replacingAll {
        continue
      }
      guard let mark = input.mark?.recorded(at: input.version) else { continue }
      let name = LogMark.application(input.application)
      if transaction.snapshot?.transactionVersion(name) != mark {
        transaction.resetTransaction(name, to: mark)
      }
    }
  }

  var reports: [CommitReport.Input] {
    inputs.map { input in
      CommitReport.Input(
        DatasetName("\(input.name)"), version: "\(input.version)",
        rowCount: input.snapshot?.rowCount)
    }
  }
}
