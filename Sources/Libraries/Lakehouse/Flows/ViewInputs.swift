import Columnar
import Core
import Delta
import Governance

/// The tables that a view is made of, at the versions this run reads.
struct ViewInputs {
  /// One table and the version it stands at.
  struct Input {
    let name: LakeTableName
    /// A Delta version, or the position in a bronze table.
    let version: Int64
    /// Nil for a bronze table.
    let snapshot: Snapshot?

    var application: String { "input:\(name)" }

    /// The partitions with changed rows since the version that `view` recorded, by the text of
    /// `column`'s value; nil when the table is not partitioned by just that column, or its log no
    /// longer tells.
    func partitions(by column: String, since view: Snapshot?) throws(Fault) -> Set<String?>? {
      guard let snapshot, snapshot.partitionColumns.map({ $0.lowercased() }) == [column.lowercased()],
        let recorded = view?.transactionVersion(application), recorded <= version
      else { return nil }
      do {
        let changes = try snapshot.table.changes(from: recorded, to: version)
        guard changes.steps.allSatisfy({ $0.metadata == nil }) else { return nil }
        return changes.partitions(by: snapshot.partitionColumns).map { partitions in
          Set(partitions.map { $0[0] })
        }
      } catch where error.kind == .missing {
        return nil
      }
    }
  }

  let inputs: [Input]

  /// The inputs of `dataset`; `.missing` when one of them was never built.
  init(of dataset: Dataset, jobs: JobFolder, _ catalog: LakeCatalog) throws(Fault) {
    var inputs: [Input] = []
    for name in jobs.inputs(of: dataset) {
      if let contract = jobs.contracts[name] {
        let log = BronzeLog(folder: contract.folder, fileSystem: catalog.lake.fileSystem)
        inputs.append(Input(name: name, version: try log.latest()?.endFile ?? 0, snapshot: nil))
      } else if let snapshot = try catalog.snapshot(of: name) {
        inputs.append(Input(name: name, version: snapshot.version, snapshot: snapshot))
      } else if jobs.datasets[name] != nil {
        throw Fault(
          .missing, at: dataset.place, "'\(name)' has not been built yet",
          remedy: "build it first: make \(name)")
      }
    }
    self.inputs = inputs
  }

  /// The inputs that do not stand at the version `view` was made from.
  func changed(since view: Snapshot?) -> [Input] {
    inputs.filter { view?.transactionVersion($0.application) != $0.version }
  }

  /// Records the versions in the view's commit.
  func mark(_ change: inout Transaction) {
    for input in inputs
    where input.version > change.snapshot?.transactionVersion(input.application) ?? -1 {
      change.setTransaction(input.application, version: input.version)
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
