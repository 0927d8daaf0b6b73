import ArgumentParser
import Core
import Ingest
import LakeJobs
import LakeTool
import UnixTool

/// How events come through a pipe, and how often they are committed.
struct StreamOptions: ParsableArguments {
  /// What lines hold.
  enum Envelope: String, CaseIterable, ExpressibleByArgument {
    /// An event each.
    case none
    /// A record each, as `kcat -J` prints it.
    case kcat
  }

  @Option(help: ArgumentHelp("what lines of a pipe are: none (events) or kcat", valueName: "KIND"))
  var envelope = Envelope.none

  @Option(help: ArgumentHelp("whose position in the topics is kept", valueName: "NAME"))
  var consumer = "ingest-pos"

  @Flag(help: "print where kcat goes on: TOPIC/PARTITION…, or all that were read")
  var offsets = false

  @Option(
    name: .customLong("flush-every"),
    help: ArgumentHelp("commit what a pipe has brought so often", valueName: "TIME"))
  var flushEvery: TimeSpan?

  @Option(
    name: .customLong("flush-rows"),
    help: ArgumentHelp("commit when a pipe has brought so many lines", valueName: "N"))
  var flushRows: Int?

  /// Whether a pipe is taken in parts.
  var isSegmented: Bool { envelope == .kcat || flushEvery != nil || flushRows != nil }

  mutating func validate() throws {
    guard flushRows.map({ $0 > 0 }) ?? true else {
      throw ValidationError("'\(flushRows ?? 0)' is no number of rows; give one from 1")
    }
    guard !consumer.isEmpty else { throw ValidationError("a consumer has a name") }
  }

  /// Takes standard input part by part, each in a commit of its own that is told of at once.
  func take(
    _ console: Console, in lake: Lake, by ingest: (Lake) -> EventIngest,
    report: (EventIngest.Outcome, Lake) throws -> Void
  ) throws {
    let input = StandardInput()
    let limits = EventSegments.Limits(lineCount: flushRows ?? .max, age: flushEvery?.duration)
    let segments = EventSegments(
      EventIngest.unpacking(input, name: Self.inputName), limits: limits,
      waits: input.waits)
    var repeatedCount = 0
    while let segment = try segments.next() {
      let now = lake.at(console.presentClock)
      let outcome = try ingest(now).take(
        segment, of: Self.inputName, consumer: envelope == .kcat ? consumer : nil)
      repeatedCount += outcome.repeatedCount
      for gap in outcome.gaps {
        console.warn(Fault(.data, gap, remedy: "see whether the topic has lost or dropped them"))
      }
      for name in outcome.known { console.say("\(name): taken before, nothing to do") }
      try report(outcome, now)
    }
    if repeatedCount > 0 { console.say("\(repeatedCount) records were taken before") }
  }

  /// Prints where to go on in `partitions`, or in all that were read.
  func printOffsets(
    _ offsets: KafkaOffsets, of partitions: [String], _ console: Console
  ) throws {
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

  /// That a pipe's options are given for something else.
  static let noPipe = Fault(
    .usage, "only a pipe is taken in parts", remedy: "give '-' and nothing else to read from it")

  private static let inputName = "standard input"
}
