import Core
import Delta
import LakeJobs
import LakeSupport
import Maintenance
import TestSupport
import Testing

/// What a vacuum takes, what it leaves and why, and that it can be taken back until the end.
@Suite struct VacuumTests {
  private let lake: TestLake
  private let sales = "silver.sales"

  init() throws { lake = try TestLake.kept() }

  private func vacuum(
    after days: Int64, retention: Duration? = nil, _ files: any FileSystem = LocalFileSystem(),
    loaded: [(table: String, inputs: String)] = []
  ) throws -> (vacuum: Vacuum, workspace: Workspace) {
    let workspace = try lake.workspace(after: days, files)
    let rules = VacuumRules(
      holds: try Holds(of: workspace.lake),
      readers: try TableReaders(workspace, loaded: loaded), retention: retention)
    return (Vacuum(workspace, rules), workspace)
  }

  private func plan(
    after days: Int64, loaded: [(table: String, inputs: String)] = []
  ) throws -> VacuumPlan {
    let (vacuum, workspace) = try vacuum(after: days, loaded: loaded)
    return try #require(try vacuum.plan(workspace.maintainedTable(named: sales))).plan
  }

  @discardableResult
  private func clear(
    after days: Int64, _ files: any FileSystem = LocalFileSystem()
  ) throws -> Vacuum.Outcome {
    let (vacuum, workspace) = try vacuum(after: days, files)
    return try #require(try vacuum.clear(workspace.maintainedTable(named: sales)))
  }

  private func dataFiles() throws -> [String] {
    try lake.files(below: "silver/sales").filter { $0.hasPrefix("part-") }
  }

  private func trash() throws -> [String] {
    try lake.files(below: "silver/sales").filter { $0.contains("_trash/") }
  }

  private func hold(_ text: String) throws {
    try lake.folder.write("lake/_holds/audit.yml", text)
  }

  @Test func `what was removed stays as long as the table says`() throws {
    #expect(try plan(after: 6).candidates.isEmpty)
    #expect(try plan(after: 6).kept.map(\.why) == ["removed less than 7 days ago"])
    #expect(try plan(after: 8).candidates.map(\.kind) == [.removed])
  }

  @Test func `a plan changes nothing`() throws {
    let before = try lake.files(below: "")
    _ = try plan(after: 1_000)
    #expect(
      try lake.files(below: "").filter { !$0.hasPrefix("_locks") }
        == before.filter {
          !$0.hasPrefix("_locks")
        })
  }

  @Test func `versions that readers are still to be told of stay`() throws {
    let loads = [(table: "fact_day", inputs: "job@0badc0ffee silver.sales@0~0123456789")]
    #expect(try plan(after: 8, loaded: loads).candidates.isEmpty)
    #expect(
      try plan(after: 8, loaded: loads).kept.map(\.why) == [
        "needed by warehouse.fact_day, which stands at version 0"
      ])
    // A view that has not run since.
    try lake.take(["a|S1|9.00"], as: "three")
    try lake.refresh(["silver"], run: "third")
    #expect(
      try plan(after: 8).kept.map(\.why) == ["needed by gold.daily, which stands at version 1"])
  }

  @Test func `a hold beats every rule, and one that cannot be read stops all`() throws {
    try hold("tables: [silver.*]\nreason: an audit\n")
    #expect(try plan(after: 1_000).candidates.filter { $0.kind != .log }.isEmpty)
    #expect(try plan(after: 1_000).kept.map(\.why) == ["held by 'audit': an audit"])
    try hold("tables: [silver.sales]\nreason: an audit\nuntil: 2026-06-01\n")
    #expect(try plan(after: 80).candidates.isEmpty)
    #expect(try plan(after: 100).candidates.map(\.kind) == [.removed])
    try hold("tables: [gold.daily]\nreason: an audit\n")
    #expect(try plan(after: 8).candidates.count == 1)
    for wrong in ["tables: [silver.sales]\n", "reason: x\n", "tables: '*'\nreason: x\nsince: y\n"] {
      try hold(wrong)
      #expect(throws: Fault.self) { try plan(after: 8) }
    }
  }

  @Test func `versions from a hold's time on stay readable`() throws {
    try hold("tables: '*'\nreason: x\nsince: 2026-04-01\n")
    #expect(try plan(after: 8).candidates.map(\.kind) == [.removed])
    try hold("tables: '*'\nreason: x\nsince: 2026-01-01\n")
    #expect(try plan(after: 8).candidates.isEmpty)
  }

  @Test func `what a dead run left goes when it is old, and what is foreign never`() throws {
    try lake.folder.write("lake/silver/sales/part-0badc0de.zstd.parquet", "x")
    try lake.folder.write("lake/silver/sales/part-run-1.staged", "x")
    try lake.folder.write("lake/silver/sales/notes.txt", "x")
    #expect(try plan(after: 8).candidates.map(\.kind) == [.removed])
    // Its files are as young as this test, whatever time the run has.
    #expect(
      try plan(after: 10_000).candidates.filter { $0.kind == .orphan }.map(\.path) == [
        "part-0badc0de.zstd.parquet", "part-run-1.staged",
      ])
  }

  @Test func `a run that asks for less than the table keeps is refused`() throws {
    let (vacuum, workspace) = try vacuum(after: 8, retention: .seconds(60))
    let table = try workspace.maintainedTable(named: sales)
    #expect(throws: Fault.self) { try vacuum.plan(table) }
    let (longer, _) = try self.vacuum(after: 8, retention: .seconds(9 * 86_400))
    #expect(try longer.plan(table)?.plan.candidates.isEmpty == true)
  }

  @Test func `files go to the trash, and for good three days later`() throws {
    let all = try dataFiles()
    #expect(try clear(after: 8).trashCount == 1)
    #expect(try dataFiles().count == all.count - 1)
    #expect(try lake.sales() == ["a|1.00", "b|2.50", "c|3.00"])
    #expect(throws: Fault.self) { try lake.sales(at: 0) }
    #expect(try clear(after: 10).deletedCount == 0)
    #expect(try clear(after: 11).deletedCount == 1)
    #expect(try trash() == [])
  }

  @Test func `a mistake is taken back`() throws {
    let all = try lake.files(below: "silver/sales")
    try clear(after: 100)
    let (vacuum, workspace) = try vacuum(after: 100)
    #expect(try vacuum.undo(workspace.maintainedTable(named: sales)) == 1)
    #expect(try lake.files(below: "silver/sales") == all)
    #expect(try lake.sales(at: 0) == ["a|1.00", "b|2.00"])
  }

  @Test func `what a version has again comes back from the trash`() throws {
    try clear(after: 8)
    let table = try lake.workspace().maintainedTable(named: sales).table
    let old = try table.step(0).added
    // Another program takes the old file in, from a version that it still knew.
    let log = "lake/silver/sales/_delta_log/00000000000000000002.json"
    let line = try lake.folder.read("lake/silver/sales/_delta_log/00000000000000000000.json")
      .split(separator: "\n").filter { $0.hasPrefix("{\"add\"") }
    try lake.folder.write(
      log, "{\"commitInfo\":{\"inCommitTimestamp\":1772345000000}}\n\(line[0])\n")
    #expect(try clear(after: 12).returnedCount == 1)
    #expect(try dataFiles().contains(old[0].path))
  }

  @Test func `a table that is being written is left to its writer`() throws {
    let name = LakeTableName(schema: "silver", name: "sales")
    try lake.take(["x|S1|nonsense"], as: "aside")
    try lake.refresh(run: "aside")
    let writers = try lake.workspace().maintainedTable(named: "quarantine.sales").writers
    #expect(writers.contains(name))
  }

  /// So many versions that the log has checkpoints.
  private func makeVersions() throws {
    for number in 0..<22 {
      try lake.take(["n\(number)|S1|1.00"], as: "more\(number)")
      try lake.refresh(["silver"], run: "run\(number)")
    }
    try lake.refresh(["gold"], run: "last")
  }

  @Test func `the log keeps what its kept checkpoint needs`() throws {
    try makeVersions()
    let before = try lake.sales()
    #expect(try plan(after: 20).fileCount(.log) == 0)
    let taken = try clear(after: 60).plan
    #expect(taken.fileCount(.log) > 15)
    let table = try lake.workspace().maintainedTable(named: sales).table
    #expect(try table.earliestVersion() == 20)
    #expect(try lake.sales() == before)
    #expect(try table.snapshot(at: .version(21)) != nil)
    #expect(try table.history().map(\.version) == [23, 22, 21, 20])
    try lake.take(["z|S1|1.00"], as: "last")
    try lake.refresh(["silver", "gold"], run: "after")
    #expect(try lake.sales().count == before.count + 1)
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `a vacuum that dies at any step loses nothing`(_ mode: FaultyFileSystem.Mode) throws {
    let counting = FaultyFileSystem()
    try clear(after: 8, counting)
    let steps = counting.stepCount
    #expect(steps > 5)
    for step in FaultyFileSystem.steps(of: steps, oneIn: 4) {
      let lake = try TestLake.kept()
      let suite = VacuumTests(lake)
      let all = try suite.dataFiles()
      _ = try? suite.clear(after: 8, FaultyFileSystem(faultAt: step, mode))
      #expect(try lake.sales() == ["a|1.00", "b|2.50", "c|3.00"], "\(mode), step \(step)")
      let (vacuum, workspace) = try suite.vacuum(after: 8)
      _ = try vacuum.undo(workspace.maintainedTable(named: sales))
      #expect(try suite.dataFiles() == all, "\(mode), step \(step)")
      #expect(try lake.sales(at: 0) == ["a|1.00", "b|2.00"], "\(mode), step \(step)")
      try suite.clear(after: 8)
      try suite.clear(after: 12)
      #expect(try suite.trash() == [], "\(mode), step \(step)")
    }
  }

  private init(_ lake: TestLake) { self.lake = lake }
}
