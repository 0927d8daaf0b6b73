import Core
import Database
import LakeJobs

/// Takes the changes that triggers noted in a SQLite database, table by table: what one transaction
/// changed stands together in each.
struct TriggerReader: SourceReader {
  private let run: ExtractionRun

  init(_ run: ExtractionRun) { self.run = run }

  func take(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    for table in tables {
      if let outcome = outcome(of: table, fail, { try $0.take() }) { try tell(outcome) }
    }
  }

  func look(
    _ tables: [ExtractedTable], _ tell: (TableOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    for table in tables {
      if let outcome = outcome(of: table, fail, { try $0.look() }) { try tell(outcome) }
    }
  }

  private func outcome(
    of table: ExtractedTable, _ fail: (any Error) -> Void,
    _ work: (TriggerIngest) throws -> TableOutcome
  ) -> TableOutcome? {
    run.progress(table.name)
    let step = run.lake.steps.begin()
    do {
      let outcome = try work(try TriggerIngest(table, run))
      step.end("\(table.name): \(counted(outcome.summary.changeCount, "change"))")
      return outcome
    } catch {
      fail(error)
      return nil
    }
  }
}
