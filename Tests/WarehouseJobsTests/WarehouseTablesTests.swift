import Columnar
import Core
import Database
import LakeQuery
import LakeSupport
import TestSupport
import Testing
import WarehouseJobs

@Suite struct WarehouseTablesTests {
  private let lake: TestLake

  init() throws { lake = try TestLake() }

  private func rows(_ query: String) throws -> [[Scalar]] {
    let catalog = LakeCatalog(lake: lake.opened(), jobs: nil)
    catalog.defaultSchema = "warehouse"
    try catalog.showWarehouse(at: WarehousePlace(lake.folder.file("warehouse.db")))
    let runner = QueryRunner(catalog: catalog, context: lake.context())
    let source = try runner.run(try runner.plan(sql: query, name: "query"))
    var rows: [[Scalar]] = []
    while let batch = try source.next() {
      rows += (0..<batch.rowCount).map { batch.scalars(at: $0) }
    }
    return rows
  }

  private func makeWarehouse() throws {
    try SQLiteConnection(lake.folder.file("warehouse.db"), .create).execute(
      """
      CREATE TABLE fact_sales (date_key INT, net DECIMAL(18,2), at TIMESTAMP, day DATE);
      INSERT INTO fact_sales VALUES (20260131, 12.5, '2026-01-31T10:00:00Z', '2026-01-31'),
        (20260131, 0.07, NULL, NULL), (20260201, -1, '2026-02-01T00:00:00Z', '2026-02-01');
      """)
  }

  @Test func `values have the types that their columns declare`() throws {
    try makeWarehouse()
    #expect(
      try rows("SELECT net, at, day FROM warehouse.fact_sales WHERE net > 1") == [
        [
          .decimal(Decimal(unscaled: 1_250, scale: 2)),
          .timestamp(Timestamp(microseconds: 1_769_853_600_000_000)),
          .date(CivilDate(dayNumber: 20_484)),
        ]
      ])
    #expect(
      try rows("SELECT sum(net) FROM fact_sales GROUP BY date_key ORDER BY date_key")
        == [
          [.decimal(Decimal(unscaled: 1_257, scale: 2))],
          [.decimal(Decimal(unscaled: -100, scale: 2))],
        ])
  }

  @Test func `rows are counted without reading a column`() throws {
    try makeWarehouse()
    #expect(try rows("SELECT count(*) FROM fact_sales") == [[.integer(3)]])
  }

  @Test func `a warehouse that is not there has no tables, one that is suggests them`() throws {
    #expect(throws: Fault.self) { try rows("SELECT * FROM fact_sales") }
    try makeWarehouse()
    let fault = #expect(throws: Fault.self) { try rows("SELECT * FROM warehouse.fact_sale") }
    #expect(fault?.remedy == "did you mean 'warehouse.fact_sales'?")
  }
}
