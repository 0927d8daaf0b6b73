import ArgumentParser
import Core
import LakeJobs
import LakeTool
import Maintenance
import UnixTool

/// Moves the days of bronze tables to colder tiers, and back.
@main struct LakeTier: MedallionTool {
  static let manual = ToolManual(
    "lake-tier", "moves old days of bronze tables to cool and archive tiers, and back",
    operands: "[thaw] [TABLE… [DAY…]]",
    examples: [
      ("lake-tier --plan", "which days lie where, which would move, and what keeps others"),
      ("lake-tier", "moves what is due, as jobs/lifecycle.yml and the tables say"),
      (
        "lake-tier thaw bronze.pos_events 2026-03-01 --hold 14d",
        "brings a day back to its folder for a fortnight"
      ),
      ("lake-tier --simulate '5 years'", "what tiers will take and cost, month by month"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @Flag(help: "only say what would move")
  var plan = false

  @Option(
    help: ArgumentHelp(
      "only say what tiers would take and cost in so long a time", valueName: "AGE"))
  var simulate: Age?

  @Option(
    help: ArgumentHelp("thaw: how long the days stay (default: 7d)", valueName: "SPAN"))
  var hold: TimeSpan?

  @Option(help: ArgumentHelp("form of the report", valueName: "FORM"))
  var format = TierFormat.text

  @Argument(help: "thaw or nothing, bronze tables (default: all), for thaw one table and days")
  var operands: [String] = []

  var isThawing: Bool { operands.first == "thaw" }

  /// Whether nothing of the lake changes.
  var isTrial: Bool { plan || simulate != nil }

  func validate() throws {
    if plan, simulate != nil {
      throw ValidationError("--plan and --simulate together; give one of them")
    }
    if isThawing, isTrial {
      throw ValidationError("thaw with --plan or --simulate; give one of them")
    }
    if hold != nil, !isThawing {
      throw ValidationError("--hold is of 'thaw'; write 'lake-tier thaw TABLE DAY --hold 14d'")
    }
  }

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .readable)
    let files = workspace.lake.fileSystem
    let lifecycle = try Lifecycle(workspace.jobs, files)
    let run = TierRun(workspace, lifecycle, try Holds(of: workspace.lake))
    let report = TierReport(format, console)
    if isThawing { return try thaw(Array(operands.dropFirst()), run, workspace, report) }
    let contracts = try contracts(workspace)
    if let simulate {
      var plans: [TierPlan] = []
      for contract in contracts {
        if let plan = try run.plan(contract) { plans.append(plan) }
      }
      let simulation = TierSimulation(lifecycle, on: workspace.lake.clock.now.date)
      return try report.write(
        try simulation.months(max(1, simulate.dayCount * 12 / 365), of: plans))
    }
    for contract in contracts {
      // What is wrong with one table keeps none of the others.
      do {
        if plan {
          if let plan = try run.plan(contract) { try report.write(plan) }
        } else {
          console.progress("\(contract.name)")
          try run.move(contract) { (day) throws(Fault) in
            try tell(day, contract, console)
          } _: {
            try report.write($0, of: contract)
          } failing: {
            console.fail($0)
          }
        }
      } catch let fault as Fault where fault.kind != .internal {
        console.fail(fault)
      }
    }
  }
}

/// The form of a report that people or programs read.
enum TierFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
}

extension Age: ExpressibleByArgument {
  /// `5 years`, `5y`.
  package init?(argument: String) { self.init(argument) }
}
