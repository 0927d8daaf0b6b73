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
      ("load-dims --setup --dry-run", "prints the roles, schemas and rights of a server"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var warehouse: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Flag(name: .customLong("full-refresh"), help: "deliver all rows anew")
  var fullRefresh = false

  @Flag(help: "make a server's database ready: roles loader and analyst, schemas, rights")
  var setup = false

  @Argument(help: "tables, or - for the events of the tool ahead (default: all)")
  var tables: [String] = []
}
