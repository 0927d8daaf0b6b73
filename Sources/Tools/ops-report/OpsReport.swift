import ArgumentParser
import Core
import Database
import LakeJobs
import LakeTool
import Operations
import OperationsTool
import Runs
import UnixTool
import WarehouseTool

/// The night on one page.
@main struct OpsReport: MedallionTool {
  static let manual = ToolManual(
    "ops-report", "writes how the night went on one HTML page, without script",
    examples: [
      ("ops-report --output report.html", "writes the page anew, in one step"),
      ("ops-report --archive reports", "keeps a page a day there, with an index"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions

  @Option(
    help: ArgumentHelp("the file to be written (default: standard output)", valueName: "FILE"))
  var output: String?

  @Option(help: ArgumentHelp("keep a page a day in this folder", valueName: "DIR"))
  var archive: String?

  func run(_ console: Console) throws {
    let warehouse = try place.warehousePlace(inLake: lake.lake)
    let lakehouse = lake.lakehouse(console)
    let files = lakehouse.fileSystem
    let plan = try ReportPlan(jobs: lake.jobs, fileSystem: files)
    let alerts = try AlertsFile(jobs: lake.jobs, fileSystem: files)
    let ledger = try RunLedger(reading: lakehouse.root)
    let book = try ledger.flatMap { try AlertBook(reading: $0.connection) }
    let gatherer = FactGatherer(
      lakehouse, jobsFolder: lake.jobs, warehouse: warehouse, console: console)
    var facts = gatherer.facts(ledger, alerts, days: plan.days, eventDays: plan.days, .sizes)
    let asker = GlanceAsker(lakehouse, lake, warehouse: warehouse, console)
    if let file = plan.worthFile ?? alerts.worthFile { facts.worth = asker.worth(file) }
    var contents = ReportPage.Contents()
    contents.alerts = try book?.alerts() ?? []
    contents.channels = try book.map { try Outbox($0).standings() } ?? []
    contents.parts = LakeParts.sizes(of: lakehouse, warehouse: warehouse)
    contents.disk = Machine.disk(of: lakehouse.root)
    contents.glances = plan.glances.map(asker.answer)
    let page = ReportPage(facts, plan, contents)
    try write(page, plan, files, console)
  }

  /// Pages are for whoever may read the folder that they are put into.
  private func write(
    _ page: ReportPage, _ plan: ReportPlan, _ files: any FileSystem, _ console: Console
  ) throws {
    let catalog = CatalogFinder(lake.lake, files)
    if let output, output != "-" {
      let path = try FileAddress.path(output)
      Readers.follow(parent(of: path))
      let html = catalog.linking(page, from: parent(of: path)).html
      try files.replace(path, withoutSecrets(Array(html.utf8)))
    }
    if let archive {
      let folder = try FileAddress.path(archive)
      Readers.follow(try files.exists(folder) ? folder : parent(of: folder))
      let html = catalog.linking(page, from: folder).html
      try ReportArchive(folder, files).keep(withoutSecrets(html), of: page.day, title: plan.title)
    }
    if output == "-" || output == nil && archive == nil {
      try console.output.write(withoutSecrets(Array(page.html.utf8)))
    }
  }
}
