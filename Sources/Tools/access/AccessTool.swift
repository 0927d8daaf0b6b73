import ArgumentParser
import Core
import LakeTool
import UnixTool
import WarehouseTool

/// Who may see what, and how that is made so.
@main struct AccessTool: MedallionTool {
  static let manual = ToolManual(
    "access", "says and sets who may see which rows and columns",
    operands: "plan|apply|show|explain|diff|test|export [NAME…]",
    verdict: "a restricted value is seen, or somebody gains something (diff --fail)",
    examples: [
      ("access plan", "what the server and the lake's folders lack of jobs/access.yml"),
      ("access apply", "does it, in one transaction"),
      ("access explain mia gold.sales", "which rows and columns, by which rule, with a sample"),
      ("git show HEAD:jobs/access.yml | access diff -", "who gains or loses what since then"),
      ("access test", "tries to see restricted values as each role, by every way there is"),
      ("access export --role analyst analyst.db", "a SQLite file with what a role may see"),
    ])

  /// What is asked.
  enum Question: String, CaseIterable, ExpressibleByArgument {
    case plan
    case apply
    case show
    case explain
    case diff
    case test
    case export
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Access") var choice: AccessOptions
  @OptionGroup var report: ReportOptions

  @Argument(help: "what is asked")
  var question: Question

  @Argument(help: "a role or user, a table, policy files or the file to write")
  var names: [String] = []

  func run(_ console: Console) throws {
    let desk = try AccessDesk(self, console)
    switch question {
    case .plan: try desk.plan()
    case .apply: try desk.apply()
    case .show: try desk.show()
    case .explain: try desk.explain()
    case .diff: try desk.difference()
    case .test: try desk.test()
    case .export: try desk.export()
    }
  }
}

/// What only some questions take.
struct AccessOptions: ParsableArguments {
  @Option(help: ArgumentHelp("of export: the role whose rows it holds", valueName: "ROLE"))
  var role: String?

  @Option(
    help: ArgumentHelp(
      "of explain and export: who current_user() is (default: the one named)",
      valueName: "USER"))
  var user: String?

  @Flag(help: "of diff: end with status 1 where somebody gains something")
  var fail = false

  @Option(
    help: ArgumentHelp("of apply and export: why, which the audit record keeps", valueName: "TEXT"))
  var why: String?
}
