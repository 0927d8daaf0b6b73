import Columnar
import Core
import Database
import Ingest
import LakeJobs
import LakeSupport
import TestSupport
import Testing
import Warehouse
import WarehouseJobs

/// A fact that takes the rows by which its inputs changed holds what its query gives.
@Suite struct ChangedRowsPropertyTests {
  private static let setup =
    """
    CREATE SCHEMA bronze;
    CREATE TABLE bronze.till (id STRING, store STRING, amount BIGINT, said BIGINT)
      USING json LOCATION 'pos/till';
    CREATE TABLE bronze.voids (id STRING, said BIGINT) USING json LOCATION 'pos/voids';
    CREATE TABLE bronze.rates (store STRING, rate BIGINT, said BIGINT)
      USING json LOCATION 'pos/rates';
    """

  private static func silver(_ name: String, _ columns: String, _ key: String) -> String {
    """
    CREATE TEMPORARY VIEW typed_\(name) AS
    SELECT \(columns), said FROM STREAM(bronze.\(name));
    CREATE STREAMING TABLE silver.\(name);
    CREATE FLOW \(name)_flow AS AUTO CDC INTO silver.\(name) FROM STREAM(typed_\(name))
    KEYS (\(key)) APPLY AS DELETE WHEN said % 7 = 0 SEQUENCE BY said COLUMNS * EXCEPT (said)
    STORED AS SCD TYPE 1;
    """
  }

  private static let query =
    """
    SELECT s.id, s.store, s.amount, r.rate FROM silver.till s
    LEFT JOIN silver.rates r ON r.store = s.store
    WHERE s.amount > 10 AND NOT EXISTS (SELECT 1 FROM silver.voids v WHERE v.id = s.id)
    """

  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: Self.setup,
      jobs: [
        "silver/till.sql": Self.silver("till", "id, store, amount", "id"),
        "silver/voids.sql": Self.silver("voids", "id", "id"),
        "silver/rates.sql": Self.silver("rates", "store, rate", "store"),
        "warehouse/fact_till.sql":
          "CREATE MATERIALIZED VIEW warehouse.fact_till\nTBLPROPERTIES "
          + "('fact' = 'incremental', 'key' = 'id') AS\n\(Self.query);",
      ])
  }

  private func ingest(_ table: String, _ lines: [String], _ step: Int) throws {
    let file = "\(table)\(step).ndjson"
    try lake.folder.write(file, lines.map { "\($0)\n" }.joined())
    _ = try lake.eventIngest(into: table, requiring: ["said"]).take([
      .file(lake.folder.file(file))
    ])
  }

  private func load() throws {
    let workspace = try lake.workspace()
    let load = StarLoadRun(
      workspace, into: try SQLiteConnection(lake.folder.file("warehouse.db"), .create),
      siteKey: nil, context: lake.context(), isFullRefresh: false)
    var faults: [Fault] = []
    _ = try load.run(
      try DatasetChoice(among: workspace.jobs, schema: "warehouse").datasets(named: []),
      StarLoadRun.Listener(say: { _ in }, fail: { faults.append($0) }))
    if let fault = faults.first { throw fault }
  }

  private func stored() throws -> [String] {
    let warehouse = try SQLiteConnection(lake.folder.file("warehouse.db"), .readOnly)
    return try warehouse.rows(
      "SELECT id || '|' || store || '|' || amount || '|' || coalesce(rate, 'NULL') FROM fact_till"
    ).compactMap { if case .string(let text) = $0[0] { text } else { nil } }.sorted()
  }

  @Test(arguments: UInt64(1)...6)
  func `rows that came, changed and went leave what the query gives`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    var said = 0
    func next() -> Int {
      said += 1
      return said
    }
    for step in 0..<8 {
      let count = step == 0 ? 60 : Int.random(in: 0...6, using: &random)
      let lines = (0..<count).map { number in
        let id = step == 0 ? number : Int.random(in: 0..<70, using: &random)
        return #"{"id":"\#(id)","store":"s\#(Int.random(in: 0..<4, using: &random))","#
          + #""amount":\#(Int.random(in: 5..<40, using: &random)),"said":\#(next())}"#
      }
      try ingest("till", lines, step)
      if step == 0 || Int.random(in: 0..<3, using: &random) == 0 {
        try ingest(
          "voids", [#"{"id":"\#(Int.random(in: 0..<70, using: &random))","said":\#(next())}"#], step
        )
      }
      if step == 0 || Int.random(in: 0..<4, using: &random) == 0 {
        let store = Int.random(in: 0..<4, using: &random)
        try ingest(
          "rates", [#"{"store":"s\#(store)","rate":\#(step),"said":\#(next())}"#], step)
      }
      try lake.refresh()
      try load()
      #expect(try stored() == lake.rows(Self.query), "seed \(seed), step \(step)")
    }
  }
}
