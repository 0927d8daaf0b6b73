import Bronze
import Columnar
import Core
import Delta
import Engine
import LakeJobs

/// Commits of one run: who makes them, and what is common to all tables of the lake.
struct TableCommit {
  let lake: Lake
  /// The columns of quarantines, sealed where rows may hold what is sealed elsewhere.
  private let quarantineSchema: Schema

  init(lake: Lake, of dataset: Dataset, _ jobs: JobFolder) {
    self.lake = lake
    quarantineSchema =
      jobs.carriesSealed(dataset)
      ? Quarantine.sealed(with: Dataset.sealingKey(of: dataset.name)) : Quarantine.schema
  }

  /// The Delta table behind a name.
  func table(_ name: LakeTableName) -> Table { lake.table(name) }

  /// What a commit says of itself.
  func context(_ operation: String, _ parameters: [(String, String)] = []) -> CommitContext {
    CommitContext(
      engine: "Medallion/\(Medallion.version)", operation: operation, parameters: parameters,
      runID: "\(lake.runID)", clock: lake.clock)
  }

  /// A dataset's definition as a table of `schema`; `shape` says how its flows fold changes.
  func definition(
    of dataset: Dataset, _ schema: Schema, shape: String? = nil
  ) throws(Fault) -> TableDefinition {
    var properties = Dictionary(
      dataset.properties.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    properties[Self.planProperty] = dataset.digest
    properties[Self.foldProperty] = shape
    return TableDefinition(
      schema: try dataset.sealing(schema), partitionColumns: dataset.partitionColumns,
      properties: properties,
      name: dataset.name.name, description: dataset.comment)
  }

  /// The property that names the job texts a table was made by.
  static let planProperty = "medallion.plan"
  /// The property that says how a table's changes were folded.
  static let foldProperty = "medallion.fold"

  /// Adds rows that were set aside to the quarantine of a table; with `replacing`, in place of all
  /// that were.
  func commit(
    _ quarantine: QuarantineRows, of name: LakeTableName, replacing: Bool
  ) throws {
    let table = table(Quarantine.name(of: name))
    if quarantine.count == 0 {
      guard replacing, try table.exists() else { return }
    }
    try table.update(context("QUARANTINE")) { transaction in
      try transaction.makeQuarantine(quarantineSchema)
      let source = quarantine.source()
      if replacing { try transaction.overwriteAll(source) } else { try transaction.append(source) }
    }
  }

  /// Adds rows that a step of a streaming table sets aside, before the table itself, which stands
  /// as `target`, takes the step. Rows of a step that was not taken in the end give way.
  func commit(
    _ quarantine: QuarantineRows, of name: LakeTableName, stamp: QuarantineStamp,
    into target: TableSummary?
  ) throws {
    if quarantine.count == 0 { return }
    try table(Quarantine.name(of: name)).update(context("QUARANTINE")) { transaction in
      for file in transaction.snapshot?.files ?? [] where QuarantineStamp(file).isAhead(of: target)
      {
        transaction.remove(file)
      }
      try transaction.makeQuarantine(quarantineSchema)
      try transaction.append(quarantine.source(), taggedAs: stamp.tags)
    }
  }

  /// Adds rows that lost against others to the quarantine of a streaming table.
  func commit(lost quarantine: QuarantineRows, of name: LakeTableName, stamp: QuarantineStamp)
    throws
  {
    if quarantine.count == 0 { return }
    try table(Quarantine.name(of: name)).update(context("QUARANTINE")) { transaction in
      try transaction.makeQuarantine(quarantineSchema)
      try transaction.append(quarantine.source(), taggedAs: stamp.tags)
    }
  }

  /// Takes rows out of the quarantine of a streaming table: those of files whose stamps
  /// `isDropped` names.
  func settle(
    quarantineOf name: LakeTableName, _ isDropped: (QuarantineStamp) -> Bool
  ) throws {
    let table = table(Quarantine.name(of: name))
    let files = try table.snapshot()?.files ?? []
    guard files.contains(where: { isDropped(QuarantineStamp($0)) }) else { return }
    try table.update(context("SETTLE")) { transaction in
      for file in transaction.snapshot?.files ?? [] where isDropped(QuarantineStamp(file)) {
        transaction.remove(file)
      }
    }
  }
}

extension Transaction {
  /// Makes the table, gives it the columns of `definition`, or replaces its rows; then adds `rows`.
  mutating func take(
    _ rows: any BatchSource, as definition: TableDefinition, replacesAll: Bool
  ) throws {
    if snapshot == nil {
      try create(definition)
    } else if replacesAll {
      try overwriteAll(rows, as: definition)
      return
    } else {
      // The table has followed every rename that its job names, and knows of no other any more.
      let renames = Set(definition.properties.keys).union(snapshot?.properties.map(\.key) ?? [])
        .filter { $0.hasPrefix(Dataset.renameFamily) }
      let own = renames.union([TableCommit.planProperty, TableCommit.foldProperty])
      var properties = Dictionary(
        own.map { ($0, definition.properties[$0]) }, uniquingKeysWith: { first, _ in first })
      // What the protocol knows holds from the next commit on, and needs no row made anew.
      for (name, value) in definition.properties where name.hasPrefix("delta.") {
        properties[name] = value
      }
      setProperties(properties)
      try evolve(to: definition.schema)
    }
    try append(rows)
  }

  /// Makes the table a quarantine, or one of today's columns.
  fileprivate mutating func makeQuarantine(_ schema: Schema) throws {
    guard let snapshot else { return try create(TableDefinition(schema: schema)) }
    if schema.hasSeals != snapshot.schema.hasSeals {
      try rewriteQuarantine(snapshot, as: schema)
    } else {
      try evolve(to: schema)
    }
  }

  /// Seals what stands in a quarantine, or opens it: each file's rows keep the file's tags.
  private mutating func rewriteQuarantine(_ snapshot: Snapshot, as schema: Schema) throws {
    let definition = TableDefinition(schema: schema, properties: snapshot.properties)
    try overwriteAll(BatchList(schema, []), as: definition)
    for file in snapshot.files {
      let rows = try snapshot.scan(files: [file])
      try append(
        SourceList(rows.schema, try rows.sources()),
        taggedAs: (file.tags ?? [:]).compactMapValues { $0 })
    }
  }
}

extension TableSummary {
  /// Whether the table was last written by the job as it is.
  func isMade(by dataset: Dataset) -> Bool {
    properties[TableCommit.planProperty] == dataset.digest
  }
}

extension CommitOutcome {
  /// The version that was made; nil when the table stands as it was.
  var newVersion: Int64? { if case .committed(let version, _) = self { version } else { nil } }

  /// `version 3`, for who follows the run.
  var words: String { newVersion.map { "version \($0)" } ?? "no new version" }
}
