package import Bronze
package import Core
package import Database
package import LakeJobs

// Extraction: where source databases are read.
//
// `SourceExtraction` goes through the tables of one database, all of one moment, and passes over a
// database that is as it was. `ChangeIngest` brings the changes of one table into its bronze
// dataset: rows first, then what is remembered of them, then the commit that makes both count.
//
// Begin with `SourceExtraction`. How changes are found stands in Database, how files are kept in
// Bronze; nothing here knows a command line, or says anything to a person.

/// The extraction of one source database: the changes of its tables since the last one, each into
/// a bronze dataset.
package struct SourceExtraction {
  /// A table of the source, and where its changes go.
  package struct Table {
    /// `orders.customers`.
    package let name: String
    package let spec: CompareSpec
    package let contract: BronzeContract
    fileprivate let ingest: ChangeIngest
  }

  /// What became of a table.
  package struct Outcome {
    package let table: Table
    package let summary: ExtractionSummary
    /// Nil when nothing changed, or was only looked at.
    package let commit: BronzeCommit?
  }

  private let system: SourcesFile.SourceSystem
  private let lake: Lake
  private let tables: [Table]
  private let systemTime: () -> Timestamp
  private let progress: (String) -> Void

  /// The extraction of `tables` of `system` by the tool called `tool`; of a table exactly
  /// `acceptedDeletes` rows may vanish, if that is given. `progress` is given the name of each
  /// table before it is read. `.configuration` when a table has no contract in bronze.
  package init(
    of tables: [SourcesFile.SourceTable], in system: SourcesFile.SourceSystem,
    _ workspace: Workspace, tool: String, acceptedDeletes: Int?,
    systemTime: @escaping () -> Timestamp, progress: @escaping (String) -> Void
  ) throws(Fault) {
    self.system = system
    self.systemTime = systemTime
    self.progress = progress
    lake = workspace.lake
    var found: [Table] = []
    for table in tables {
      let contract = try workspace.contract(
        system: system.name, entity: table.name, at: table.place)
      found.append(
        Table(
          name: "\(system.name).\(table.name)",
          spec: CompareSpec(
            table.name, keyColumns: table.keys, updatedAtColumn: table.updatedAt,
            acceptedDeletes: acceptedDeletes),
          contract: contract,
          ingest: ChangeIngest(lake: workspace.lake, contract: contract, tool: tool)))
    }
    self.tables = found
  }

  /// Takes what changed, a commit a table, and tells of each table as soon as its commit is
  /// durable; nothing when the source is as it was the last time.
  package func take(_ tell: (Outcome) throws -> Void) throws {
    let stamp = try SourceStamp(of: system.location, lake.fileSystem)
    let isSettled = stamp?.isSettled(at: systemTime()) ?? false
    let changed = try changed(since: stamp)
    guard !changed.isEmpty else { return }
    let source = try openSource()
    var compared: [Table] = []
    for table in changed {
      progress(table.name)
      let step = lake.steps.begin()
      let (commit, summary) = try table.ingest.take(table.spec, from: source)
      step.end("\(table.name): \(summary.words)")
      try tell(Outcome(table: table, summary: summary, commit: commit))
      // Of columns that came or went there is something to say until the source changes again.
      if summary.addedColumns.isEmpty, summary.removedColumns.isEmpty { compared.append(table) }
    }
    // Only if nothing was written meanwhile is the stamp that of what was read.
    guard isSettled, let stamp,
      try SourceStamp(of: system.location, lake.fileSystem) == stamp
    else {
      lake.steps.note("\(system.location): changed just now, the next run compares it again")
      return
    }
    for table in compared { try table.ingest.remember(stamp, table.spec) }
  }

  /// Tells what `take` would find, without taking it.
  package func look(_ tell: (Outcome) throws -> Void) throws {
    let changed = try changed(since: try SourceStamp(of: system.location, lake.fileSystem))
    guard !changed.isEmpty else { return }
    let source = try openSource()
    for table in changed {
      progress(table.name)
      let step = lake.steps.begin()
      let summary = try table.ingest.look(at: table.spec, in: source)
      step.end("\(table.name): \(summary.words)")
      try tell(Outcome(table: table, summary: summary, commit: nil))
    }
  }

  /// The tables for which the source, which looks like `stamp`, may not be as it was.
  private func changed(since stamp: SourceStamp?) throws(Fault) -> [Table] {
    var changed: [Table] = []
    for table in tables {
      if try table.ingest.isUnchanged(table.spec, by: stamp) {
        lake.steps.note(
          "\(table.name): passed over, \(system.location) is as it was when it was last compared")
      } else {
        changed.append(table)
      }
    }
    return changed
  }

  /// The source in one read transaction, so that its tables agree with each other.
  private func openSource() throws(Fault) -> SQLiteConnection {
    let source = try SQLiteConnection(system.location, .readOnly)
    try source.beginSnapshot()
    return source
  }
}

extension ExtractionSummary {
  /// What was found, for who follows the run.
  fileprivate var words: String {
    if isSnapshot { return "\(counted(snapshotRows, "row")) read, for the first time" }
    return "\(counted(read, "row")) compared: \(counted(created, "insert")), "
      + "\(counted(updated, "update")), \(counted(deleted, "delete"))"
  }
}
