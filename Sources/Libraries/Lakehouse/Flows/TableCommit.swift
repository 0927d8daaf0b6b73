import Columnar
import Core
import Delta
import Engine

/// Commits of one run: who makes them, and what is common to all tables of the lake.
struct TableCommit {
  let lake: Lake

  /// The Delta table behind a name.
  func table(_ name: LakeTableName) -> Table { lake.table(name) }

  /// What a commit says of itself.
  func context(_ operation: String, _ parameters: [(String, String)] = []) -> CommitContext {
    CommitContext(
      engine: "Medallion/1.0.0", operation: operation, parameters: parameters,
      runID: "\(lake.runID)", clock: lake.clock)
  }

  /// A dataset's definition as a table of `schema`.
  func definition(of dataset: Dataset, _ schema: Schema) -> TableDefinition {
    var properties = Dictionary(
      dataset.properties.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    properties[Self.planProperty] = dataset.digest
    return TableDefinition(
      schema: schema, partitionColumns: dataset.partitionColumns, properties: properties,
      name: dataset.name.name, description: dataset.comment)
  }

  /// The property that names the job texts a table was made by.
  static let planProperty = "medallion.plan"

  /// Adds rows that were set aside to the quarantine of a table; with `replacing`, in place of all
  /// that were. `pull` is what they came with, and is applied once, whoever is first.
  func commit(
    _ quarantine: QuarantineRows, of name: LakeTableName, replacing: Bool,
    pull: StreamPull? = nil
  ) throws {
    let table = table(Quarantine.name(of: name))
    if quarantine.count == 0 {
      guard replacing, try table.exists() else { return }
    }
    try table.update(context("QUARANTINE")) { change in
      if !replacing, pull?.isApplied(to: change.snapshot) == true { return }
      if change.snapshot == nil {
        try change.create(TableDefinition(schema: Quarantine.schema))
      } else {
        try change.evolve(to: Quarantine.schema)
      }
      let source = quarantine.source()
      if replacing { try change.overwriteAll(source) } else { try change.append(source) }
      pull?.mark(&change, replaces: replacing)
    }
  }
}

extension CommitOutcome {
  /// The version that was made; nil when the table stands as it was.
  var newVersion: Int64? { if case .committed(let version, _) = self { version } else { nil } }
}
