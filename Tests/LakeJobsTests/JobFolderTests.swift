import Columnar
import Core
import LakeJobs
import LakeSupport
import TestSupport
import Testing

/// What a job folder says, and what is told of one that says nothing clear.
@Suite struct JobFolderTests {
  private static let setup = """
    CREATE SCHEMA bronze;
    CREATE TABLE bronze.till (id STRING, Amount STRING, day DATE) USING json
      OPTIONS (Mode 'Permissive') PARTITIONED BY (day) LOCATION 'pos/till';
    """

  private func jobs(_ files: [String: String], setup: String = setup) throws -> JobFolder {
    try TestLake(setup: setup, jobs: files).workspace().jobs
  }

  @Test func `a contract says where its files lie and how they are read`() throws {
    let lake = try TestLake(setup: Self.setup)
    let contract = try lake.contract("till")
    #expect(contract.folder == lake.folder.file("lake/bronze/pos/till"))
    #expect(contract.schema.fields.map(\.name) == ["id", "Amount", "day"])
    #expect(contract.options == ["mode": "Permissive"] && contract.partitionColumns == ["day"])
    #expect(try lake.contract("BRONZE.Till").name == contract.name)
    let fault = #expect(throws: Fault.self) { try lake.contract("tills") }
    #expect(fault?.kind == .missing && fault?.remedy == "use one of bronze.till")
  }

  @Test func `datasets stand after those that they read, through views too`() throws {
    let jobs = try jobs([
      "gold/a.sql": "CREATE MATERIALIZED VIEW gold.a AS SELECT * FROM silver.z;",
      "gold/b.sql": """
      CREATE TEMPORARY VIEW seen AS SELECT * FROM gold.c;
      CREATE MATERIALIZED VIEW gold.b AS SELECT * FROM seen;
      """,
      "gold/c.sql": "CREATE MATERIALIZED VIEW gold.c AS SELECT * FROM gold.a;",
      "silver/z.sql": "CREATE STREAMING TABLE z AS SELECT id FROM STREAM bronze.till;",
    ])
    #expect(jobs.ordered.map(\.name.description) == ["silver.z", "gold.a", "gold.c", "gold.b"])
    #expect(jobs.ordered(schema: "gold").map(\.name.name) == ["a", "c", "b"])
    let last = try #require(jobs.ordered.last)
    #expect(jobs.inputs(of: last).map(\.description) == ["gold.c"])
  }

  @Test(arguments: [
    "'delta.enableRowTracking' = 'true'", "'delta.columnMapping.mode' = 'id'",
    "'delta.checkpointPolicy' = 'v3'", "'delta.feature.rowTracking' = 'supported'",
  ])
  func `a property that asks for what is not written is refused`(_ property: String) throws {
    func folder(_ property: String) throws -> JobFolder {
      try jobs([
        "silver/z.sql":
          "CREATE STREAMING TABLE silver.z TBLPROPERTIES (\(property)) AS SELECT * "
          + "FROM STREAM bronze.till;"
      ])
    }
    let fault = try #require(throws: Fault.self) { try folder(property) }
    #expect(fault.kind == .configuration && fault.place?.line == 1)
    #expect(fault.problem.hasSuffix("which these tools read and do not write"))
    let taken = ["enableRowTracking' = 'false", "checkpointPolicy' = 'v2"]
    for property in taken { #expect(try folder("'delta.\(property)'").ordered.count == 1) }
  }

  @Test func `rules say what becomes of a row that breaks them`() throws {
    let jobs = try jobs([
      "silver/z.sql": """
      CREATE STREAMING TABLE silver.z TBLPROPERTIES ('expect.kept' = "id <> ''",
        'user.owner' = 'me',
        'expect.aside' = "Amount > 0 on violation Quarantine",
        'expect.stops' = "id IS NOT NULL ON VIOLATION FAIL", 'partition.by' = 'id, day')
      AS SELECT * FROM STREAM bronze.till;
      """
    ])
    let dataset = try #require(jobs.ordered.first)
    #expect(dataset.expectations.map(\.name) == ["kept", "aside", "stops"])
    #expect(dataset.expectations.map(\.violation) == [.warn, .quarantine, .fail])
    #expect(dataset.expectations[1].condition.hasPrefix("Amount > 0"))
    #expect(dataset.partitionColumns == ["id", "day"] && dataset.property("user.owner") == "me")
  }

  @Test(
    arguments: [
      ("SELECT 1;", "cannot hold this statement"),
      ("CREATE STREAMING TABLE silver.z;", "nothing feeds the streaming table 'silver.z'"),
      ("CREATE FLOW f AS INSERT INTO silver.y BY NAME SELECT 1;", "'silver.y' is not a streaming"),
      ("CREATE MATERIALIZED VIEW silver.a AS SELECT * FROM silver.a;", "silver.a -> silver.a"),
      (
        "CREATE MATERIALIZED VIEW silver.a AS SELECT 1; CREATE MATERIALIZED VIEW a AS SELECT 2;",
        "'silver.a' is defined twice"
      ),
      (
        """
        CREATE STREAMING TABLE silver.z TBLPROPERTIES ('expect.x' = "id > 0 ON VIOLATION DROP")
        AS SELECT id FROM STREAM bronze.till;
        """, "'DROP' is not what can happen on violation of 'x'"
      ),
    ])
  func `a job file that says nothing clear is refused with its place`(
    _ text: String, _ problem: String
  ) throws {
    let fault = #expect(throws: Fault.self) { try jobs(["silver/z.sql": text]) }
    #expect(fault?.kind == .configuration && fault?.problem.contains(problem) == true, "\(fault)")
    #expect(fault?.place?.file.hasSuffix("jobs/silver/z.sql") == true)
  }

  @Test func `sources name systems, their tables and the folders that files land in`() throws {
    let lake = try TestLake(jobs: [
      "sources.yml": """
      systems:
        shop:
          kind: sqlite
          location: shop.db
          tables: {customers: {keys: [id], updated_at: at}}
      landing:
        pos: {folder: landing/pos, entity: till, tool: ingest-pos}
      """
    ])
    let sources = try lake.workspace().sources()
    #expect(sources.systems.map(\.name) == ["shop"] && sources.systems[0].method == .compare)
    #expect(sources.systems[0].tables.map(\.keys) == [["id"]])
    #expect(sources.systems[0].tables[0].updatedAt == "at")
    #expect(sources.landings.map(\.tool) == ["ingest-pos"])
    try lake.write("sources.yml", "systems:\n  shop: {kind: oracle, location: x, tables: {}}\n")
    let fault = #expect(throws: Fault.self) { try lake.workspace().sources() }
    #expect(fault?.problem == "'oracle' is not a kind of source" && fault?.place?.line == 2)
  }
}
