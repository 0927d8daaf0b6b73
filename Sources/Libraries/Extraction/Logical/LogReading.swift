import Core
import Database
import LakeJobs
import PostgreSQL

/// One reading of a piece of a slot's log, from where the server was told that it was read: the
/// changes of each transaction go to the streams of the tables that they are of. The server keeps
/// what was read until it is told.
struct LogReading {
  /// How far a reading came.
  struct Piece {
    /// What was committed before this was read.
    var end: LogPosition
    /// Whether the log was read up to where it should be.
    var isLast = true
    /// How many bytes its messages had.
    var byteCount = 0
    var moment: Timestamp?
    var last: SlotMemory.LoggedMark?
  }

  private let session: LogicalSession
  private let memory: SlotMemory
  private let streams: [TableStream]
  private var byRelation: [UInt32: TableStream] = [:]
  private var piece: Piece
  /// The transaction that the last reading ended with, until it is met again.
  private var expected: SlotMemory.LoggedMark?
  /// Whether the log turned out to be another than was read before.
  private(set) var isOfAnother = false

  private static let query = """
    SELECT data FROM pg_logical_slot_peek_binary_changes(
      $1, $2::pg_lsn, $3::int4, 'proto_version', '1', 'publication_names', $4::text)
    """

  /// A reading for `streams` of what follows `slot.confirmed`, and ends at `end` at the latest.
  init(
    _ streams: [TableStream], _ session: LogicalSession, _ memory: SlotMemory, _ slot: SlotFacts,
    until end: LogPosition
  ) {
    self.session = session
    self.memory = memory
    self.streams = streams
    piece = Piece(end: end, moment: memory.moment, last: memory.last)
    if let last = memory.last, let confirmed = slot.confirmed, confirmed <= last.position,
      last.position < end
    {
      expected = last
    }
  }

  /// Reads transactions until there were `count` messages, or the end; `.configuration` when the
  /// log is not the one that was read before.
  mutating func read(atMost count: Int) throws -> Piece {
    let end = piece.end
    let names = session.connection.dialect.quoted(session.publication)
    let rows = try PostgreSQLRows(
      LogReading.query, [session.slot, "\(end)", "\(count)", names], isBinary: true,
      from: session.connection)
    var read = 0
    var bytes: [UInt8] = []
    while try rows.next() {
      bytes.removeAll(keepingCapacity: true)
      if let data = rows.value(0) { bytes.append(contentsOf: data) }
      try take(try LogMessageReader.message(bytes), bytes)
      piece.byteCount += bytes.count
      read += 1
    }
    if read < count {
      if expected != nil { throw restored() }
      piece.end = end
    } else {
      piece.isLast = false
    }
    return piece
  }

  private mutating func take(_ message: LogMessage, _ bytes: [UInt8]) throws {
    switch message {
    case .begin(let transaction): try begin(transaction)
    case .commit(let commit):
      for stream in streams { stream.commit() }
      piece.end = commit.end
    case .relation(let relation): describe(relation)
    case .insert(let id, let new):
      if let stream = byRelation[id] { stream.take { try stream.insert(new, bytes) } }
    case .update(let id, let old, let new):
      if let stream = byRelation[id] { stream.take { try stream.update(old, new, bytes) } }
    case .delete(let id, let old):
      if let stream = byRelation[id] { stream.take { try stream.delete(old, bytes) } }
    case .truncate(let ids):
      for id in ids {
        if let stream = byRelation[id] { stream.take { try stream.truncate() } }
      }
    case .other: break
    }
  }

  private mutating func begin(_ transaction: LoggedTransaction) throws(Fault) {
    let mark = SlotMemory.LoggedMark(position: transaction.position, time: transaction.time)
    if let expected, transaction.position >= expected.position {
      guard mark == expected else { throw restored() }
      self.expected = nil
    }
    // The server went back, as after a crash: the tables have these already.
    guard transaction.position >= memory.confirmed else { return }
    let moment = max(
      transaction.time, piece.moment?.adding(microseconds: 1) ?? transaction.time)
    piece.moment = moment
    piece.last = mark
    for stream in streams { stream.begin(transaction, at: moment) }
  }

  /// A table is known by its number, and by its name if it was made anew since.
  private mutating func describe(_ relation: LoggedRelation) {
    let stream =
      streams.first { $0.table.source.id == relation.id }
      ?? streams.first { $0.table.source.isNamed(relation.schema, relation.name) }
    byRelation[relation.id] = stream
    stream?.describe(relation)
  }

  private mutating func restored() -> Fault {
    isOfAnother = true
    return .restored(session)
  }
}

extension Fault {
  /// That a server's log is not the one that was read before.
  static func restored(_ session: LogicalSession) -> Fault {
    Fault(
      .configuration, at: session.connection.place,
      "the server was restored from an older copy: what was read of its log is not in it",
      remedy: "run 'cdc-extract --setup \(session.system.name)', and the next run compares the "
        + "tables with bronze")
  }
}
