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

/// How the lake stands, in numbers for Prometheus.
@main struct OpsMetrics: MedallionTool {
  static let manual = ToolManual(
    "ops-metrics", "writes gauges for node_exporter's textfile collector",
    examples: [
      (
        "ops-metrics --output /var/lib/prometheus/node-exporter/medallion.prom",
        "writes the file anew, in one step"
      ),
      ("ops-metrics | grep age", "shows how old tables are"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions

  @Option(
    help: ArgumentHelp("the file to be written (default: standard output)", valueName: "FILE"))
  var output: String?

  func run(_ console: Console) throws {
    let warehouse = try place.warehousePlace(inLake: lake.lake)
    let lakehouse = lake.lakehouse(console)
    let file = try AlertsFile(jobs: lake.jobs, fileSystem: lakehouse.fileSystem)
    let ledger = try RunLedger(reading: lakehouse.root)
    let book = try ledger.flatMap { try AlertBook(reading: $0.connection) }
    let gatherer = FactGatherer(
      lakehouse, jobsFolder: lake.jobs, warehouse: warehouse, console: console)
    let facts = gatherer.facts(ledger, file, days: 8, eventDays: 1, .sizes)
    let gauges = LakeGauges(
      facts, alerts: try book?.alerts() ?? [],
      channels: try book.map { try Outbox($0).standings() } ?? [])
    let text = withoutSecrets(
      gauges.file(
        layers: LakeParts.sizes(of: lakehouse, warehouse: warehouse),
        disk: Machine.disk(of: lakehouse.root)
      ).text)
    guard let output, output != "-" else { return try console.output.write(text) }
    let path = try FileAddress.path(output)
    // Whoever collects gauges is another user, who may read what lies in that folder.
    Readers.follow(parent(of: path))
    try lakehouse.fileSystem.replace(path, Array(text.utf8))
  }
}
