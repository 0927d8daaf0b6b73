import Columnar
import Core
import Database
import LakeJobs

/// Finds changes of a SQLite database by comparing its tables with what was seen last: all of one
/// moment, and none where the database is as it was.
struct CompareReader: SourceReader {
  /// A table with the way to compare it.
  private struct Compared {
    let table: ExtractedTable
    let spec: CompareSpec
    let ingest: ChangeIngest
  }

  private let run: ExtractionRun

  init(_ run: ExtractionRun) { self.run = run }

  private var location: String { run.system.location }

  func take(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    guard let (source, stamp, changed) = open(tables.map(compared), fail) else { return }
    let isSettled = stamp?.isSettled(at: run.systemTime()) ?? false
    var taken: [Compared] = []
    for table in changed {
      guard
        let outcome = outcome(of: table, fail, { try table.ingest.take(table.spec, from: source) })
      else { continue }
      try tell(outcome)
      taken.append(table)
    }
    do {
      // Only if nothing was written meanwhile is the stamp that of what was read.
      guard isSettled, let stamp, try SourceStamp(of: location, run.lake.fileSystem) == stamp
      else {
        run.lake.steps.note("\(location): changed just now, the next run compares it again")
        return
      }
      for table in taken { try table.ingest.remember(stamp, table.spec) }
    } catch {
      fail(error)
    }
  }

  func look(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    guard let (source, _, changed) = open(tables.map(compared), fail) else { return }
    for table in changed {
      let outcome = outcome(of: table, fail) { try table.ingest.look(at: table.spec, in: source) }
      if let outcome { try tell(outcome) }
    }
  }

  private func compared(_ table: ExtractedTable) -> Compared {
    Compared(
      table: table,
      spec: CompareSpec(
        table.source.name, keyColumns: table.source.keys, updatedAtColumn: table.source.updatedAt,
        timeZone: run.system.timeZone, reservedColumns: table.reservedColumns,
        askedColumns: table.contract.schema.names, acceptedDeletes: run.acceptedDeletes),
      ingest: ChangeIngest(lake: run.lake, contract: table.contract, tool: run.tool))
  }

  /// What becomes of `table` by `work`; nil when it failed, which was told.
  private func outcome(
    of table: Compared, _ fail: (any Error) -> Void, _ work: () throws -> ChangeIngest.Taken
  ) -> TableOutcome? {
    let name = table.table.name
    run.progress(name)
    let step = run.lake.steps.begin()
    do {
      let taken = try work()
      step.end("\(name): \(taken.summary.words)")
      return TableOutcome(
        table: table.table, namespace: "sqlite:\(location)", summary: taken.summary,
        foreignTexts: taken.foreignTexts, commit: taken.commit)
    } catch {
      fail(error)
      return nil
    }
  }

  /// The source as it stands now, its stamp, and those of `tables` that are to be compared with it;
  /// nil when there are none, or it cannot be opened, which was told.
  private func open(
    _ tables: [Compared], _ fail: (any Error) -> Void
  ) -> (source: SQLiteConnection, stamp: SourceStamp?, changed: [Compared])? {
    do throws(Fault) {
      let stamp = try SourceStamp(of: location, run.lake.fileSystem)
      let changed = try changed(tables, since: stamp)
      return changed.isEmpty ? nil : (try openSource(), stamp, changed)
    } catch {
      fail(error)
      return nil
    }
  }

  /// The tables for which the source, which looks like `stamp`, may not be as it was.
  private func changed(
    _ tables: [Compared], since stamp: SourceStamp?
  ) throws(Fault) -> [Compared] {
    var changed: [Compared] = []
    for table in tables {
      if try table.ingest.isUnchanged(table.spec, by: stamp) {
        run.lake.steps.note(
          "\(table.table.name): passed over, \(location) is as it was when it was last compared")
      } else {
        changed.append(table)
      }
    }
    return changed
  }

  /// The source in one read transaction, so that its tables agree with each other.
  private func openSource() throws(Fault) -> SQLiteConnection {
    // To SQLite a file without bytes is a database without tables.
    if let status = try run.lake.fileSystem.status(of: location), status.kind == .file,
      status.byteCount == 0
    {
      throw Fault(
        .data, at: Place(location), "the file is empty, which no database is",
        remedy: "restore it, or check the path")
    }
    let folder = "\(run.lake.root)/bronze/\(run.system.name)/_state"
    let source = try SQLiteCopy(of: location).opened(in: folder, run.lake.fileSystem)
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
