import ArgumentParser
import UnixTool
import WarehouseJobs
import WarehouseTool

/// Dimensions into the warehouse.
@main struct LoadDims: StarTool {
  static let part = StarLoad.Role.dimension
  static let manual = ToolManual(
    "load-dims", "brings the warehouse's dimensions up to date, in one transaction",
    operands: "[TABLE…|-]", verdict: "rows break a rule of the star schema",
    examples: [
      ("load-dims", "loads what changed in the lake"),
      ("load-dims --full-refresh", "compares all rows, whatever was loaded before"),
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
