import Bronze
import Core
import Database
import Delta
import Governance
import Ingest
import LakeJobs
import LakeSupport
import Refresh
import TestSupport
import Testing
import WarehouseJobs

/// A business of two days, from a till's lines and a list of shops to the warehouse, on which a run
/// of all tools can be stopped.
struct CrashSite {
  private let lake: TestLake

  /// What runs leave that others see.
  struct Outcome: Equatable {
    var bronze: [String]
    var silver: [String]
    var shops: [String]
    var quarantine: [String]
    var gold: [String]
    var facts: [String]
  }

  init() throws {
    lake = try .sample()
    try lake.write(
      "setup.sql",
      lake.read("setup.sql") + """

        CREATE TABLE bronze.shops (store STRING, city STRING, seen STRING)
          USING csv OPTIONS (header 'true') LOCATION 'office/shops'
          TBLPROPERTIES ('ingest.trailer' = 'END, rows');
        """)
    try lake.write(
      "silver/shops.sql",
      """
      CREATE TEMPORARY VIEW shop_changes AS
      SELECT store, city, try_cast(seen AS TIMESTAMP) AS seen FROM STREAM(bronze.shops);

      CREATE STREAMING TABLE silver.shops
      TBLPROPERTIES ('expect.has_city' = "city IS NOT NULL ON VIOLATION QUARANTINE");

      CREATE FLOW shops_flow AS AUTO CDC INTO silver.shops FROM STREAM(shop_changes)
      KEYS (store) SEQUENCE BY seen COLUMNS * EXCEPT (seen) STORED AS SCD TYPE 2;
      """)
    try lake.write(
      "warehouse/shops.sql",
      """
      CREATE MATERIALIZED VIEW warehouse.dim_shop
      TBLPROPERTIES ('dimension' = 'scd2', 'key' = 'store', 'track' = 'city') AS
      SELECT store, city, __START_AT AS valid_from, __END_AT AS valid_to FROM silver.shops;

      CREATE MATERIALIZED VIEW warehouse.fact_sale
      TBLPROPERTIES ('fact' = 'incremental', 'key' = 'id',
        'lookup.shop_key' = 'dim_shop(store) AS OF at') AS
      SELECT id, store, at, amount FROM silver.sales;
      """)
  }

  /// Puts the files of a day where they land. On the second day a line comes again, an event comes
  /// late, another is superseded, and a shop moves.
  func deliver(day: Int) throws {
    let lines: [String]
    let shops: String
    if day == 1 {
      lines =
        (0..<6).map { number in
          event("\(number)", "2026-02-2\(1 + number % 3)", number == 4 ? "x" : "\(number).50")
        } + ["no event"]
      shops = "S,Oslo,2026-01-01\nT,,2026-01-01\nEND,2\n"
    } else {
      lines = [
        event("1", "2026-02-22", "1.50"), event("2", "2026-02-01", "7.77"),
        event("3", "2026-02-24", "99.50"), event("6", "2026-02-24", "6.50"),
        event("7", "2026-02-25", "y"), "torn",
      ]
      shops = "S,Bergen,2026-02-23\nU,Rome,2026-02-23\nV,too,many,fields\nEND,3\n"
    }
    try lake.folder.write(till(day), lines: lines)
    try lake.folder.write(list(day), "store,city,seen\n" + shops)
  }

  private func till(_ day: Int) -> String { "landing/pos/day\(day).ndjson" }

  private func list(_ day: Int) -> String { "landing/office/shops\(day).csv" }

  private func event(_ id: String, _ day: String, _ amount: String) -> String {
    #"{"id":"\#(id)","at":"\#(day)T09:00:00Z","store":"S","amount":"\#(amount)","email":"e"}"#
  }

  // MARK: Running

  /// Does all the tools' work on what was delivered until `day`, as processes of their own would.
  func run(_ files: any FileSystem, until day: Int, named name: String) throws {
    let workspace = try lake.workspace(files, run: name)
    let recorder = RunRecorder(lake: workspace.lake, tool: "test")
    try ingest(workspace, until: day, recorder)
    let context = lake.context(threadCount: 1)
    for schema in ["silver", "gold"] {
      let layer = LayerRun(workspace, schema: schema, context: context, isFullRefresh: false)
      let datasets = try layer.choice.datasets(named: [])
      for (number, dataset) in datasets.enumerated() {
        try layer.refresh(dataset, before: datasets.dropFirst(number + 1)) {
          _ = try recorder.record($0)
        }
      }
    }
    let star = DatasetChoice(among: workspace.jobs, schema: "warehouse")
    for part in [StarLoad.Role.dimension, .fact] {
      let load = StarLoadRun(
        workspace, into: try SQLiteConnection(lake.folder.file("warehouse.db"), .create),
        siteKey: [1, 2, 3], context: context, isFullRefresh: false)
      var faults: [Fault] = []
      let reports = try load.run(
        try star.datasets(named: []).filter { StarLoad.isPart($0, part) },
        StarLoadRun.Listener(say: { _ in }, fail: { faults.append($0) }))
      for report in reports { _ = try recorder.record(report) }
      if let fault = faults.first { throw fault }
    }
  }

  private func ingest(
    _ workspace: Workspace, until day: Int, _ recorder: RunRecorder
  ) throws {
    let contract = try workspace.contract(named: "till")
    let lines = EventIngest(
      lake: workspace.lake, contract: contract, tool: "ingest-pos", requiredFields: ["id"],
      rejectLimit: 0.5, threadCount: 1)
    let taken = try lines.take((1...day).map { .file(lake.folder.file(till($0))) })
    if let commit = taken.commit {
      _ = try recorder.record(commit.report(of: contract, job: "ingest-pos"))
    }
    let shops = try workspace.contract(named: "shops")
    let now = workspace.lake.clock.now
    let whole = try FileIngest(
      lake: workspace.lake, contract: shops, tool: "ingest-files", rejectLimit: 0.5,
      threadCount: 1, systemTime: { now })
    if let commit = try whole.take((1...day).map { lake.folder.file(list($0)) }).commit {
      _ = try recorder.record(commit.report(of: shops, job: "ingest-files"))
    }
  }

  // MARK: Looking

  func outcome() throws -> Outcome {
    Outcome(
      bronze: try rows(
        "SELECT id FROM bronze.till UNION ALL SELECT concat(store, city) FROM bronze.shops"),
      silver: try rows("SELECT concat_ws(' ', id, amount) FROM silver.sales"),
      shops: try rows("SELECT concat_ws(' ', store, city, __END_AT) FROM silver.shops"),
      quarantine: try rows(
        "SELECT raw FROM quarantine.sales UNION ALL SELECT raw FROM quarantine.till "
          + "UNION ALL SELECT raw FROM quarantine.shops"),
      gold: try rows("SELECT concat_ws(' ', day, store, net) FROM gold.daily"),
      facts: try rows(
        "SELECT concat_ws(' ', day, store_key, net) FROM warehouse.fact_day UNION ALL "
          + "SELECT concat_ws(' ', f.id, d.city, f.amount) FROM warehouse.fact_sale f "
          + "JOIN warehouse.dim_shop d ON d.shop_key = f.shop_key"))
  }

  private func rows(_ query: String) throws -> [String] {
    let catalog = try lake.catalog()
    try catalog.showWarehouse(at: WarehousePlace(lake.folder.file("warehouse.db")))
    return try lake.rows(query, over: catalog)
  }

  /// How many commits no event tells of. An event must tell of a commit that is there, and no
  /// other may tell of the same.
  func untoldCommitCount(_ comment: Comment) throws -> Int {
    let workspace = try lake.workspace()
    let lake = workspace.lake
    var told: [String: [Int64]] = [:]
    for event in try EventLog(lake: lake.root, files: lake.fileSystem).events() {
      for output in event.outputs {
        let text = output.facets[VersionFacet.self]?.version
        told[output.name.name, default: []] += text.flatMap { Int64($0) }.map { [$0] } ?? []
      }
    }
    var untold = 0
    for name in ["bronze.till", "bronze.shops", "silver.sales", "silver.shops", "gold.daily"] {
      guard let table = LakeTableName(name) else { continue }
      let latest =
        if let contract = workspace.jobs.contracts[table] {
          try BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem).latest()?.version
        } else {
          try lake.table(table).latestVersion()
        }
      let versions = told[name] ?? []
      let commits = latest.map { Array(0...$0) } ?? []
      #expect(Set(versions).isSubset(of: commits), comment)
      #expect(Set(versions).count == versions.count, comment)
      untold += commits.count - versions.count
    }
    return untold
  }
}
