import Compression
package import Core
import JSON
import TextFormats

/// Takes JSON lines into a bronze dataset: events as they came, what is not an event set aside.
package struct EventIngest {
  /// What an input is read from.
  package enum Input {
    case file(String)
    /// A pipe: its name in messages, and its bytes.
    case stream(String, any ByteSource)
  }

  /// What became of the inputs.
  package struct Outcome {
    /// Nil when nothing was new.
    package var commit: BronzeCommit?
    package var acceptedCount = 0
    package var rejectedCount = 0
    /// Inputs that an earlier run took.
    package var known: [String] = []
    /// Inputs without a line.
    package var empty: [String] = []
    /// Files that were taken before with other bytes, and are new now.
    package var changed: [String] = []
    /// Records of a topic that were read before.
    package var repeatedCount = 0
    /// Records of a topic that did not come, in words.
    package var gaps: [String] = []
  }

  private let lake: Lake
  private let log: BronzeLog
  private let tool: String
  private let table: LakeTableName
  /// Fields an event must have, as texts that are not empty.
  private let requiredFields: [String]
  /// The greatest share of lines that may be set aside.
  private let rejectLimit: Double
  private let threadCount: Int
  private let fileByteCount: Int

  /// Files of events hold about `fileByteCount` bytes before compression at most: readers take
  /// them one at a time, several at once.
  package init(
    lake: Lake, contract: BronzeContract, tool: String, requiredFields: [String],
    rejectLimit: Double, threadCount: Int, fileByteCount: Int = 64 << 20
  ) {
    self.lake = lake
    self.tool = tool
    self.requiredFields = requiredFields
    self.rejectLimit = rejectLimit
    self.threadCount = threadCount
    self.fileByteCount = fileByteCount
    table = contract.name
    log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
  }

  /// Takes the inputs that are new, all in one commit; `.data` when an input is mostly not events.
  package func take(
    _ inputs: [Input], progress: (String, Int) -> Void = { _, _ in }
  ) throws -> Outcome {
    var outcome = Outcome()
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    var known = KnownInputs(try log.inputs())
    for input in inputs {
      try take(input, append, &known, &outcome, progress)
    }
    outcome.commit = try append.commit()
    return outcome
  }

  /// What a pipe called `name` holds, be it plain, gzip or zstd.
  package static func unpacking(_ source: any ByteSource, name: String) -> any ByteSource {
    DecompressingReader(source, at: Place(name))
  }

  /// Takes a segment of the stream called `name` in a commit of its own. Whatever the share of
  /// lines that are no events, the others are taken: a stream does not stop for them.
  ///
  /// With `consumer` the lines are records as `kcat -J` prints them: those that this consumer has
  /// read are passed over, and how far it has come stands in the same commit.
  package func take(
    _ segment: EventSegments.Segment, of name: String, consumer: String? = nil
  ) throws -> Outcome {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let origin = LineOrigin(
      name, linesBefore: segment.linesBefore, bytesBefore: segment.bytesBefore)
    guard let consumer else { return try take(segment, from: origin, append) }
    let state = append.previous?.state
    let envelope = try KafkaEnvelope(
      segment.bytes, from: origin, after: KafkaOffsets(state, consumer: consumer))
    var outcome = Outcome()
    outcome.repeatedCount = envelope.repeatedCount
    if envelope.taken.isEmpty, envelope.rejected.isEmpty { return outcome }
    let rejects = try rejects(append)
    let sorting = sorting(
      MemoryBytes([envelope.events]), from: LineOrigin(name, places: envelope.places), append,
      rejects)
    do {
      for line in envelope.rejected { try rejects.append(line.bytes, line.reason, at: line.place) }
      try sorting.run { _ in }
    } catch {
      sorting.discard()
      throw error
    }
    try sorting.publish()
    let digest = hexText(SHA256.digest(of: segment.bytes))
    for (partition, offsets) in envelope.taken.sorted(by: { $0.key < $1.key }) {
      append.add(
        BronzeInput(
          name: "kafka:\(partition) \(offsets.lowerBound)-\(offsets.upperBound)",
          byteCount: segment.bytes.count, digest: digest))
    }
    outcome.acceptedCount = sorting.acceptedCount
    outcome.rejectedCount = sorting.rejectedCount + envelope.rejected.count
    outcome.gaps = envelope.gaps.map { gap in
      "\(gap.partition): offsets \(gap.missing.lowerBound) to \(gap.missing.upperBound - 1) "
        + "did not come"
    }
    outcome.commit = try append.commit(
      state: envelope.offsets.state(in: state, consumer: consumer))
    return outcome
  }

  /// The fields without which a line is no till event.
  package static let envelope = ["event_id", "event_type", timeField]

  /// The field of an event's time, which is RFC 3339 with an offset or `Z`.
  static let timeField = "event_time"

  /// Takes lines that were set aside once more, those that were not replayed yet; each is known by
  /// its identity from then on, whatever becomes of it.
  func retake(
    _ rows: [QuarantineTable.Replay], _ reason: ReplayLog.Reason
  ) throws -> (count: Int, commit: BronzeCommit?) {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let known = try log.inputs()
    let fresh = rows.filter { !known.contains(digest: $0.row.id.text) }
    guard !fresh.isEmpty else { return (0, nil) }
    var text: [UInt8] = []
    for row in fresh { text += row.raw.map { $0 == 0x0A ? 0x20 : $0 } + [0x0A] }
    let places = fresh.map { replay in
      LineOrigin.Place(
        source: replay.row.sourceFile, line: Int(replay.row.sourceLine),
        offset: replay.row.sourceOffset.map(Int.init))
    }
    let sorting = sorting(
      MemoryBytes([text]), from: LineOrigin("quarantine", places: places), append,
      try rejects(append))
    do {
      try sorting.run { _ in }
    } catch {
      sorting.discard()
      throw error
    }
    try sorting.publish()
    for replay in fresh { append.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    return (fresh.count, try append.commit())
  }

  /// Where a consumer stands in its topics.
  package func offsets(of consumer: String) throws -> KafkaOffsets {
    KafkaOffsets(try log.latest()?.state, consumer: consumer)
  }

  private func take(
    _ segment: EventSegments.Segment, from origin: LineOrigin, _ append: BronzeAppend
  ) throws -> Outcome {
    var outcome = Outcome()
    let taken = BronzeInput(
      name: origin.name, byteCount: segment.bytes.count,
      digest: hexText(SHA256.digest(of: segment.bytes)))
    guard try !KnownInputs(log.inputs()).contains(digest: taken.digest) else {
      outcome.known = ["\(origin.name), lines from \(segment.linesBefore + 1)"]
      return outcome
    }
    let sorting = sorting(
      MemoryBytes([segment.bytes]), from: origin, append, try rejects(append))
    do {
      try sorting.run { _ in }
    } catch {
      sorting.discard()
      throw error
    }
    if sorting.lineCount == 0 { return outcome }
    try sorting.publish()
    append.add(taken)
    outcome.acceptedCount = sorting.acceptedCount
    outcome.rejectedCount = sorting.rejectedCount
    outcome.commit = try append.commit()
    return outcome
  }

  /// What `take` would find new, without taking it.
  package func newInputs(among inputs: [Input]) throws -> [String] {
    let known = KnownInputs(try log.inputs())
    return try inputs.compactMap { input in
      guard case .file(let path) = input else { return nil }
      return known.has(path, try Self.checkedStatus(of: path, lake.fileSystem)) ? nil : path
    }
  }

  private func take(
    _ input: Input, _ append: BronzeAppend, _ known: inout KnownInputs, _ outcome: inout Outcome,
    _ progress: (String, Int) -> Void
  ) throws {
    let name: String
    let bytes: any ByteSource
    var status: FileStatus?
    switch input {
    case .file(let path):
      let found = try Self.checkedStatus(of: path, lake.fileSystem)
      if known.has(path, found) {
        outcome.known.append(path)
        return
      }
      name = path
      status = found
      // Small pieces stay in the cache from the digest to the block that they are copied to.
      bytes = FileBytes(try lake.fileSystem.open(path), pieceByteCount: 64 << 10)
    case .stream(let given, let source):
      name = given
      bytes = source
    }
    let digesting = DigestingSource(bytes)
    // A pipe is not read ahead: who waits for it cannot be stopped.
    let isLarge = (status?.byteCount ?? 0) > 16 * EventBlock.byteCount
    let given: any ByteSource =
      isLarge && threadCount > 1 ? BytesAhead(digesting, capacity: 32) : digesting
    let sorting = try sorting(given, from: LineOrigin(name), append, rejects(append))
    let isNew: Bool
    do {
      try sorting.run { progress(name, $0) }
      var taken = BronzeInput(
        name: name, byteCount: digesting.byteCount, modified: status?.modified,
        digest: digesting.finish())
      isNew = !known.contains(digest: taken.digest)
      if isNew, sorting.lineCount > 0 {
        try check(sorting, name)
        taken.isChanged = status != nil && known.has(name: name)
        if taken.isChanged { outcome.changed.append(name) }
        known.insert(taken)
        append.add(taken)
      }
    } catch {
      sorting.discard()
      throw error
    }
    guard isNew, sorting.lineCount > 0 else {
      sorting.discard()
      if isNew { outcome.empty.append(name) } else { outcome.known.append(name) }
      return
    }
    try sorting.publish()
    outcome.acceptedCount += sorting.acceptedCount
    outcome.rejectedCount += sorting.rejectedCount
  }

  private func sorting(
    _ bytes: any ByteSource, from origin: LineOrigin, _ append: BronzeAppend,
    _ rejects: RejectWriter
  ) -> EventSorting {
    EventSorting(
      bytes, from: origin, threads: threadCount, requiredFields: requiredFields,
      events: RawFileWriter(append, lake.fileSystem, fileByteCount: fileByteCount),
      rejects: rejects)
  }

  private func rejects(_ append: BronzeAppend) throws(Fault) -> RejectWriter {
    try RejectWriter(append, lake, table, fileByteCount: fileByteCount)
  }

  private func check(_ sorting: EventSorting, _ name: String) throws(Fault) {
    let share = Double(sorting.rejectedCount) / Double(sorting.lineCount)
    guard sorting.acceptedCount == 0 || share > rejectLimit else { return }
    throw Fault(
      .data, at: Place(name, line: sorting.firstRejectedLine),
      "\(sorting.rejectedCount) of \(sorting.lineCount) lines are not events "
        + "(\(sorting.firstReason ?? "unknown")); nothing was taken",
      remedy: "check that this is the right file, or raise --max-rejects")
  }

  /// What stands at `path`, which must be a file.
  static func checkedStatus(
    of path: String, _ fileSystem: any FileSystem
  ) throws(Fault) -> FileStatus {
    guard let status = try fileSystem.status(of: path) else {
      throw Fault(
        .missing, at: Place(path), "there is no such file", remedy: "check the name")
    }
    guard !status.isDirectory else {
      throw Fault(
        .missing, at: Place(path), "this is a folder, not a file",
        remedy: "name files, or name the folder in sources.yml")
    }
    return status
  }
}

/// Passes bytes on and digests them as they pass.
final class DigestingSource: ByteSource {
  private let source: any ByteSource
  private let digest = SHA256()
  private(set) var byteCount = 0

  init(_ source: any ByteSource) { self.source = source }

  func next() throws(Fault) -> [UInt8]? {
    guard let bytes = try source.next() else { return nil }
    digest.append(bytes)
    byteCount += bytes.count
    return bytes
  }

  /// SHA-256 of all that passed, in hex.
  func finish() -> String { hexText(digest.finish()) }
}
