import Bronze
import Core
import JSON
import TextFormats

/// Sorts the lines of one input into events and rejects, each into files of their own.
///
/// This thread reads and writes; others check and compress, block by block, a few blocks ahead.
final class EventClassifier {
  private(set) var acceptedCount = 0
  private(set) var rejectedCount = 0
  /// How many of the rejected lines are no events: the others have a value that does not fit.
  private(set) var strayCount = 0
  private(set) var firstStrayLine: Int?
  private(set) var firstReason: String?
  /// What is known of those that sent the events, with those of this input.
  private(set) var tills: TillWatch

  private let origin: LineOrigin
  private let shape: ShapeCheck
  private let lines: LineBlocks
  private let events: RawFileWriter
  private let rejects: RejectWriter
  private let work: OrderedWork<EventBlock, EventBlock>
  private let blockLimit: Int
  private var blockCount = 0
  private var idle: [EventBlock] = []
  /// What the last line lacked that lacked a field, and the words for it: the next will, too.
  private var lacking: (what: JSONLineCheck.Reason, reason: RejectReason)?
  /// Lines sorted so far, blank ones counted.
  private var readCount = 0

  /// Sorts the lines of `bytes`, which come from `origin`.
  init(
    _ bytes: any ByteSource, from origin: LineOrigin, _ shape: ShapeCheck, threads: Int,
    tills: TillWatch, events: RawFileWriter, rejects: RejectWriter
  ) {
    self.origin = origin
    self.shape = shape
    self.tills = tills
    self.events = events
    self.rejects = rejects
    lines = LineBlocks(bytes, blockByteCount: RawFileWriter.frameByteCount)
    work = OrderedWork(threads: threads) { block in
      try block.classify()
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
        try block.classify()
        try write(block, progress)
      } else {
        work.add(block)
      }
    }
    while let block = try work.next() { try write(block, progress) }
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
    while true {
      switch try lines.fill(block.lines) {
      case .end: return nil
      case .overlongLine:
        while let earlier = try work.next() { try write(earlier, progress) }
        try reject(
          Array(block.lines.bytes), .tooLong(lines.maximumLineLength), line: 0,
          offset: lines.offset)
        readCount += 1
      case .lines:
        block.isTorn = !lines.endsWithLineBreak
        block.offset = lines.offset
        return block
      }
    }
  }

  /// A block to fill: one that is done with, or another as long as there are not enough.
  private func idleBlock(_ progress: (Int) -> Void) throws -> EventBlock {
    if blockCount == blockLimit, idle.isEmpty, let oldest = try work.next() {
      try write(oldest, progress)
    }
    if let block = idle.popLast() { return block }
    blockCount += 1
    return try EventBlock(tills.fields, shape, noting: tills.watch(origin))
  }

  /// Writes what became of a block; blocks come in their order.
  private func write(_ block: EventBlock, _ progress: (Int) -> Void) throws {
    let outcome = block.outcome
    try events.append(
      frame: block.frame, lineByteCount: block.lines.count, rowCount: outcome.keptCount)
    for line in outcome.rejected {
      // A whole object is not torn, whatever else it lacks.
      let isTorn =
        block.isTorn && line.line == outcome.lineCount - 1 && line.reason == .noObject
      let isMisfit = if case .misfit = line.reason { true } else { false }
      try reject(
        line.bytes, isTorn ? .torn : try reason(for: line), line: line.line,
        offset: block.offset + line.offset, isStray: !isMisfit)
    }
    tills.add(
      outcome.noted, block.numbers, senders: block.senders, of: origin, after: readCount)
    acceptedCount += outcome.keptCount
    readCount += outcome.lineCount
    idle.append(block)
    progress(lineCount)
  }

  private func reason(for line: JSONLineCheck.Rejected) throws -> RejectReason {
    if case .misfit = line.reason { return try shape.reason(for: line.bytes) }
    guard case .lacks = line.reason else { return RejectReason(line.reason, in: line.bytes) }
    if let lacking, lacking.what == line.reason { return lacking.reason }
    let reason = RejectReason(line.reason, in: line.bytes)
    lacking = (line.reason, reason)
    return reason
  }

  /// Sets a line aside, which has `line` others before it among those not yet counted and `offset`
  /// bytes of the input.
  private func reject(
    _ bytes: [UInt8], _ reason: RejectReason, line: Int, offset: Int, isStray: Bool = true
  ) throws {
    let place = origin.place(ofLine: readCount + line, offset: offset)
    rejectedCount += 1
    if isStray {
      strayCount += 1
      if firstReason == nil {
        firstReason = reason.words
        firstStrayLine = place.line
      }
    }
    try rejects.append(bytes, reason, at: place)
  }
}
