package import Bronze
import Columnar
package import Core
package import Database
package import LakeJobs

// Extraction: where source databases are read.
//
// `SourceExtraction` goes through the tables of one database, all of one moment, and passes over a
// database that is as it was. What is wrong with a table concerns that table alone, what is wrong
// with the database its tables. `ChangeIngest` brings the changes of one table into its bronze
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
    /// Text that is not UTF-8 in the rows that were taken, by column.
    package let foreignTexts: [(column: String, found: Oddity)]
    /// Nil when nothing changed, or was only looked at.
    package let commit: BronzeCommit?
  }

  private let system: SourcesFile.SourceSystem
  private let workspace: Workspace
  private let tool: String
  private let acceptedDeletes: Int?
  private let systemTime: () -> Timestamp
  private let progress: (String) -> Void

  private var lake: Lake { workspace.lake }

  /// The extraction of tables of `system` by the tool called `tool`; of a table exactly
  /// `acceptedDeletes` rows may vanish, if that is given. `progress` is given the name of each
  /// table before it is read.
  package init(
    of system: SourcesFile.SourceSystem, _ workspace: Workspace, tool: String,
    acceptedDeletes: Int?, systemTime: @escaping () -> Timestamp,
    progress: @escaping (String) -> Void
  ) {
    self.system = system
    self.workspace = workspace
    self.tool = tool
    self.acceptedDeletes = acceptedDeletes
    self.systemTime = systemTime
    self.progress = progress
  }

  /// Takes what changed in `tables`, a commit a table, and tells of each table as soon as its
  /// commit is durable; nothing when the source is as it was the last time. What keeps a table, or
  /// all of them, from being taken is given to `fail`, and the others are taken; what `tell` throws
  /// ends the extraction.
  package func take(
    _ tables: [SourcesFile.SourceTable], _ tell: (Outcome) throws -> Void,
    fail: (any Error) -> Void
  ) throws {
    let tables = resolved(tables, fail)
    guard let (source, stamp, changed) = open(tables, fail) else { return }
    let isSettled = stamp?.isSettled(at: systemTime()) ?? false
    var compared: [Table] = []
    for table in changed {
      guard
        let outcome = outcome(of: table, fail, { try table.ingest.take(table.spec, from: source) })
      else { continue }
      try tell(outcome)
      compared.append(table)
    }
    do {
      // Only if nothing was written meanwhile is the stamp that of what was read.
      guard isSettled, let stamp,
        try SourceStamp(of: system.location, lake.fileSystem) == stamp
      else {
        lake.steps.note("\(system.location): changed just now, the next run compares it again")
        return
      }
      for table in compared { try table.ingest.remember(stamp, table.spec) }
    } catch {
      fail(error)
    }
  }

  /// Tells what `take` would find, without taking it.
  package func look(
    _ tables: [SourcesFile.SourceTable], _ tell: (Outcome) throws -> Void,
    fail: (any Error) -> Void
  ) throws {
    guard let (source, _, changed) = open(resolved(tables, fail), fail) else { return }
    for table in changed {
      let outcome = outcome(of: table, fail) { try table.ingest.look(at: table.spec, in: source) }
      if let outcome { try tell(outcome) }
    }
  }

  /// What becomes of `table` by `work`; nil when it failed, which was told.
  private func outcome(
    of table: Table, _ fail: (any Error) -> Void, _ work: () throws -> ChangeIngest.Taken
  ) -> Outcome? {
    progress(table.name)
    let step = lake.steps.begin()
    do {
      let taken = try work()
      step.end("\(table.name): \(taken.summary.words)")
      return Outcome(
        table: table, summary: taken.summary, foreignTexts: taken.foreignTexts,
        commit: taken.commit)
    } catch {
      fail(error)
      return nil
    }
  }

  /// The tables with what bronze says of them; those that it knows nothing of are told.
  private func resolved(
    _ tables: [SourcesFile.SourceTable], _ fail: (any Error) -> Void
  ) -> [Table] {
    tables.compactMap { table in
      do throws(Fault) {
        return try resolved(table)
      } catch {
        fail(error)
        return nil
      }
    }
  }

  private func resolved(_ table: SourcesFile.SourceTable) throws(Fault) -> Table {
    guard !table.keys.isEmpty else {
      throw Fault(
        .configuration, at: table.place, "the table '\(table.name)' has no keys",
        remedy: "add 'keys: [COLUMN]', the columns that tell its rows apart")
    }
    let contract = try workspace.contract(system: system.name, entity: table.name, at: table.place)
    let fromFolders = contract.partitionColumns + BronzeTable.Provenance.fields.map(\.name)
    return Table(
      name: "\(system.name).\(table.name)",
      spec: CompareSpec(
        table.name, keyColumns: table.keys, updatedAtColumn: table.updatedAt,
        timeZone: system.timeZone, reservedColumns: fromFolders,
        askedColumns: contract.schema.names, acceptedDeletes: acceptedDeletes),
      contract: contract, ingest: ChangeIngest(lake: lake, contract: contract, tool: tool))
  }

  /// The source as it stands now, its stamp, and those of `tables` that are to be compared with it;
  /// nil when there are none, or it cannot be opened, which was told.
  private func open(
    _ tables: [Table], _ fail: (any Error) -> Void
  ) -> (source: SQLiteConnection, stamp: SourceStamp?, changed: [Table])? {
    do throws(Fault) {
      let stamp = try SourceStamp(of: system.location, lake.fileSystem)
      let changed = try changed(tables, since: stamp)
      return changed.isEmpty ? nil : (try openSource(), stamp, changed)
    } catch {
      fail(error)
      return nil
    }
  }

  /// The tables for which the source, which looks like `stamp`, may not be as it was.
  private func changed(
    _ tables: [Table], since stamp: SourceStamp?
  ) throws(Fault) -> [Table] {
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
    // To SQLite a file without bytes is a database without tables.
    if let status = try lake.fileSystem.status(of: system.location), status.kind == .file,
      status.byteCount == 0
    {
      throw Fault(
        .data, at: Place(system.location), "the file is empty, which no database is",
        remedy: "restore it, or check the path")
    }
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
