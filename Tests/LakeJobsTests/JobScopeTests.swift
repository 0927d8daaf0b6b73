import Core
import LakeJobs
import TestSupport
import Testing

/// What of a job folder must be right for whom.
@Suite struct JobScopeTests {
  private static let setup =
    "CREATE TABLE bronze.till (id STRING) USING json LOCATION 'pos/till';"
  private let files = [
    "silver/z.sql": "CREATE STREAMING TABLE silver.z AS SELECT id FROM STREAM bronze.till;",
    "gold/a.sql": "CREATE MATERIALIZED VIEW gold.a AS SELECT * FROM silver.z;",
    "warehouse/f.sql": """
    CREATE MATERIALIZED VIEW warehouse.f
    TBLPROPERTIES ('fact' = 'incremental', 'key' = 'id') AS SELECT * FROM gold.a;
    """,
  ]

  @Test(arguments: ["silver", "gold", "warehouse"])
  func `a broken file stops the tools of its layer`(broken: String) throws {
    var files = files
    files["\(broken)/broken.sql"] = "CREATE MATERIALIZED"
    for layer in ["silver", "gold", "warehouse"] {
      let jobs = try? jobs(files, .layer(layer))
      #expect((jobs == nil) == (layer == broken), "\(layer)")
      #expect(jobs.map { $0.ordered.count == 3 && $0.faults.count == 1 } ?? true)
    }
    #expect(try jobs(files, .readable).faults.map(\.place?.line) == [1])
    #expect(try jobs(files, .setup).contracts.count == 1)
    #expect(throws: Fault.self) { try jobs(files, .whole) }
  }

  @Test func `so does a table that makes no sense, and one outside of the layers stops all`() throws
  {
    var files = files
    files["gold/ring.sql"] = "CREATE MATERIALIZED VIEW gold.ring AS SELECT * FROM gold.ring;"
    files["silver/dry.sql"] = "CREATE STREAMING TABLE silver.dry;"
    #expect(try jobs(files, .layer("warehouse")).ordered.map(\.name.name) == ["z", "a", "f"])
    #expect(throws: Fault.self) { try jobs(files, .layer("gold")) }
    #expect(throws: Fault.self) { try jobs(files, .layer("silver")) }
    files = self.files
    files["other/x.sql"] = "CREATE"
    #expect(throws: Fault.self) { try jobs(files, .layer("silver")) }
    #expect(throws: Fault.self) { try jobs([:], .readable, setup: "CREATE") }
  }

  @Test func `a job is what it reads: views of others do not change it`() throws {
    var files = files
    let before = try jobs(files, .whole).datasets.mapValues(\.digest)
    files["gold/view.sql"] = """
      CREATE TEMPORARY VIEW seen AS SELECT * FROM silver.z;
      CREATE TEMPORARY VIEW twice AS SELECT * FROM seen;
      CREATE MATERIALIZED VIEW gold.b AS SELECT * FROM twice;
      """
    let with = try jobs(files, .whole).datasets.mapValues(\.digest)
    #expect(with.filter { $0.key.name != "b" } == before)
    files["gold/view.sql"] = files["gold/view.sql"]?.replacing("FROM silver.z", with: "FROM gold.a")
    let changed = try jobs(files, .whole).datasets.mapValues(\.digest)
    #expect(changed.filter { $0.key.name != "b" } == before)
    #expect(changed != with)
  }

  private func jobs(
    _ files: [String: String], _ scope: JobScope, setup: String = setup
  ) throws -> JobFolder {
    let folder = Workdir()
    defer { withExtendedLifetime(folder) {} }
    try folder.write("jobs/setup.sql", setup)
    try folder.write(
      "jobs/spark-pipeline.yml",
      "name: sample\nlibraries:\n"
        + ["silver", "gold", "warehouse", "other"].map { "  - glob: {include: \($0)/**}\n" }
        .joined())
    for (path, text) in files { try folder.write("jobs/\(path)", text) }
    var random = SeededRandom(1)
    let lake = Lake(
      root: folder.file("lake"), fileSystem: LocalFileSystem(), clock: .ofTests,
      runID: RunID(at: .ofTests, using: &random))
    return try JobFolder(folder.file("jobs"), lake: lake, needing: scope)
  }
}
