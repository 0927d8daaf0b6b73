import Bronze
import Core
import Database
import JSON
import LakeJobs
import PostgreSQL

/// A table of a run: what it is at the source, and what bronze holds of it.
final class LogicalTable {
  /// What is to be done for a table beside following the log.
  enum Standing {
    /// Bronze has nothing of it: its rows are read.
    case new
    /// Its first snapshot is not complete.
    case unfinished
    /// Bronze has it up to a position of the log.
    case whole
    /// Bronze has rows of it, but the log was not followed since: they are compared.
    case lapsed
  }

  let table: ExtractedTable
  let source: SourceRelation
  let log: BronzeLog
  private let namespace: String
  private(set) var state: LogicalState
  private(set) var standing: Standing
  /// The commit that the next one follows.
  private(set) var version: Int64?

  /// The table as bronze has it, which is to have been followed since `epoch`, and to have the
  /// commit `least`.
  init(
    _ table: ExtractedTable, epoch: String, least: Int64?, _ session: LogicalSession,
    _ files: any FileSystem
  ) throws(Fault) {
    self.table = table
    source = try SourceRelation(table.source, reserved: table.reservedColumns, session)
    log = BronzeLog(folder: table.contract.folder, fileSystem: files)
    let last = try log.latest()
    version = last?.version
    let known = last.flatMap { LogicalState($0.state) }
    state = known ?? LogicalState(epoch: epoch, position: LogPosition(byteOffset: 0))
    standing =
      switch (last, known) {
      case (nil, _): .new
      case (let last?, let known?) where known.epoch == epoch && last.version >= least ?? 0:
        known.snapshotKey == nil ? .whole : .unfinished
      default: .lapsed
      }
    state.epoch = epoch
    namespace = session.connection.place.file
    let keys = table.bronzeKeys
    if state.keys.isEmpty { state.keys = [keys] }
    if state.keys.first != keys { state.keys.insert(keys, at: 0) }
  }

  /// What bronze last said of the table's rows.
  func images(_ run: ExtractionRun) throws -> LastImages {
    try LastImages(of: table, in: run.lake, formerKeys: Array(state.keys.dropFirst()))
  }

  /// What became of the table in a step.
  func outcome(
    _ summary: ExtractionSummary, _ foreign: ForeignTexts, _ commit: BronzeCommit?
  ) -> TableOutcome {
    TableOutcome(
      table: table, namespace: namespace, summary: summary, foreignTexts: foreign.byColumn,
      commit: commit)
  }

  /// Whether changes that the log tells are taken.
  var followsLog: Bool { standing == .whole || standing == .unfinished }

  /// The name of the dataset in messages.
  var name: String { table.name }

  /// Begins an addition that follows what is known of the table; `.temporary` when someone else
  /// has added to it meanwhile.
  func addition(_ run: ExtractionRun) throws(Fault) -> BronzeAppend {
    let addition = try BronzeAppend(log, lake: run.lake, tool: run.tool)
    guard addition.previous?.version == version else {
      throw Fault(
        .temporary, at: Place(log.folder), "someone else has added to the table just now",
        remedy: "run the command again")
    }
    return addition
  }

  /// Commits what was added to `addition`, and reads it back before anything rests on it: from then
  /// on the table stands at `next`. Nil when nothing was to be committed.
  func commit(
    _ addition: BronzeAppend, _ next: LogicalState
  ) throws(Fault) -> BronzeCommit? {
    guard let commit = try addition.commit(state: next.json) else { return nil }
    guard let read = try log.latest(), read.version == commit.version, read.state == next.json,
      read.files == commit.files
    else {
      throw Fault(
        .io, at: Place(log.folder), "the commit reads otherwise than it was written",
        remedy: "check the disk, then run the command again")
    }
    version = commit.version
    state = next
    standing = next.snapshotKey == nil ? .whole : .unfinished
    return commit
  }
}
