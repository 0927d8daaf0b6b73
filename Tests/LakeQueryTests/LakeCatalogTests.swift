import Core
import LakeQuery
import LakeSupport
import TestSupport
import Testing

/// Which table a name means.
@Suite struct LakeCatalogTests {
  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.till (id STRING) USING csv OPTIONS (header 'true') LOCATION 'pos/till';
        """,
      jobs: [
        "silver/sales.sql": """
        CREATE STREAMING TABLE silver.sales
        TBLPROPERTIES ('expect.good' = "id <> 'bad' ON VIOLATION QUARANTINE")
        AS SELECT id FROM STREAM bronze.till;
        """
      ])
    try lake.folder.write("lake/bronze/pos/till/a.csv", "id\n1\nbad\n")
  }

  private func fault(_ sql: String) -> Fault? {
    #expect(throws: Fault.self) { try lake.rows(sql) }
  }

  @Test func `a bronze table is the files that its contract names`() throws {
    #expect(try lake.rows("SELECT id FROM bronze.till") == ["1", "bad"])
    let found = fault("SELECT id FROM bronze.till VERSION AS OF 1")
    #expect(found?.kind == .usage && found?.problem.contains("has no versions") == true)
  }

  @Test func `a table that no run has built is told with how to build it`() {
    let found = fault("SELECT id FROM silver.sales")
    #expect(
      found?.kind == .missing && found?.remedy == "build it first: bronze2silver silver.sales")
  }

  @Test func `a quarantine of which nothing was set aside is empty, one of no rule is unknown`()
    throws
  {
    #expect(try lake.rows("SELECT count(*) FROM quarantine.sales") == ["0"])
    #expect(fault("SELECT * FROM quarantine.sale")?.problem == "no table 'quarantine.sale'")
  }

  @Test func `a file is a table by its format and path`() throws {
    let path = lake.folder.file("lake/bronze/pos/till/a.csv")
    #expect(try lake.rows("SELECT count(*) FROM csv.`\(path)`") == ["2"])
  }

  @Test func `a run reads one state, and another time when it is asked to`() throws {
    let catalog = try lake.catalog()
    #expect(catalog.tableNames == ["bronze.till", "silver.sales"] && !catalog.isPast)
    let now = Timestamp(microseconds: 0)
    try catalog.read(version: 0, time: nil, now: now)
    #expect(catalog.isPast)
    #expect(throws: Fault.self) { try lake.rows("SELECT id FROM silver.sales", over: catalog) }
    let later = Timestamp(microseconds: 1)
    let found = #expect(throws: Fault.self) {
      try catalog.read(version: nil, time: later, now: now)
    }
    #expect(found?.kind == .usage && found?.problem.hasSuffix("has not come yet") == true)
  }
}
