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

    var application: String { InputVersions.application(of: name) }

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
  }

  let inputs: [Input]

  /// The inputs of `dataset`; `.missing` when one of them was never built.
  init(of dataset: Dataset, jobs: JobFolder, _ catalog: LakeCatalog) throws(Fault) {
    let found = try InputVersions(of: dataset, jobs: jobs, lake: catalog.lake) {
      name throws(Fault) in try catalog.snapshot(of: name)?.version
    }
    if let name = found.unbuilt.first {
      throw LakeCatalog.unbuilt(name).placed(at: dataset.place)
    }
    inputs = try found.versions.map { name, version throws(Fault) in
      let isBronze = jobs.contracts[name] != nil
      return Input(
        name: name, version: version, snapshot: isBronze ? nil : try catalog.snapshot(of: name))
    }
  }

  /// The versions that a view's commits recorded, by input.
  func recorded(in view: Snapshot?) -> [LakeTableName: Int64] {
    var versions: [LakeTableName: Int64] = [:]
    for input in inputs { versions[input.name] = view?.transactionVersion(input.application) }
    return versions
  }

  /// The inputs that do not stand at the recorded versions.
  func changed(since recorded: [LakeTableName: Int64]) -> [Input] {
    inputs.filter { recorded[$0.name] != $0.version }
  }

  /// The part of a view that inputs changed since `recorded` can have changed. `plan` is the
  /// view's, `partition` the only column that its output is cut by.
  func scope(
    of plan: LogicalPlan, partition: String?, since recorded: [LakeTableName: Int64],
    _ runner: QueryRunner
  ) throws(Fault) -> RefreshDecision {
    let changed = changed(since: recorded)
    if changed.isEmpty { return RefreshDecision(.nothing, because: "up to date") }
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

  /// Records the versions in the view's commit.
  func mark(_ transaction: inout Transaction) {
    for input in inputs
    where input.version > transaction.snapshot?.transactionVersion(input.application) ?? -1 {
      transaction.setTransaction(input.application, version: input.version)
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
