import ArgumentParser
import Core
import Ingest
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

  @OptionGroup var flush: FlushOptions

  /// Whether a pipe is taken in parts.
  var isSegmented: Bool { envelope == .kcat || flush.isGiven }

  mutating func validate() throws {
    guard !consumer.isEmpty else { throw ValidationError("a consumer has a name") }
  }

  /// When a part is committed.
  var limits: EventSegments.Limits {
    EventSegments.Limits(lineCount: flush.rows ?? .max, age: flush.every?.duration)
  }
}
