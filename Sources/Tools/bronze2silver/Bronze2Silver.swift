import ArgumentParser
import LakeTool
import UnixTool

/// What is new in bronze into silver.
@main struct Bronze2Silver: LayerTool {
  static let layer = "silver"
  static let manual = ToolManual(
    "bronze2silver", "runs the silver jobs on what is new in bronze",
    operands: "[TABLE…|-]", verdict: "rows break a rule that fails the run",
    examples: [
      ("bronze2silver", "brings every silver table up to date"),
      ("ingest-pos day.ndjson | bronze2silver -", "works on what the tool ahead took in"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup(title: "Run") var reason: ReasonOption

  @Flag(name: .customLong("full-refresh"), help: "make the tables anew from all of bronze")
  var fullRefresh = false

  @Flag(help: "fail, and publish nothing, where a change has no key or sequence")
  var strict = false

  @Option(
    name: .customLong("on-tie"),
    help: ArgumentHelp(
      "what becomes of changes of one key and sequence that differ", valueName: "WHAT"))
  var onTie = TieChoice.setAside

  @Argument(help: "tables, or - for the events of the tool ahead (default: all of silver)")
  var tables: [String] = []

  /// What becomes of a table in which changes tie.
  enum TieChoice: String, ExpressibleByArgument, CaseIterable {
    case setAside = "set-aside"
    case fail
  }

  var failsOnTies: Bool { onTie == .fail }
}
