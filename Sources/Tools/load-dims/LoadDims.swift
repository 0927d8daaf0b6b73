import ArgumentParser
import Core
import LakeTool
import UnixTool
import WarehouseJobs
import WarehouseTool

/// Dimensions into the warehouse.
@main struct LoadDims: StarTool {
  static let part = StarLoad.Role.dimension
  static let manual = ToolManual(
    "load-dims", "brings the warehouse's dimensions up to date, in one transaction",
    operands: "[TABLE…|-|show TABLE KEY…|selftest [TABLE…]]",
    verdict: "rows break a rule, or their order makes a difference",
    examples: [
      ("load-dims", "loads what changed in the lake"),
      ("load-dims --full-refresh", "compares all rows, whatever was loaded before"),
      ("load-dims --setup --dry-run", "prints the roles, schemas and rights of a server"),
      ("load-dims show dim_store S1", "a member's life: its events and versions"),
      ("load-dims selftest --shuffle 9", "tries the lake's events in other orders"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var warehouse: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Flag(name: .customLong("full-refresh"), help: "deliver all rows anew")
  var fullRefresh = false

  @Flag(help: "make a server's database ready: roles loader and analyst, schemas, rights")
  var setup = false

  @Option(help: ArgumentHelp("selftest: try so many orders (default: 10)", valueName: "N"))
  var shuffle: Int?

  @Option(help: ArgumentHelp("selftest: the first order's seed (default: 1)", valueName: "N"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("form of the report (default: text)", valueName: "FORM"))
  var format: ReportForm?

  @Flag(
    name: .customLong("show-labelled"),
    help: "also values of columns that bear labels, which hold something of people")
  var showsLabelled = false

  @Argument(help: "tables, or - for the events of the tool ahead (default: all)")
  var tables: [String] = []

  /// What is shown of a member.
  enum ReportForm: String, CaseIterable, ExpressibleByArgument { case text, json }

  /// What is asked besides loading.
  var question: String? { ["show", "selftest"].first { tables.first == $0 } }

  func run(_ console: Console) throws {
    try checkOptions()
    switch question {
    case "show": try show(console)
    case "selftest": try selftest(console)
    default: try refresh(console)
    }
  }

  func checkOptions() throws(Fault) {
    let stray = [
      (question != "selftest" && shuffle != nil, "--shuffle", "'load-dims selftest'"),
      (question != "selftest" && seed != nil, "--seed", "'load-dims selftest'"),
      (question != "show" && format != nil, "--format", "'load-dims show'"),
      (question != "show" && showsLabelled, "--show-labelled", "'load-dims show'"),
      (question != nil && fullRefresh, "--full-refresh", "a load"),
      (question != nil && trial.dryRun, "--dry-run", "a load"),
    ].first { $0.0 }
    if let stray { throw Fault(.usage, "\(stray.1) is for \(stray.2)", remedy: "take it out") }
    guard shuffle ?? 1 > 0 else {
      throw Fault(.usage, "'\(shuffle ?? 0)' is no number of orders", remedy: "give one from 1")
    }
  }
}
