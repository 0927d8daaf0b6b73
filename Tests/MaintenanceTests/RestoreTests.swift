import Core
import Delta
import Ingest
import LakeJobs
import LakeSupport
import Maintenance
import TestSupport
import Testing

/// A former version comes back, and what came after it is taken in again, once.
@Suite struct RestoreTests {
  private func restore(
    _ name: String, to moment: Table.Moment, in lake: TestLake,
    _ files: any FileSystem = LocalFileSystem()
  ) throws -> Int64? {
    let workspace = try lake.workspace(after: 10, files, run: "restore")
    return try TableRestore(workspace).restore(
      workspace.maintainedTable(named: name), at: moment
    ).version
  }

  @Test func `a version comes back as a new one`() throws {
    let lake = try TestLake.kept()
    let old = try lake.sales(at: 0)
    #expect(try restore("silver.sales", to: .version(0), in: lake) == 2)
    #expect(try lake.sales() == old)
    #expect(try lake.sales(at: 1) == ["a|1.00", "b|2.50", "c|3.00"])
    #expect(try restore("silver.sales", to: .version(0), in: lake) == nil)
  }

  @Test func `what came after it is taken again, and what was set aside too`() throws {
    let lake = try TestLake.kept()
    try lake.take(["d|S1|nonsense", "e|S1|5.00"], as: "three")
    try lake.refresh(["silver", "gold"], run: "third")
    let rows = try lake.sales()
    let days = try lake.rows("SELECT * FROM gold.daily")
    let aside = try lake.rows("SELECT raw, rule FROM quarantine.sales")
    #expect(aside.count == 1)
    for version in 0...2 {
      _ = try restore("silver.sales", to: .version(Int64(version)), in: lake)
      try lake.refresh(["silver", "gold"], run: "after \(version)")
      #expect(try lake.sales() == rows)
      #expect(try lake.rows("SELECT * FROM gold.daily") == days)
      #expect(try lake.rows("SELECT raw, rule FROM quarantine.sales") == aside)
    }
  }

  @Test func `a version of before a full refresh comes back with what belongs to it`() throws {
    let lake = try TestLake.kept()
    try lake.take(["d|S1|nonsense"], as: "three")
    try lake.refresh(["silver"], run: "third")
    let aside = try lake.rows("SELECT raw, rule FROM quarantine.sales")
    let rows = try lake.sales()
    try lake.refresh(["silver"], isFull: true, run: "full")
    _ = try restore("silver.sales", to: .version(1), in: lake)
    try lake.refresh(["silver", "gold"], run: "after")
    #expect(try lake.sales() == rows)
    #expect(try lake.rows("SELECT raw, rule FROM quarantine.sales") == aside)
  }

  @Test func `a view that goes back takes in what changed since`() throws {
    let lake = try TestLake.kept()
    let days = try lake.rows("SELECT * FROM gold.daily")
    _ = try restore("gold.daily", to: .version(0), in: lake)
    #expect(try lake.rows("SELECT * FROM gold.daily") != days)
    try lake.refresh(["silver", "gold"], run: "after")
    #expect(try lake.rows("SELECT * FROM gold.daily") == days)
  }

  /// A history with deletes, and events that come late: it remembers what no row tells.
  private static func history(_ seed: UInt64) throws -> (lake: TestLake, batches: [[String]]) {
    let lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.till (id STRING, no STRING, op STRING, value STRING)
          USING json LOCATION 'pos/till';
        """,
      jobs: [
        "silver/members.sql": """
        CREATE TEMPORARY VIEW typed AS
        SELECT id, CAST(no AS INT) AS no, op, value FROM STREAM(bronze.till);
        CREATE STREAMING TABLE silver.members;
        CREATE FLOW members_flow AS AUTO CDC INTO silver.members FROM STREAM(typed)
        KEYS (id) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY no
        COLUMNS * EXCEPT (op) STORED AS SCD TYPE 2;
        """
      ])
    var random = SeededRandom(seed)
    var events = (0..<40).map { number in
      let id = "k\(Int.random(in: 0...3, using: &random))"
      let op = Int.random(in: 0...3, using: &random) == 0 ? "d" : "u"
      return #"{"id":"\#(id)","no":"\#(number)","op":"\#(op)","value":"v\#(number % 3)"}"#
    }
    for index in events.indices {
      events.swapAt(index, min(39, index + Int.random(in: 0...8, using: &random)))
    }
    return (lake, stride(from: 0, to: 40, by: 8).map { Array(events[$0..<$0 + 8]) })
  }

  private static let members = "SELECT * FROM silver.members"

  private static func take(_ batch: [String], _ name: String, into lake: TestLake) throws {
    let path = try lake.folder.write("in/\(name)", lines: batch)
    _ = try lake.eventIngest(into: "till", requiring: ["id"], run: name).take([.file(path)])
  }

  @Test(arguments: UInt64(1)...6)
  func `a history that went back becomes what it was`(_ seed: UInt64) throws {
    let (lake, batches) = try Self.history(seed)
    for (number, batch) in batches.enumerated() {
      try Self.take(batch, "\(number)", into: lake)
      try lake.refresh(after: Int64(number), run: "run \(number)")
    }
    let rows = try lake.rows(Self.members)
    let latest = try #require(
      try lake.opened().table(LakeTableName(schema: "silver", name: "members")).latestVersion())
    for version in 0...latest {
      _ = try restore("silver.members", to: .version(version), in: lake)
      try lake.refresh(after: 20 + version, run: "after \(version)")
      #expect(try lake.rows(Self.members) == rows, "seed \(seed), version \(version)")
    }
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `one that dies at any step is completed by the next`(_ mode: FaultyFileSystem.Mode) throws {
    let (first, batches) = try Self.history(7)
    func prepare(_ lake: TestLake) throws {
      for (number, batch) in batches.prefix(3).enumerated() {
        try Self.take(batch, "\(number)", into: lake)
        try lake.refresh(after: Int64(number), run: "run \(number)")
      }
    }
    try prepare(first)
    let rows = try first.rows(Self.members)
    let old = try first.rows("\(Self.members) VERSION AS OF 1")
    let counting = FaultyFileSystem()
    _ = try restore("silver.members", to: .version(1), in: first, counting)
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 5) {
      let lake = try Self.history(7).lake
      try prepare(lake)
      let files = FaultyFileSystem(faultAt: step, mode)
      _ = try? restore("silver.members", to: .version(1), in: lake, files)
      try Self.expectMark(in: lake, "\(mode), step \(step)")
      _ = try restore("silver.members", to: .version(1), in: lake)
      #expect(try lake.rows(Self.members) == old, "\(mode), step \(step)")
      try lake.refresh(after: 20, run: "after")
      #expect(try lake.rows(Self.members) == rows, "\(mode), step \(step)")
    }
  }

  /// A restore that was begun and not completed keeps refreshes away.
  private static func expectMark(in lake: TestLake, _ words: String) throws {
    let isMarked = try lake.files(below: "_restores").contains("silver.members")
    guard isMarked else { return }
    let fault = #expect(throws: Fault.self) { try lake.refresh(after: 20, run: "too early") }
    #expect(fault?.kind == .configuration, "\(words)")
    #expect(fault?.remedy.contains("lake-restore silver.members --version 1") == true)
  }

  @Test func `a version whose files are gone is refused, with those that can be had`() throws {
    let lake = try TestLake.kept()
    let table = try lake.workspace().maintainedTable(named: "silver.sales").table
    let file = try #require(try table.step(1).removed.first)
    try LocalFileSystem().remove(table.location(ofFile: file.path))
    do {
      _ = try restore("silver.sales", to: .version(0), in: lake)
      Issue.record("it was restored")
    } catch let fault as Fault {
      #expect(fault.kind == .missing)
      #expect(fault.remedy == "give a version of 1")
    }
    #expect(throws: Fault.self) { try restore("silver.sales", to: .version(9), in: lake) }
  }
}
