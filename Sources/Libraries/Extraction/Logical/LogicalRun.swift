import Bronze
import Columnar
import Core
import Database
import LakeJobs
import PostgreSQL

/// One extraction by logical decoding.
///
/// A step reads a piece of the log, commits to each table what the piece has of it, with the place
/// up to which it was read, and reads the commits back. Then what is remembered of the slot is
/// written, and then the server is told that it may forget that piece. A run that is killed in
/// between finds the piece once more; each table knows by its own place what it has.
///
/// Tables that bronze does not have whole are read at a snapshot, to whose place in the log all
/// tables are brought before (`SnapshotChunks`); those that bronze has, but that were not followed,
/// are compared (`LapsedTable`).
struct LogicalRun {
  /// How much is done at a time.
  struct Lengths {
    /// Messages of the log in a step; a transaction is never parted.
    var step: Int
    /// Rows in a chunk of a snapshot.
    var chunk: Int

    static let standard = Lengths(step: 100_000, chunk: 50_000)
  }

  private let run: ExtractionRun
  private let lengths: Lengths
  private let session: LogicalSession
  private let server: ServerFacts
  private var memory: SlotMemory
  private let slot: SlotFacts
  private let tables: [LogicalTable]
  /// Why tables whose log is followed could not be read now.
  private var faults: [String: Fault] = [:]
  /// Whether bronze has tables whose changes are not taken now, and which the server must keep.
  private let leavesTables: Bool

  init(
    _ run: ExtractionRun, _ tables: [ExtractedTable], _ lengths: Lengths,
    _ fail: (any Error) -> Void
  ) throws {
    self.run = run
    self.lengths = lengths
    session = try LogicalSession(run.system)
    server = try session.server()
    let known = try SlotMemory.read(of: run.system, in: run.lake)
    let published = try PublishedTables(session)
    (memory, slot) = try SlotCheck(session, known).check(server, published)
    var found: [LogicalTable] = []
    if run.resumption == .rebuild {
      // Nothing that the log told of them counts: they are compared, now or by a later run.
      for table in tables where memory.epochs[table.source.name] != nil {
        let relation = try SourceRelation(
          table.source, reserved: table.reservedColumns, session)
        memory.epochs[table.source.name] = published.epoch(of: relation, server, run.lake.runID)
      }
    }
    for table in tables {
      do throws(Fault) {
        guard let epoch = memory.epochs[table.source.name] else {
          throw published.missing(table.source.name, at: table.source.place)
        }
        let table = try LogicalTable(
          table, epoch: epoch, least: memory.versions[table.source.name], session,
          run.lake.fileSystem)
        if let fault = published.fault(of: table, epoch) ?? table.source.fault {
          // The log may tell of it from before.
          guard table.followsLog, published.hasKept(epoch, of: table.source) else { throw fault }
          faults[table.name] = fault
        }
        found.append(table)
      } catch {
        fail(error)
      }
    }
    self.tables = found
    leavesTables = try LogicalRun.leavesTables(run, but: found, memory)
    if leavesTables {
      run.lake.steps.note("\(run.system.name): the server keeps its log for tables left out")
    }
  }

  /// Takes what changed.
  func take(_ tell: (TableOutcome) throws -> Void, _ fail: (any Error) -> Void) throws {
    if run.resumption == .rebuild { try memory.write(of: run.system, in: run.lake) }
    let unread = tables.filter { $0.standing != .whole && faults[$0.name] == nil }
    var snapshot: SourceSnapshot?
    do {
      snapshot = unread.isEmpty ? nil : try SourceSnapshot(of: unread, session)
    } catch {
      fail(error)
    }
    var log = LogSteps(run, session, memory, slot, lengths, mayForget: !leavesTables)
    try log.take(
      tables.filter(\.followsLog), until: snapshot?.position ?? server.logEnd, fail, tell)
    for table in tables where !log.failed.contains(table.name) {
      if let fault = faults[table.name] { fail(fault) }
    }
    if let snapshot {
      for table in unread where !log.failed.contains(table.name) {
        do {
          try read(table, at: snapshot, tell)
        } catch let ending as EndOfTelling {
          throw ending
        } catch {
          fail(error)
        }
      }
    }
    if unread.isEmpty { try log.beat(server) }
  }

  /// Tells what `take` would find.
  func look(_ tell: (TableOutcome) throws -> Void, _ fail: (any Error) -> Void) throws {
    var streams = tables.filter(\.followsLog).map { table in
      TableStream(table, run, session, isTrial: true)
    }
    repeat {
      var reading = LogReading(streams, session, memory, slot, until: server.logEnd)
      _ = try reading.read(atMost: Int(Int32.max))
      var again: [TableStream] = []
      for stream in streams {
        switch stream.spoiled {
        case .needsImages:
          let images = try stream.table.images(run)
          again.append(TableStream(stream.table, run, session, images: images, isTrial: true))
          continue
        case .fault(let fault, _): fail(fault)
        case nil: break
        }
        try tell(stream.outcome(nil))
      }
      streams = again
    } while !streams.isEmpty
    for fault in faults.sorted(by: { $0.key < $1.key }) { fail(fault.value) }
    try lookAtRows(tell, fail)
  }

  /// Tells what would be read of the tables that bronze does not have whole.
  private func lookAtRows(
    _ tell: (TableOutcome) throws -> Void, _ fail: (any Error) -> Void
  ) throws {
    let unread = tables.filter { $0.standing != .whole && faults[$0.name] == nil }
    guard !unread.isEmpty else { return }
    let snapshot = try SourceSnapshot(of: unread, session)
    for table in unread {
      do {
        if table.standing == .lapsed {
          try tell(try LapsedTable(table, at: snapshot, run).look())
          continue
        }
        var summary = ExtractionSummary()
        summary.isSnapshot = true
        let rows = SnapshotRows(table, snapshot, zone: nil)
        summary.snapshotRows = try rows.count(from: table.state.snapshotKey)
        try tell(table.outcome(summary, ForeignTexts(), nil))
      } catch let fault as Fault {
        fail(fault)
      }
    }
  }

  private func read(
    _ table: LogicalTable, at snapshot: SourceSnapshot, _ tell: (TableOutcome) throws -> Void
  ) throws {
    let step = run.lake.steps.begin()
    if table.standing == .lapsed {
      if let outcome = try LapsedTable(table, at: snapshot, run).take() { try tell(outcome) }
      step.end("\(table.name): compared with bronze at \(snapshot.position)")
      return
    }
    try SnapshotChunks(of: table, at: snapshot, run, chunkLength: lengths.chunk).take(tell)
    step.end("\(table.name): read for the first time, at \(snapshot.position)")
  }

  /// Whether bronze follows the log of a table of the system that is not of `tables`: it was not
  /// asked for, or something is wrong with it.
  private static func leavesTables(
    _ run: ExtractionRun, but tables: [LogicalTable], _ memory: SlotMemory
  ) throws(Fault) -> Bool {
    for table in run.system.tables
    where !tables.contains(where: { $0.table.source.name == table.name }) {
      guard
        let contract = run.workspace.contract(system: run.system.name, entity: table.name)
      else { continue }
      let log = BronzeLog(folder: contract.folder, fileSystem: run.lake.fileSystem)
      guard let state = try log.latest().flatMap({ LogicalState($0.state) }) else { continue }
      if state.epoch == memory.epochs[table.name] { return true }
    }
    return false
  }
}
