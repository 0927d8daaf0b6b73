import ArgumentParser
import Core
import LakeJobs
import LakeTool
import Stewardship
import UnixTool
import WarehouseTool

/// What there is, whose it is, and what it means.
@main struct CatalogTool: MedallionTool {
  static let manual = ToolManual(
    "catalog", "tells what tables there are, whose they are and what they mean",
    operands: "build|show|search|check|diff|drop|classify [NAME…]",
    verdict: "names lack what jobs/catalog.yml asks for, or --self-check fails",
    examples: [
      ("catalog build --output catalog", "writes the site; open catalog/index.html"),
      ("catalog show gold.sales.net_amount", "a column, and what it is made from"),
      ("catalog search loyalty", "tables, columns and terms that speak of it"),
      ("catalog check", "what has no owner, no description, no use"),
      ("catalog diff --since 2026-03-01T00:00:00Z", "what appeared, changed, vanished"),
      ("catalog drop gold.old_sales --why 'never read'", "says that it is gone for good"),
      (
        "catalog classify orders_customers",
        "proposes lines of labels.yml, with what speaks for them"
      ),
      ("catalog classify --self-check", "prints how well labels are found"),
    ])

  /// What is asked.
  enum Question: String, CaseIterable, ExpressibleByArgument {
    case build
    case show
    case search
    case check
    case diff
    case drop
    case classify
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Catalog") var choice: CatalogOptions
  @OptionGroup(title: "Classify") var classifying: ClassifyOptions
  @OptionGroup var report: ReportOptions

  @Argument(help: "what is asked")
  var question: Question

  @Argument(help: "tables, a column of one, or words")
  var names: [String] = []

  func run(_ console: Console) throws {
    if question == .classify {
      return try ClassifyDesk(lake: lake, options: classifying, console: console)
        .propose(for: names)
    }
    let warehouse = try place.warehousePlace(inLake: lake.lake)
    let desk = try CatalogDesk(
      lake, warehouse: warehouse, choice, report, names, console,
      takesSamples: question == .build)
    switch question {
    case .build: try desk.build()
    case .show: try console.output.write(desk.show())
    case .search: try console.output.write(desk.search())
    case .check: try desk.check()
    case .diff: try console.output.write(desk.difference())
    case .drop: try desk.drop(by: choice.by ?? userName())
    case .classify: break
    }
  }
}

/// What only some questions take.
struct CatalogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "compare with this look, or with what was known then", valueName: "VERSION|TIME"))
  var since: TableVersion?

  @Option(help: ArgumentHelp("why a table is gone for good", valueName: "TEXT"))
  var why: String?

  @Option(help: ArgumentHelp("who says so (default: the user's name)", valueName: "NAME"))
  var by: String?

  @Option(
    help: ArgumentHelp(
      "write the site into this folder (default: DIR/_catalog/site)", valueName: "DIR"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "write the catalog in this form too, beside the site", valueName: "FORM"))
  var export: [CatalogExport] = []

  @Option(help: ArgumentHelp("say so many at most", valueName: "N"))
  var limit = 40
}

extension CatalogExport: ExpressibleByArgument {}
