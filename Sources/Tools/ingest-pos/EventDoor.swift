import Core
import Ingest
import LakeJobs
import LakeTool
import UnixTool

/// The door of a bronze table for events: it lets them in, and says what became of them.
struct EventDoor {
  let contract: BronzeContract
  let lake: Lake
  let console: Console
  /// The way in at a time of the run.
  let ingest: (Lake) -> EventIngest

  /// Takes what the operands name: files, pipes by their names, `-`.
  func take(_ operands: [String]) throws {
    var pipes: [(pipe: PipeInput, lines: WholeLines)] = []
    let inputs: [EventIngest.Input] = try operands.map { operand in
      guard let pipe = try PipeInput(operand: operand) else { return .file(operand) }
      let lines = EventIngest.lines(of: pipe, name: pipe.name) { pipe.isCutOff }
      pipes.append((pipe, lines))
      return .stream(pipe.name, lines)
    }
    guard !pipes.isEmpty else { return try take(inputs, tellsKnown: true) }
    try console.finishingWhatCame {
      try take(inputs, tellsKnown: true)
      for (pipe, lines) in pipes { console.tellCutOff(pipe, lines) }
    }
  }

  /// Takes what is new in a landing folder, or says what would be.
  func take(_ folder: LandingFolder, isTrial: Bool) throws {
    let inputs = folder.files.map { EventIngest.Input.file($0) }
    if isTrial { return try preview(inputs, seenAs: folder.looks) }
    try take(inputs, seenAs: folder.looks, tellsKnown: false)
  }

  /// Takes the inputs that are new; with `tellsKnown` those that are not are named, for who named
  /// them.
  private func take(
    _ inputs: [EventIngest.Input], seenAs looks: [String: FileStatus] = [:], tellsKnown: Bool
  ) throws {
    let outcome = try ingest(lake).take(inputs, seenAs: looks) { name, lines in
      console.progress("\(name): \(counted(lines, "line"))", done: lines, "line")
    }
    if tellsKnown {
      for name in outcome.known { console.say("\(name): taken before, nothing to do") }
    }
    tellRepeated(outcome)
    for name in outcome.changed { console.warn(.changedInput(name)) }
    for name in outcome.empty { console.say("\(name): no events in it, nothing taken") }
    try publish(outcome, in: lake)
    for fault in outcome.refused { console.fail(fault) }
  }

  /// Takes a pipe part by part, each in a commit of its own that is told of at once. With
  /// `consumer` its lines are records of a topic.
  func take(_ pipe: PipeInput, in limits: EventSegments.Limits, consumer: String?) throws {
    let lines = EventIngest.lines(of: pipe, name: pipe.name) { pipe.isCutOff }
    let segments = EventSegments(lines, limits: limits, waits: pipe.waits)
    var talk = StreamTalk(pipe.name, contract, console)
    defer { talk.end() }
    try console.finishingWhatCame {
      while let segment = try segments.next() {
        let now = lake.at(console.presentClock)
        let outcome = try ingest(now).take(segment, of: pipe.name, consumer: consumer)
        talk.add(outcome)
        tellRepeated(outcome)
        try publish(outcome, in: now)
      }
      console.tellCutOff(pipe, lines)
    }
  }

  /// Prints what would be taken of `inputs`.
  func preview(
    _ inputs: [EventIngest.Input], seenAs looks: [String: FileStatus] = [:]
  ) throws {
    let (found, refused) = try ingest(lake).newInputs(among: inputs, seenAs: looks)
    for file in found { try console.write("would take \(file) into \(contract.name)") }
    for fault in refused { console.fail(fault) }
  }

  /// Prints the sequence numbers that tills have not sent.
  func printGaps(_ report: ReportOptions) throws {
    guard let sequences = try ingest(lake).sequences() else {
      throw Fault(
        .configuration, at: contract.place,
        "\(contract.name) does not say which field numbers the events of a till",
        remedy: "add TBLPROPERTIES ('ingest.sequence' = 'FIELD')")
    }
    try console.output.write(GapList(sequences).text(report))
    for (till, count) in sequences.givenUp {
      let verb = count == 1 ? "is" : "are"
      console.say("\(till): \(counted(count, "number")) \(verb) not waited for any longer")
    }
  }

  /// Prints where `consumer` goes on in `partitions`, or in all that it has read.
  func printOffsets(of consumer: String, in partitions: [String]) throws {
    let offsets = try ingest(lake).offsets(of: consumer)
    let asked = try partitions.map { text in
      guard let partition = KafkaOffsets.Partition(text) else {
        throw Fault(
          .usage, "'\(text)' is not a partition of a topic", remedy: "write it as TOPIC/0")
      }
      return partition
    }
    for partition in asked.isEmpty ? offsets.next.keys.sorted() : asked {
      try console.write(offsets.arguments(for: partition))
    }
  }

  private func tellRepeated(_ outcome: EventIngest.Outcome) {
    for name in outcome.repeated {
      console.say("\(name): the same bytes were taken before, nothing to do")
    }
    for name in outcome.unfinished { console.fail(Fault.unfinished(name)) }
  }

  /// Tells of what was taken, once it is committed.
  private func publish(_ outcome: EventIngest.Outcome, in lake: Lake) throws {
    guard let commit = outcome.commit else { return }
    let report = commit.report(
      of: contract, job: IngestPOS.manual.name, repeatedCount: outcome.repeatedCount,
      news: outcome.news)
    try console.publish(report, in: lake)
    console.tell(of: outcome.news)
  }
}
