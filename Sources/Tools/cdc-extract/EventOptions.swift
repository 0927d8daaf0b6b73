import ArgumentParser
import Core
import Ingest
import UnixTool

/// How change events of others come, and how often they are committed.
struct EventOptions: ParsableArguments {
  /// Who tells of changes.
  enum Teller: String, CaseIterable, ExpressibleByArgument {
    case debezium
  }

  @Option(
    help: ArgumentHelp("take change events from files, or - for standard input", valueName: "KIND"))
  var from: Teller?

  @Option(help: ArgumentHelp("whose position in the topics is kept", valueName: "NAME"))
  var consumer = "cdc-extract"

  @Flag(help: "print where kcat goes on, for all partitions that were read")
  var offsets = false

  @OptionGroup var flush: FlushOptions

  mutating func validate() throws {
    guard !consumer.isEmpty else { throw ValidationError("a consumer has a name") }
    guard from != nil || !offsets && !flush.isGiven else {
      throw ValidationError(
        "--offsets, --flush-every and --flush-rows are for events; give --from debezium")
    }
  }

  /// When a part is committed: events come with their schemas, and are small without.
  var limits: EventSegments.Limits {
    EventSegments.Limits(
      lineCount: flush.rows ?? .max, age: flush.every?.duration, byteCount: 32 << 20)
  }
}
