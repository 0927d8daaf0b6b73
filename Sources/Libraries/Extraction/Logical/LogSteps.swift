import Bronze
import Core
import Database
import LakeJobs
import PostgreSQL

/// The log of a slot, a step after the other: read, committed to bronze, read back, remembered, and
/// only then forgotten by the server.
struct LogSteps {
  /// The tables whose changes could not be taken.
  private(set) var failed: Set<String> = []
  private let run: ExtractionRun
  private let session: LogicalSession
  private var memory: SlotMemory
  private var slot: SlotFacts
  private let lengths: LogicalRun.Lengths
  /// Whether the server may forget what was read.
  private var mayForget: Bool
  /// Whether any change was taken.
  private var isIdle = true

  /// So much log may be kept for a slot that has nothing to tell.
  private static let idleByteCount: UInt64 = 1 << 20
  /// A step of small messages has so many bytes of them.
  private static let stepByteCount = 64 << 20

  init(
    _ run: ExtractionRun, _ session: LogicalSession, _ memory: SlotMemory, _ slot: SlotFacts,
    _ lengths: LogicalRun.Lengths, mayForget: Bool
  ) {
    self.run = run
    self.session = session
    self.memory = memory
    self.slot = slot
    self.lengths = lengths
    self.mayForget = mayForget
  }

  /// Takes the changes of `tables` that were committed before `end`.
  mutating func take(
    _ tables: [LogicalTable], until end: LogPosition, _ fail: (any Error) -> Void,
    _ tell: (TableOutcome) throws -> Void
  ) throws {
    var length = lengths.step
    while true {
      let active = tables.filter { !failed.contains($0.name) }
      let step = run.lake.steps.begin()
      let piece = try take(active, until: end, atMost: length, fail, tell)
      step.end("\(session.slot): the log was read up to \(piece.end)")
      if mayForget {
        try forget(piece, tables)
        length = nextLength(after: piece, of: length)
      } else {
        // The next step begins where this one did, and has to come further.
        length = length > Int(Int32.max) / 2 ? Int(Int32.max) : 2 * length
      }
      if piece.isLast { return }
    }
  }

  /// How many messages the next step has. Each step costs the server a reading of its log from the
  /// slot's beginning, and room for all messages: so many small ones make one.
  private func nextLength(after piece: LogReading.Piece, of length: Int) -> Int {
    let fitting = LogSteps.stepByteCount / max(1, piece.byteCount / max(1, length))
    return min(max(lengths.step, fitting), 10 * lengths.step)
  }

  /// One step. A table that it is spoiled for is read once more, alone.
  private mutating func take(
    _ tables: [LogicalTable], until end: LogPosition, atMost count: Int,
    _ fail: (any Error) -> Void,
    _ tell: (TableOutcome) throws -> Void
  ) throws -> LogReading.Piece {
    var streams = tables.map { TableStream($0, run, session) }
    var reasons: [String: Fault] = [:]
    while true {
      var reading = LogReading(streams, session, memory, slot, until: end)
      let piece: LogReading.Piece
      do {
        piece = try reading.read(atMost: count)
      } catch {
        // Setting up must know of it too.
        if reading.isOfAnother { try refute() }
        throw error
      }
      var again: [TableStream] = []
      for stream in streams {
        let name = stream.table.name
        if let spoiled = stream.spoiled {
          do {
            again.append(try mended(stream, spoiled, &reasons))
          } catch {
            failed.insert(name)
            fail(error)
          }
          continue
        }
        let commit: BronzeCommit?
        do throws(Fault) {
          commit = try stream.finish(at: piece.end)
        } catch {
          failed.insert(name)
          fail(error)
          continue
        }
        if let commit {
          isIdle = false
          try tell(stream.outcome(commit))
        }
        if let reason = reasons[name] {
          failed.insert(name)
          fail(reason)
        }
      }
      if !failed.isEmpty { mayForget = false }
      if again.isEmpty { return piece }
      streams = again
    }
  }

  /// The stream by which a piece is read once more for a table that it was spoiled for.
  private func mended(
    _ stream: TableStream, _ spoiled: TableStream.Spoiled, _ reasons: inout [String: Fault]
  ) throws -> TableStream {
    let table = stream.table
    var limit = stream.limit
    var needsImages = stream.hasImages
    switch spoiled {
    case .needsImages: needsImages = true
    case .fault(let fault, let position):
      let isOfTable = [.configuration, .verdict, .data].contains(fault.kind)
      guard isOfTable, reasons[table.name] == nil else { throw fault }
      reasons[table.name] = fault
      limit = position
    }
    let images = needsImages ? try table.images(run) : nil
    return TableStream(table, run, session, images: images, before: limit)
  }

  /// Remembers that the server is not the one that was read.
  private mutating func refute() throws(Fault) {
    memory.timeline = "before a restore"
    try memory.write(of: run.system, in: run.lake)
  }

  /// Remembers that the log was read up to the end of `piece`, then has the server forget it.
  private mutating func forget(
    _ piece: LogReading.Piece, _ tables: [LogicalTable]
  ) throws(Fault) {
    memory.confirmed = max(memory.confirmed, piece.end)
    memory.confirmedAt = try session.server().now
    memory.moment = piece.moment
    memory.last = piece.last
    for table in tables { memory.versions[table.table.source.name] = table.version }
    try memory.write(of: run.system, in: run.lake)
    _ = try session.texts(
      "SELECT end_lsn::text FROM pg_replication_slot_advance($1, $2::pg_lsn)", session.slot,
      "\(memory.confirmed)")
    if let now = try session.slotFacts() { slot = now }
  }

  /// Writes a word into the log of a database in which nothing happens, while others fill it: the
  /// server finds in it a new place from which the slot could begin.
  func beat(_ server: ServerFacts) throws(Fault) {
    guard isIdle, mayForget, let restart = slot.restart,
      server.logEnd.byteOffset &- restart.byteOffset > LogSteps.idleByteCount,
      server.logEnd > restart,
      try session.isTrue(
        "SELECT has_function_privilege('pg_logical_emit_message(bool, text, text)', 'EXECUTE')")
    else { return }
    _ = try session.texts(
      "SELECT pg_logical_emit_message(true, 'medallion', 'nothing is new')::text")
  }
}
