import Columnar
import Core
import Database
import Engine
import Ingest
import LakeJobs
import LakeQuery
import LakeSupport
import Maintenance
import Refresh
import Sealing
import TestSupport
import WarehouseJobs

@testable import Recovery

/// The sample business with a backup beside it.
struct Shop {
  let lake: TestLake
  let key = SealingKey(Array(repeating: 7, count: 32))!
  var place: FolderPlace { place(LocalFileSystem()) }

  /// A business after two days of sales, of which the second changes one of the first.
  init() throws {
    lake = try TestLake.sample()
    try day(1, ["a|S1|1.00", "b|S1|2.00"])
    try day(2, ["b|S1|2.50", "c|S2|3.00", "d|S2|x"])
    try BackupRepository.make(at: place, for: "owner", key, by: RunID(naming: "make"), .ofTests)
  }

  /// The backup by way of `files`.
  func place(_ files: any FileSystem) -> FolderPlace {
    FolderPlace(lake.folder.file("backup"), files)
  }

  func repository(_ files: any FileSystem = LocalFileSystem()) throws -> BackupRepository {
    try BackupRepository(place(files), key)
  }

  /// Takes the sales of a day in and brings everything up to date.
  func day(_ number: Int, _ sales: [String]) throws {
    let lines = sales.map { sale in
      let parts = sale.split(separator: "|")
      return #"{"id":"\#(parts[0])","at":"2026-02-\#(padded(number, 2))T09:00:00Z","#
        + #""store":"\#(parts[1])","amount":"\#(parts[2])","email":"e@x"}"#
    }
    _ = try lake.folder.write("landing/\(padded(number, 4)).ndjson", lines: lines)
    try Site(lake.folder.file("lake"), jobs: lake.folder.file("jobs"), landing: landing)
      .bringUpToDate(run: "day \(number)")
  }

  var landing: String { lake.folder.file("landing") }

  var site: Site {
    Site(lake.folder.file("lake"), jobs: lake.folder.file("jobs"), landing: landing)
  }

  /// Takes an epoch.
  @discardableResult
  func backUp(
    _ run: String = "backup", _ files: any FileSystem = LocalFileSystem(),
    at time: Timestamp = .ofTests,
    looked: @escaping (String) throws -> Void = { _ in }
  ) throws -> BackupRun.Outcome {
    let workspace = try lake.workspace(files, run: run)
    let source = try WarehouseSource(lake.folder.file("lake/warehouse.db"), password: nil)
    let placed = try Workspace(
      lake: workspace.lake.at(Clock(now: time)), jobsFolder: lake.folder.file("jobs"))
    var backup = BackupRun(placed, warehouse: source, threads: 2)
    backup.looked = looked
    return try backup.take(into: repository(files))
  }

  /// Restores an epoch into the folder `name`.
  func restore(
    _ name: String, _ choice: EpochChoice = .latest, _ scope: RestoreScope = .whole,
    _ files: any FileSystem = LocalFileSystem(),
    eraseAgain: @escaping (RestoredPlace) throws -> Void = { _ in }
  ) throws -> Site {
    let repository = try repository(files)
    let run = RestoreRun(
      from: repository, files, threads: 2, at: .ofTests, eraseAgain: eraseAgain)
    let target = lake.folder.file(name)
    let plan = try run.plan(try repository.epoch(choice), scope, into: target)
    try run.restore(plan)
    return Site("\(target)/lake", jobs: "\(target)/jobs", landing: landing)
  }

  func audit(_ reading: BackupAudit.Reading = .everything) throws -> [BackupFinding] {
    try BackupAudit(of: place, key, reading: reading).report().findings
  }

  /// The files of the backup.
  func files() throws -> [String] { try place.list("").map(\.name) }
}

/// A lake with its jobs, wherever it lies, and the folder that its tills send to.
struct Site {
  let root: String
  let jobs: String
  let landing: String

  init(_ root: String, jobs: String, landing: String) {
    self.root = root
    self.jobs = jobs
    self.landing = landing
  }

  func workspace(run: String = "look") throws -> Workspace {
    try Workspace(
      lake: Lake(
        root: root, fileSystem: LocalFileSystem(), clock: .ofTests, runID: RunID(naming: run)),
      jobsFolder: jobs)
  }

  private var context: QueryContext {
    QueryContext(
      clock: .ofTests, memoryLimit: 64 << 20, threadCount: 1, spillDirectory: "\(root)/_spill")
  }

  /// Does what `make refresh` does: takes in what is new, and brings all layers up to date.
  func bringUpToDate(run: String) throws {
    let workspace = try workspace(run: run)
    let ingest = EventIngest(
      lake: workspace.lake, contract: try workspace.contract(named: "till"), tool: "ingest-pos",
      requiredFields: ["id"], rejectLimit: 1, threadCount: 1)
    let names = try LocalFileSystem().list(landing)
    _ = try ingest.take(names.map { .file("\(landing)/\($0)") })
    for schema in ["silver", "gold"] {
      let layer = LayerRun(workspace, schema: schema, context: context, isFullRefresh: false)
      let datasets = try layer.choice.datasets(named: [])
      for (number, dataset) in datasets.enumerated() {
        try layer.refresh(dataset, before: datasets.dropFirst(number + 1)) { _ in }
      }
    }
    let star = DatasetChoice(among: workspace.jobs, schema: "warehouse")
    for part in [StarLoad.Role.dimension, .fact] {
      let load = StarLoadRun(
        workspace, into: try SQLiteConnection("\(root)/warehouse.db", .create),
        siteKey: [1, 2, 3], context: context, isFullRefresh: false)
      var faults: [Fault] = []
      _ = try load.run(
        try star.datasets(named: []).filter { StarLoad.isPart($0, part) },
        StarLoadRun.Listener(say: { _ in }, fail: { faults.append($0) }))
      if let fault = faults.first { throw fault }
    }
  }

  /// The rows of a query, sorted.
  func rows(_ sql: String) throws -> [String] {
    let workspace = try workspace()
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    catalog.showWarehouse(at: try WarehousePlace("\(root)/warehouse.db"))
    let runner = QueryRunner(catalog: catalog, context: context)
    return try runner.table(sql, name: "test").batches.flatMap { batch in
      (0..<batch.rowCount).map { row in
        batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
          .joined(separator: "|")
      }
    }.sorted()
  }

  /// All that anybody can ask of the business.
  func everything() throws -> [String] {
    var found: [String] = []
    for (name, sql) in [
      ("bronze", "SELECT id, at, store, amount FROM bronze.till"),
      ("silver", "SELECT id, at, store, amount FROM silver.sales"),
      ("aside", "SELECT rule, count(*) FROM quarantine.sales GROUP BY rule"),
      ("gold", "SELECT day, store, net FROM gold.daily"),
      ("stores", "SELECT store FROM warehouse.dim_store WHERE store_key > 0"),
      (
        "facts",
        "SELECT f.day, d.store, f.net FROM warehouse.fact_day f "
          + "JOIN warehouse.dim_store d ON d.store_key = f.store_key"
      ),
    ] {
      found += try rows(sql).map { "\(name): \($0)" }
    }
    return found
  }

  /// What is wrong with the lake, and with its warehouse.
  func findings() throws -> [String] {
    let audit = LakeAudit(try workspace(), .full)
    var found = try audit.subjects(named: []).flatMap { subject in
      try audit.findings(of: subject, repairs: false).filter { $0.level != .note }
    }.map { "\($0.table): \($0.place): \($0.problem)" }
    let star = try WarehouseTables(
      WarehousePlace("\(root)/warehouse.db"), fileSystem: LocalFileSystem())
    found += try star?.auditFindings() ?? []
    return found
  }
}
