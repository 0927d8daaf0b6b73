import Bronze
package import Core
package import LakeJobs

// Extraction: where source databases are read.
//
// `SourceExtraction` goes through the tables of one system, by the reader of its method: each finds
// changes in its own way and brings them into bronze as the same change rows. Comparison compares a
// SQLite table with what was seen last, Triggers takes what triggers noted there, Logical reads the
// log of a PostgreSQL server, and Cursor asks either for rows that changed since. `SourceSetup`
// prepares a source for that. What is wrong with a table concerns that table alone, what is wrong
// with the system its tables. Tables has what readers are given and what they tell, Changes how
// rows become files of bronze. Events takes what others tell that read a source's log, as Debezium
// does (`EventExtraction`).
//
// Begin with `SourceExtraction`. How a database is asked stands in Database and PostgreSQL, how
// files are kept in Bronze; nothing here knows a command line, or says anything to a person.

/// The extraction of one source system: the changes of its tables since the last one, each into a
/// bronze dataset.
package struct SourceExtraction {
  private let run: ExtractionRun

  /// The extraction of tables of `system` by the tool called `tool`; of a table exactly
  /// `acceptedDeletes` rows may vanish, if that is given. `progress` is given the name of each
  /// table before it is read; `resumption` is what to do for one whose state is
  /// gone; nil leaves that to a person.
  package init(
    of system: SourcesFile.SourceSystem, _ workspace: Workspace, tool: String,
    acceptedDeletes: Int?, resumption: Resumption? = nil,
    systemTime: @escaping () -> Timestamp, progress: @escaping (String) -> Void
  ) {
    run = ExtractionRun(
      system: system, workspace: workspace, tool: tool, acceptedDeletes: acceptedDeletes,
      resumption: resumption, systemTime: systemTime, progress: progress)
  }

  init(_ run: ExtractionRun) { self.run = run }

  /// Takes what changed in `tables`, a commit a table and step, and tells of each as soon as its
  /// commit is durable; nothing when the source is as it was the last time. What keeps a table, or
  /// all of them, from being taken is given to `fail`, and the others are taken; what `tell` throws
  /// ends the extraction.
  package func take(
    _ tables: [SourcesFile.SourceTable], _ tell: (TableOutcome) throws -> Void,
    fail: (any Error) -> Void
  ) throws {
    try read(tables, fail) { try $0.take($1, tell, fail: fail) }
  }

  /// Tells what `take` would find, without taking it.
  package func look(
    _ tables: [SourcesFile.SourceTable], _ tell: (TableOutcome) throws -> Void,
    fail: (any Error) -> Void
  ) throws {
    try read(tables, fail) { try $0.look($1, tell, fail: fail) }
  }

  private func read(
    _ tables: [SourcesFile.SourceTable], _ fail: (any Error) -> Void,
    _ work: (any SourceReader, [ExtractedTable]) throws -> Void
  ) throws {
    let reader: any SourceReader
    do {
      reader = try self.reader()
    } catch {
      return fail(error)
    }
    try work(reader, resolved(tables, fail))
  }

  /// The reader of the system's method.
  private func reader() throws(Fault) -> any SourceReader {
    switch run.system.method {
    case .compare: return CompareReader(run)
    case .logical: return LogicalReader(run)
    case .triggers: return TriggerReader(run)
    case .cursor: return CursorReader(run)
    case .events:
      throw Fault(
        .configuration, at: run.system.place,
        "changes of '\(run.system.name)' are told by Debezium, not asked for",
        remedy: "give its events to 'cdc-extract --from debezium', by a pipe or in files")
    }
  }

  /// The tables with what bronze says of them; those that it knows nothing of are told.
  private func resolved(
    _ tables: [SourcesFile.SourceTable], _ fail: (any Error) -> Void
  ) -> [ExtractedTable] {
    tables.compactMap { table in
      do throws(Fault) {
        return try ExtractedTable(table, of: run.system, run.workspace)
      } catch {
        fail(error)
        return nil
      }
    }
  }
}
