package import Bronze
package import Core
import JSON
package import LakeJobs
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
    /// Files that an earlier run took, or found to hold nothing new, and that look as they did.
    package var known: [String] = []
    /// Inputs of which the bytes were taken before, as another input.
    package var repeated: [String] = []
    /// Files with the name of an unfinished upload.
    package var unfinished: [String] = []
    /// Inputs without a line.
    package var empty: [String] = []
    /// Files that were taken before with other bytes, and are new now.
    package var changed: [String] = []
    /// Why inputs were refused.
    package var refused: [Fault] = []
    /// Records of a topic that were read before.
    package var repeatedCount = 0
    /// Records of topics that did not come.
    package var holes = KafkaHoles()
    /// Why the first line that was set aside was, in words.
    package var firstReason: String?
    /// What the events tell of those that sent them.
    package var news = TillNews()
  }

  let lake: Lake
  let log: BronzeLog
  let tool: String
  private let table: LakeTableName
  /// The fields of an event that are looked at.
  private let fields: JSONLineCheck.Fields
  private let shape: ShapeCheck
  /// By how much a till's clock may be off.
  private let maximumSkew: Duration
  /// The greatest share of lines that may be set aside.
  private let rejectLimit: Double
  private let threadCount: Int
  private let fileByteCount: Int

  /// Events must have `requiredFields`, as texts that are not empty; what else is looked at is told
  /// by the contract. Clocks of tills may be off by `maximumSkew`.
  ///
  /// Files of events hold about `fileByteCount` bytes before compression at most: readers take
  /// them one at a time, several at once.
  package init(
    lake: Lake, contract: BronzeContract, tool: String, requiredFields: [String],
    rejectLimit: Double, threadCount: Int,
    fileByteCount: Int = RawFileWriter.standardFileByteCount,
    maximumSkew: Duration = .seconds(300)
  ) {
    self.lake = lake
    self.tool = tool
    self.maximumSkew = maximumSkew
    fields = contract.eventFields(required: requiredFields)
    shape = ShapeCheck(contract)
    self.rejectLimit = rejectLimit
    self.threadCount = threadCount
    self.fileByteCount = fileByteCount
    table = contract.name
    log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
  }

  /// Takes the inputs that are new, all in one commit. One that cannot be read or is mostly not
  /// events is refused, and the others are taken.
  ///
  /// A file of which `looks` knows how it looked is taken only if it is that file still.
  package func take(
    _ inputs: [Input], seenAs looks: [String: FileStatus] = [:],
    progress: (String, Int) -> Void = { _, _ in }
  ) throws -> Outcome {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let gathered = (events: eventFiles(append), rejects: rejectFiles(append))
    var intake = Intake(
      append: append, looks: looks, tills: tills(append), known: try log.knownInputs(),
      gathered: inputs.count < Self.manyInputs ? nil : gathered)
    for input in inputs {
      let step = lake.steps.begin()
      let before = intake.outcome.tally
      do {
        try add(input, to: &intake, progress)
      } catch let fault as Fault where fault.concernsOnly(input.name) {
        intake.outcome.refused.append(fault)
      }
      step.end("\(input.name): \(intake.outcome.words(since: before))")
    }
    try intake.gathered?.events.publish()
    try intake.gathered?.rejects.publish()
    intake.outcome.news = intake.tills.news
    intake.outcome.commit = try append.commit(state: intake.tills.state(in: append.previous?.state))
    try log.keepPassedOver(intake.known)
    return intake.outcome
  }

  /// What a run has taken so far, and what it knows of what was taken before.
  private struct Intake {
    let append: BronzeAppend
    let looks: [String: FileStatus]
    var tills: TillWatch
    var known: KnownInputs
    /// Where the lines of small inputs go.
    let gathered: (events: RawFileWriter, rejects: RawFileWriter)?
    var outcome = Outcome()
  }

  /// From so many inputs on small ones share files: to make one is to wait for the disk, and to
  /// read one is to open it.
  private static let manyInputs = 100

  /// Where a consumer stands in its topics.
  package func offsets(of consumer: String) throws -> KafkaOffsets {
    KafkaOffsets(try log.latest()?.state, consumer: consumer)
  }

  /// The sequence numbers that tills have sent; nil when the contract does not say which field has
  /// them.
  package func sequences() throws -> TillSequences? {
    try fields.number.map { field in
      TillSequences(try log.latest()?.state, field: field, tillFields: fields.sender)
    }
  }

  /// What `take` would find new, without taking it; and what cannot be looked at.
  package func newInputs(
    among inputs: [Input], seenAs looks: [String: FileStatus] = [:]
  ) throws -> (found: [String], refused: [Fault]) {
    let known = try log.knownInputs()
    var found: [String] = []
    var refused: [Fault] = []
    for case .file(let path) in inputs {
      do throws(Fault) {
        let status = try lake.fileSystem.inputStatus(of: path, seenAs: looks[path])
        if UnfinishedName.matches(path) { throw .unfinished(path) }
        if !known.has(path, status) { found.append(path) }
      } catch {
        refused.append(error)
      }
    }
    return (found, refused)
  }

  /// Opens an input, with the status of a file; nil when it looks as one that was taken.
  private func open(
    _ input: Input, for intake: Intake
  ) throws(Fault) -> (bytes: UnpackedInput, status: FileStatus?)? {
    switch input {
    case .file(let path):
      let status = try lake.fileSystem.inputStatus(of: path, seenAs: intake.looks[path])
      if intake.known.has(path, status) { return nil }
      // Small pieces stay in the cache from the digest to the block that they are copied to.
      let file = try lake.fileSystem.openInput(path, status)
      let bytes = FileBytes(file, pieceByteCount: 64 << 10)
      let isLarge = status.byteCount > 16 * RawFileWriter.frameByteCount
      let unpacked = UnpackedInput(
        bytes, name: path, isPipe: false, isReadAhead: isLarge && threadCount > 1)
      return (unpacked, status)
    case .stream(let name, let source):
      // A pipe is not read ahead: who waits for it cannot be stopped.
      return (UnpackedInput(source, name: name, isPipe: true, isReadAhead: false), nil)
    }
  }

  /// Adds an input to what the run takes, if it is new.
  private func add(
    _ input: Input, to intake: inout Intake, _ progress: (String, Int) -> Void
  ) throws {
    if case .file(let path) = input, UnfinishedName.matches(path) {
      return intake.outcome.unfinished.append(path)
    }
    let name = input.name
    guard let (bytes, status) = try open(input, for: intake) else {
      return intake.outcome.known.append(name)
    }
    let classifier = classifier(
      bytes, from: LineOrigin(name),
      events: eventFiles(intake.append, intake.gathered?.events),
      rejects: try rejects(intake.append, intake.gathered?.rejects), intake.tills)
    var taken: BronzeInput
    do {
      try classifier.run { progress(name, $0) }
      taken = bytes.taken(status)
      if let status, try !lake.fileSystem.isUnchanged(name, status) { throw Fault.unsettled(name) }
      if !intake.known.contains(bytesOf: taken), classifier.lineCount > 0 {
        try check(classifier, name)
      }
    } catch {
      classifier.discard()
      throw error
    }
    guard !intake.known.contains(bytesOf: taken), classifier.lineCount > 0 else {
      classifier.discard()
      if classifier.lineCount == 0 { return intake.outcome.empty.append(name) }
      if let status { intake.known.passOver(name, status) }
      // One that was only touched is the same still.
      if intake.known.contains(taken) { return intake.outcome.known.append(name) }
      return intake.outcome.repeated.append(name)
    }
    try classifier.publish()
    taken.isChanged = status != nil && intake.known.has(name: name)
    if taken.isChanged { intake.outcome.changed.append(name) }
    intake.known.insert(taken)
    intake.append.add(taken)
    intake.tills = classifier.tills
    intake.outcome.acceptedCount += classifier.acceptedCount
    intake.outcome.rejectedCount += classifier.rejectedCount
  }

  /// Sorts the lines of `bytes` into files of events and of rejects, which have their names then;
  /// those of `rejected` are set aside before. Nothing is left of it when that fails.
  func classify(
    _ bytes: [UInt8], from origin: LineOrigin, _ append: BronzeAppend, _ tills: TillWatch,
    rejected: [KafkaEnvelope.Rejected] = []
  ) throws -> EventClassifier {
    let rejects = try rejects(append)
    let classifier = classifier(
      MemoryBytes([bytes]), from: origin, events: eventFiles(append), rejects: rejects, tills)
    do {
      for line in rejected { try rejects.append(line.bytes, line.reason, at: line.place) }
      try classifier.run { _ in }
    } catch {
      classifier.discard()
      throw error
    }
    try classifier.publish()
    return classifier
  }

  /// What is known of tills, before anything is added.
  func tills(_ append: BronzeAppend) -> TillWatch {
    TillWatch(
      fields, now: lake.clock.now, tolerance: maximumSkew, state: append.previous?.state)
  }

  private func classifier(
    _ bytes: any ByteSource, from origin: LineOrigin, events: RawFileWriter,
    rejects: RejectWriter, _ tills: TillWatch
  ) -> EventClassifier {
    EventClassifier(
      bytes, from: origin, shape, threads: threadCount, tills: tills, events: events,
      rejects: rejects)
  }

  private func eventFiles(
    _ append: BronzeAppend, _ gathering: RawFileWriter? = nil
  ) -> RawFileWriter {
    RawFileWriter(append, lake.fileSystem, fileByteCount: fileByteCount, gathering: gathering)
  }

  private func rejectFiles(_ append: BronzeAppend) -> RawFileWriter {
    RawFileWriter(append, lake.fileSystem, fileByteCount: fileByteCount, isRejected: true)
  }

  private func rejects(
    _ append: BronzeAppend, _ gathering: RawFileWriter? = nil
  ) throws(Fault) -> RejectWriter {
    try RejectWriter(
      append, lake, table, fileByteCount: fileByteCount, gathering: gathering)
  }

  private func check(_ classifier: EventClassifier, _ name: String) throws(Fault) {
    // An event of another shape tells of its till, and not of a wrong file.
    let strayCount = classifier.strayCount
    let share = Double(strayCount) / Double(classifier.lineCount)
    guard strayCount == classifier.lineCount || share > rejectLimit else { return }
    throw Fault(
      .data, at: Place(name, line: classifier.firstStrayLine),
      "\(strayCount) of \(counted(classifier.lineCount, "line")) "
        + "\(strayCount == 1 ? "is no event" : "are not events") ("
        + "\(classifier.firstReason ?? "unknown")); nothing was taken",
      remedy: "check that this is the right file, or raise --max-rejects")
  }
}
