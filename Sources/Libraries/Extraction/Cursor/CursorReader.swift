import Core
import LakeJobs

/// Takes the rows whose cursor columns have grown since the last run, of a SQLite or PostgreSQL
/// database: all tables of one moment.
struct CursorReader: SourceReader {
  private let run: ExtractionRun

  init(_ run: ExtractionRun) { self.run = run }

  func take(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    try forEach(tables, fail) { table, source in
      let ingest = try CursorIngest(table, in: source, run, isTrial: false)
      var outcome = try ingest.take()
      // What is to be said of the source is said once.
      outcome.notes += source.takeNotes()
      try tell(outcome)
      // What was missed is taken by now; that it was is a verdict all the same.
      if let shortfall = ingest.shortfall { fail(shortfall) }
    }
  }

  func look(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    try forEach(tables, fail) { table, source in
      try tell(try CursorIngest(table, in: source, run, isTrial: true).take())
    }
  }

  private func forEach(
    _ tables: [ExtractedTable], _ fail: (any Error) -> Void,
    _ work: (ExtractedTable, CursorSource) throws -> Void
  ) throws {
    guard !tables.isEmpty else { return }
    let source: CursorSource
    do {
      source = try CursorSource(run)
    } catch {
      return fail(error)
    }
    for table in tables {
      run.progress(table.name)
      let step = run.lake.steps.begin()
      do {
        try work(table, source)
        step.end(table.name)
      } catch let fault as Fault {
        fail(fault)
      }
    }
  }
}
