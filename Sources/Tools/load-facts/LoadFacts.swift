import ArgumentParser
import Core
import UnixTool
import Warehouse
import WarehouseJobs
import WarehouseTool

/// Facts into the warehouse.
@main struct LoadFacts: StarTool {
  static let part = StarLoad.Role.fact
  static let manual = ToolManual(
    "load-facts", "brings the warehouse's facts up to date, in one transaction",
    operands: "[TABLE…|-|receipts|suspended|periods|inferred]",
    verdict: "rows break a rule of the star schema, or a sealed period would change",
    examples: [
      ("load-facts", "loads what changed in the lake"),
      ("load-facts --full-refresh", "compares all rows, whatever was loaded before"),
      (
        "load-facts --reopen 2026-01 --why 'late invoices'",
        "lets the sealed days of a month change, and notes why"
      ),
      ("load-facts receipts", "which facts got another surrogate key, and what moved with them"),
      ("load-facts suspended", "which facts wait apart, for whom, and what is at stake"),
      ("load-facts inferred", "members that facts named and nobody has described yet"),
      ("load-facts periods --format json", "the revisions of snapshots and of sealed days"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var warehouse: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Flag(name: .customLong("full-refresh"), help: "deliver all rows anew")
  var fullRefresh = false

  @Option(
    name: .customLong("reopen"),
    help: ArgumentHelp(
      "let a sealed day, month or year change; needs --why", valueName: "PERIOD"))
  var reopen: [String] = []

  @Option(help: ArgumentHelp("why sealed periods may change", valueName: "TEXT"))
  var why: String?

  @OptionGroup(title: "Report") var report: ReportOptions

  @Argument(
    help: "tables, - for the events of the tool ahead, or a word for a report (default: all tables)"
  )
  var tables: [String] = []

  func run(_ console: Console) throws {
    guard tables.count == 1, let subject = FactReport.Subject(rawValue: tables[0]) else {
      return try refresh(console)
    }
    guard let database = try warehousePlace.openedToRead(LocalFileSystem()) else {
      throw Fault(
        .missing, at: Place(try warehouse.place(inLake: lake.lake)), "there is no warehouse yet",
        remedy: "load one with load-dims and load-facts")
    }
    try console.output.write(ReportText(FactReport(subject, in: database)).text(report))
  }

  /// The sealed periods that may change; `.usage` when nobody says why.
  var reopening: Reopening? {
    get throws {
      guard !reopen.isEmpty || why != nil else { return nil }
      guard let why, !why.allSatisfy(\.isWhitespace), !reopen.isEmpty else {
        throw Fault(
          .usage, "'--reopen' and '--why' go together",
          remedy: "say which period is reopened, and why")
      }
      for period in reopen where period.wholeMatch(of: /\d{4}(-\d\d(-\d\d)?)?/) == nil {
        throw Fault(
          .usage, "'\(period)' is no period", remedy: "give a day, month or year, as 2026-01-31")
      }
      return Reopening(reopen, why: why)
    }
  }
}
