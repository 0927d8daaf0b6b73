import ArgumentParser
import LakeTool
import UnixTool

/// What changed in silver into gold.
@main struct Silver2Gold: LayerTool {
  static let layer = "gold"
  static let manual = ToolManual(
    "silver2gold", "runs the gold jobs on what changed in silver",
    operands: "[TABLE…|-]", verdict: "rows break a rule that fails the run",
    examples: [
      ("silver2gold", "brings every gold table up to date"),
      ("silver2gold gold.sales", "refreshes one table"),
      ("silver2gold --days 2026-03-01/2026-03-08 gold.sales", "makes seven days of it anew"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup(title: "Run") var reason: ReasonOption

  @Flag(name: .customLong("full-refresh"), help: "make the tables anew from all of silver")
  var fullRefresh = false

  @Option(
    help: ArgumentHelp(
      "make these days anew, whatever changed, in tables cut by days", valueName: "DAY[/DAY]"))
  var days: DayRange?

  @Argument(help: "tables, or - for the events of the tool ahead (default: all of gold)")
  var tables: [String] = []
}
