import Compression
import Core
import JSON
import TextFormats

/// Sorts the lines of one input into events and rejects, each into files of their own.
///
/// This thread reads and writes; others check and compress, block by block, a few blocks ahead.
final class EventSorting {
  private(set) var acceptedCount = 0
  private(set) var rejectedCount = 0
  private(set) var firstRejectedLine: Int?
  private(set) var firstReason: String?

  private let place: Place
  private let requiredFields: [String]
  private let lines: LineBlocks
  private let events: RawFileWriter
  private let rejects: RejectWriter
  private let work: OrderedWork<EventBlock, EventBlock>
  private let blockLimit: Int
  private var blockCount = 0
  private var idle: [EventBlock] = []
  /// Lines sorted so far, blank ones counted.
  private var readCount = 0

  init(
    _ bytes: any ByteSource, at place: Place, threads: Int, requiredFields: [String],
    events: RawFileWriter, rejects: RejectWriter
  ) {
    self.place = place
    self.requiredFields = requiredFields
    self.events = events
    self.rejects = rejects
    lines = LineBlocks(
      DecompressingReader(bytes, at: place), blockByteCount: EventBlock.byteCount)
    work = OrderedWork(threads: threads) { block in
      try block.sort()
      return block
    }
    // Each thread has a block in hand and one to go on with.
    blockLimit = 2 * max(1, threads) + 1
  }

  var lineCount: Int { acceptedCount + rejectedCount }

  /// Reads all lines, telling how many were sorted.
  func run(_ progress: (Int) -> Void) throws {
    while let block = try filledBlock(progress) {
      if lines.isAtEnd, work.pendingCount == 0 {
        // The only block: no other thread is worth its start.
        try block.sort()
        try take(block, progress)
      } else {
        work.add(block)
      }
    }
    while let block = try work.next() { try take(block, progress) }
  }

  /// Gives the files their names; they count once the commit names them.
  func publish() throws {
    try events.publish()
    try rejects.publish()
  }

  func discard() {
    events.discard()
    rejects.discard()
  }

  /// The next lines, or nil at the end.
  private func filledBlock(_ progress: (Int) -> Void) throws -> EventBlock? {
    let block = try idleBlock(progress)
    switch try lines.fill(block.lines) {
    case .end: return nil
    case .overlongLine(let before):
      while let earlier = try work.next() { try take(earlier, progress) }
      throw Fault(
        .data, at: Place(place.file, line: readCount + before + 1),
        "line is longer than \(lines.maximumLineLength) bytes", remedy: "mend the line")
    case .lines:
      block.isTorn = !lines.endsWithLineBreak
      return block
    }
  }

  /// A block to fill: one that is done with, or another as long as there are not enough.
  private func idleBlock(_ progress: (Int) -> Void) throws -> EventBlock {
    if blockCount == blockLimit, idle.isEmpty, let oldest = try work.next() {
      try take(oldest, progress)
    }
    if let block = idle.popLast() { return block }
    blockCount += 1
    return try EventBlock(requiredFields: requiredFields)
  }

  /// Writes what became of a block; blocks come in their order.
  private func take(_ block: EventBlock, _ progress: (Int) -> Void) throws {
    let outcome = block.outcome
    try events.append(
      frame: block.frame, lineByteCount: block.lines.count, rowCount: outcome.keptCount)
    for line in outcome.rejected {
      let isTorn = block.isTorn && line.line == outcome.lineCount - 1
      try reject(line, isTorn ? RejectReason.torn : RejectReason(line.reason))
    }
    acceptedCount += outcome.keptCount
    readCount += outcome.lineCount
    idle.append(block)
    progress(lineCount)
  }

  private func reject(
    _ line: JSONLineCheck.Rejected, _ reason: RejectReason
  ) throws {
    let number = readCount + line.line + 1
    rejectedCount += 1
    if firstReason == nil {
      firstReason = reason.words
      firstRejectedLine = number
    }
    try rejects.append(line.bytes, reason, line: number)
  }
}
