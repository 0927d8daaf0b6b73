import ArgumentParser
import UnixTool
import WarehouseJobs
import WarehouseTool

/// Facts into the warehouse.
@main struct LoadFacts: StarTool {
  static let part = StarLoad.Role.fact
  static let manual = ToolManual(
    "load-facts", "brings the warehouse's facts up to date, in one transaction",
    operands: "[TABLE…|-]", verdict: "rows break a rule of the star schema",
    examples: [
      ("load-facts", "loads what changed in the lake"),
      ("load-facts --full-refresh", "compares all rows, whatever was loaded before"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var warehouse: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Flag(name: .customLong("full-refresh"), help: "deliver all rows anew")
  var fullRefresh = false

  @Argument(help: "tables, or - for the events of the tool ahead (default: all)")
  var tables: [String] = []
}
