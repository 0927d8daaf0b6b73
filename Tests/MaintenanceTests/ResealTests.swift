import Core
import Ingest
import LakeJobs
import LakeSupport
import Maintenance
import Sealing
import TestSupport
import Testing

/// A table that is sealed anew can be read at each moment, and needs the old key no more at its
/// end.
@Suite struct ResealTests {
  private func people() throws -> TestLake {
    let lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.crm (id STRING, mail STRING, seq BIGINT, ingest_date DATE)
        USING json PARTITIONED BY (ingest_date) LOCATION 'crm/people';
        """,
      jobs: [
        "silver/people.sql": """
        CREATE STREAMING TABLE silver.people TBLPROPERTIES ('seal' = 'mail');
        CREATE FLOW people AS AUTO CDC INTO silver.people FROM STREAM(bronze.crm)
        KEYS (id) SEQUENCE BY seq STORED AS SCD TYPE 1;
        """
      ])
    try lake.makeKey()
    for night in 1...2 {
      let lines = (1...9).map {
        #"{"id":"\#($0)","mail":"m\#($0).\#(night)@example.com","seq":\#(night)}"#
      }
      let file = try lake.folder.write("\(night).ndjson", lines: lines)
      _ = try lake.eventIngest(into: "crm", requiring: []).take([.file(file)])
      try lake.refresh()
    }
    return lake
  }

  private func renew(
    _ lake: TestLake, _ files: any FileSystem = LocalFileSystem()
  ) throws -> Int64? {
    let workspace = try lake.workspace(files, run: "renew")
    return try ResealRun(workspace).renew(try workspace.maintainedTable(named: "silver.people"))
  }

  @Test(arguments: [FaultyFileSystem.Mode.kill, .killLosingNames, .full])
  func `a renewal that stops at any step leaves all rows, and the next ends it`(
    mode: FaultyFileSystem.Mode
  ) throws {
    let lake = try people()
    let now = "SELECT * FROM silver.people"
    let before = "SELECT * FROM silver.people VERSION AS OF 0"
    let (rows, old) = (try lake.rows(now), try lake.rows(before))
    #expect(rows.count == 9 && rows != old)
    let counting = FaultyFileSystem()
    _ = try renew(lake, counting)
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 7) {
      _ = try? renew(lake, FaultyFileSystem(faultAt: step, mode))
      // What the one and the other version of the key sealed is read.
      #expect(try lake.rows(now) == rows, "step \(step)")
      #expect(try lake.rows(before) == old, "step \(step)")
    }
    #expect(try renew(lake) != nil)
    #expect(try lake.rows(now) == rows)
    // The old versions of the key go: what the table is now needs none of them.
    let keys = try #require(try lake.workspace().lake.keys)
    let name = "table silver.people"
    try keys.destroyVersions(of: name, before: try keys.key(name).version)
    #expect(try lake.rows(now) == rows)
    #expect(throws: Fault.self) { try lake.rows(before) }
    // And what comes is sealed by the new one.
    #expect(try lake.refresh().isEmpty)
  }
}
