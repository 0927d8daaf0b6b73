import ArgumentParser
import Core
import UnixTool

/// What events tell of the tills that sent them.
struct TillOptions: ParsableArguments {
  @Option(
    name: .customLong("max-skew"),
    help: ArgumentHelp(
      "tell of events that are so far ahead of the clock (default: 5m)", valueName: "TIME"))
  var maxSkew: TimeSpan?

  @Flag(help: "print the sequence numbers that did not come, by till")
  var gaps = false

  @OptionGroup var report: ReportOptions

  /// By how much a till's clock may be off.
  var maximumSkew: Duration { maxSkew?.duration ?? .seconds(300) }
}
