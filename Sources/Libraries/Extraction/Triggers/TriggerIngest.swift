import Bronze
import Columnar
import Core
import Database
import JSON
import LakeJobs

/// Brings the changes that triggers noted of one table into its bronze dataset.
///
/// Three writes follow each other: a mark in the source, with the number up to which changes are
/// taken; the commit that names both; and only when that was read back, the changes go from the
/// source. Stopped in between, the next run takes what has a higher number than bronze has, and
/// lets go what has not. Where the source bears a mark that bronze does not know, it was restored
/// or its triggers are new: then the whole table is compared with what bronze has.
struct TriggerIngest {
  private let table: ExtractedTable
  private let run: ExtractionRun
  private let spec: CompareSpec
  private let source: SQLiteConnection
  private let triggers: SourceTriggers
  private let changes: NotedChanges
  private let log: BronzeLog

  /// So often is a moment looked for at which nobody writes between a mark and the first look.
  private static let tryCount = 5

  init(_ table: ExtractedTable, _ run: ExtractionRun) throws(Fault) {
    self.table = table
    self.run = run
    spec = TriggerIngest.spec(of: table, run)
    source = try SQLiteConnection(run.system.location, .guest)
    triggers = try SourceTriggers(of: spec, in: source)
    try triggers.check()
    changes = NotedChanges(triggers)
    log = BronzeLog(folder: table.contract.folder, fileSystem: run.lake.fileSystem)
  }

  /// The table as a comparison reads it.
  static func spec(of table: ExtractedTable, _ run: ExtractionRun) -> CompareSpec {
    CompareSpec(
      table.source.name, keyColumns: table.source.keys, updatedAtColumn: table.source.updatedAt,
      timeZone: run.system.timeZone, reservedColumns: table.reservedColumns,
      askedColumns: table.contract.schema.names, acceptedDeletes: run.acceptedDeletes)
  }

  /// Takes what was noted since the last commit.
  func take() throws -> TableOutcome {
    let append = try BronzeAppend(log, lake: run.lake, tool: run.tool)
    guard let state = try knownState(append.previous) else { return try compare(into: append) }
    guard try changes.count(after: state.taken) > 0 else {
      try changes.forget(upTo: state.taken)
      return outcome(ExtractionSummary())
    }
    let claim = try changes.claim(after: state.mark)
    let writing = NotedRows(triggers, table, into: append, since: state, run.lake.fileSystem)
    try changes.read(
      after: state.taken, upTo: claim.upTo, columnCount: triggers.columns.count, writing.write)
    try writing.finish()
    let next = TriggerState(
      mark: claim.mark, taken: claim.upTo, sequence: writing.lastSequence, moment: writing.moment)
    let commit = try append.commit(state: .object(JSONObject([next.member])))
    try forget(next, after: commit)
    return outcome(writing.summary, writing.foreignTexts, commit)
  }

  /// Tells what `take` would find.
  func look() throws -> TableOutcome {
    var summary = ExtractionSummary()
    if let state = try knownState(try log.latest()) {
      summary.updated = try changes.count(after: state.taken)
      return outcome(summary)
    }
    return outcome(try ingest.look(at: spec, in: try view()).summary)
  }

  private var ingest: ChangeIngest {
    ChangeIngest(lake: run.lake, contract: table.contract, tool: run.tool)
  }

  /// What bronze has of the noted changes; nil when the source is not the one that they came from.
  private func knownState(_ last: BronzeCommit?) throws(Fault) -> TriggerState? {
    guard let state = last.flatMap({ TriggerState($0.state) }) else { return nil }
    if try changes.knows(state.mark) { return state }
    run.lake.steps.note(
      "\(table.name): the source bears another mark, it was restored or set up anew")
    return nil
  }

  /// Takes what tells the table from bronze, and from then on what is noted.
  private func compare(into append: BronzeAppend) throws -> TableOutcome {
    let (claim, view) = try standStill()
    let taken = try ingest.takeDifferences(spec, from: view, into: append) { sequence, moment in
      [
        TriggerState(mark: claim.mark, taken: claim.upTo, sequence: sequence, moment: moment).member
      ]
    }
    // Else a rollback journal keeps us ourselves from writing.
    try view.execute("COMMIT")
    guard let commit = taken.commit, let state = TriggerState(commit.state) else {
      return outcome(taken.summary)
    }
    try forget(state, after: commit)
    return outcome(taken.summary, taken.foreignTexts, commit)
  }

  /// Leaves a mark and gives the source as it is then. What is noted in between would be taken once
  /// more, so a moment is looked for at which nothing is. The source forgets the mark that bronze
  /// has: killed before the commit, the next run must compare again.
  private func standStill() throws -> (claim: NotedChanges.Claim, view: SQLiteConnection) {
    var tries = TriggerIngest.tryCount
    while true {
      let claim = try changes.claim(after: nil)
      let view = try view()
      tries -= 1
      if try NotedChanges.lastNumber(in: view) == claim.upTo || tries == 0 { return (claim, view) }
    }
  }

  /// The source as it stands now, to be read at length.
  private func view() throws(Fault) -> SQLiteConnection {
    let view = try SQLiteCopy(of: run.system.location).opened(
      in: "\(table.contract.folder)/_state", run.lake.fileSystem)
    try view.beginSnapshot()
    return view
  }

  /// Lets changes go that bronze has for certain.
  private func forget(_ state: TriggerState, after commit: BronzeCommit?) throws(Fault) {
    guard let commit, let read = try log.latest(), read.version == commit.version,
      read.files == commit.files, TriggerState(read.state)?.mark == state.mark
    else {
      throw Fault(
        .io, at: Place(log.folder), "the commit reads otherwise than it was written",
        remedy: "check the disk, then run the command again")
    }
    try changes.forget(upTo: state.taken)
  }

  private func outcome(
    _ summary: ExtractionSummary, _ foreignTexts: [(column: String, found: Oddity)] = [],
    _ commit: BronzeCommit? = nil
  ) -> TableOutcome {
    TableOutcome(
      table: table, namespace: "sqlite:\(run.system.location)", summary: summary,
      foreignTexts: foreignTexts, commit: commit)
  }
}
