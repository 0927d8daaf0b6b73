import Bronze
import Core
import LakeJobs
import LakeSupport
import Maintenance
import TestSupport
import Testing

/// Days of bronze move between tiers, and every line is read from one place, whatever happens.
@Suite struct TierTests {
  private let lake: TestLake

  init() throws {
    lake = try TestLake.sample()
    try lake.take(["a|S1|1.00", "b|S1|2.00"], as: "one")
    try lake.take(["c|S2|3.00"], as: "two")
  }

  private func run(
    after days: Int64, _ rules: String = "", _ files: any FileSystem = LocalFileSystem()
  ) throws -> (run: TierRun, contract: BronzeContract) {
    let text = rules.isEmpty ? "tables: {}" : "tables: {bronze.till: {\(rules)}}"
    try lake.write("lifecycle.yml", text)
    let workspace = try lake.workspace(after: days, files)
    let run = TierRun(
      workspace, try Lifecycle(workspace.jobs, files), try Holds(of: workspace.lake))
    return (run, try workspace.contract(named: "bronze.till"))
  }

  /// Moves what is due; what was wrong.
  @discardableResult
  private func move(
    after days: Int64, _ rules: String = "", _ files: any FileSystem = LocalFileSystem()
  ) throws -> [Fault] {
    let (run, contract) = try run(after: days, rules, files)
    var faults: [Fault] = []
    try run.move(contract) { _ in
    } _: { _ in
    } failing: {
      faults.append($0)
    }
    return faults
  }

  private func day(after days: Int64, _ rules: String = "") throws -> TierPlan.Day {
    let (run, contract) = try run(after: days, rules)
    return try #require(try run.plan(contract)?.days.first)
  }

  private func sales() throws -> [String] {
    try lake.rows("SELECT id, amount FROM bronze.till")
  }

  private func findings() throws -> [String] {
    let audit = LakeAudit(try lake.workspace(), .full)
    return try audit.subjects(named: ["bronze.till"]).flatMap { subject in
      try audit.findings(of: subject, repairs: false).map(\.problem)
    }
  }

  @Test func `a day goes to the archive and is read from there`() throws {
    let before = try sales()
    #expect(before.count == 3)
    try move(after: 89)
    #expect(try day(after: 89).tier == .hot)
    #expect(try move(after: 90) == [])
    #expect(try day(after: 90).tier == .archive)
    #expect(try sales() == before)
    try lake.refresh(["silver", "gold"], run: "first")
    #expect(try lake.rows("SELECT count(*) FROM silver.sales") == ["3"])
  }

  @Test func `each step at which a move dies leaves every line in one place`() throws {
    let before = try sales()
    for rules in ["archive: 10 days", "cool: 10 days, archive: never"] {
      var step = 1
      var isDone = false
      while !isDone {
        let files = FaultyFileSystem(faultAt: step, .kill)
        _ = try? move(after: 20, rules, files)
        isDone = files.stepCount < step
        #expect(try sales() == before, "\(rules), step \(step)")
        step += 1
      }
      #expect(step > 4)
      #expect(try move(after: 20, rules) == [])
      #expect(try sales() == before)
      let (run, contract) = try run(after: 20, rules)
      _ = try run.thaw(
        try #require(try run.plan(contract)?.days.first?.date), of: contract,
        until: Timestamp.ofTests)
      #expect(try sales() == before)
    }
  }

  @Test func `a thawed day stays as long as it is held`() throws {
    let before = try sales()
    try move(after: 90)
    let (run, contract) = try run(after: 90)
    let date = try day(after: 90).date
    let end = Timestamp(
      microseconds: Timestamp.ofTests.microseconds + 100 * Timestamp.microsecondsPerDay)
    _ = try run.thaw(date, of: contract, until: end)
    #expect(try sales() == before)
    #expect(try day(after: 95).kept?.hasPrefix("thawed until") == true)
    try move(after: 95)
    #expect(try day(after: 95).tier == .hot)
    try move(after: 101)
    #expect(try day(after: 101).tier == .archive)
    #expect(try sales() == before)
  }

  @Test func `a hold beats every rule`() throws {
    let (_, contract) = try run(after: 0)
    let folder = try lake.workspace().lake.root
    try LocalFileSystem().replace(
      "\(folder)/_holds/audit.yml", Array("tables: [bronze.*]\nreason: tax\n".utf8))
    try move(after: 4000, "archive: 10 days, retain: 20 days")
    #expect(try day(after: 4000, "archive: 10 days, retain: 20 days").kept == "held by audit: tax")
    #expect(try sales().count == 3, "\(contract.name)")
  }

  @Test func `a rule removes a day once all have read it, and tells of it`() throws {
    let rules = "retain: 300 days"
    try move(after: 400, rules)
    #expect(try day(after: 400, rules).kept == "silver.sales has not read it yet")
    try lake.refresh(["silver", "gold"], run: "first")
    try move(after: 400, rules)
    let day = try day(after: 400, rules)
    #expect(day.tier == .removed)
    #expect(day.placement?.certificate?.rowCount == 3)
    #expect(day.placement?.certificate?.files.count == day.files.count)
    #expect(try sales() == [])
    #expect(try lake.rows("SELECT count(*) FROM silver.sales") == ["3"])
    #expect(throws: Fault.self) {
      try lake.refresh(["silver"], isFull: true, run: "anew")
    }
    #expect(try lake.rows("SELECT count(*) FROM silver.sales") == ["3"])
  }

  @Test func `what is damaged is not archived`() throws {
    let file = try #require(try day(after: 90).files.first)
    let (_, contract) = try run(after: 90)
    let path = "\(contract.folder)/\(file.path)"
    var bytes = try LocalFileSystem().read(path)
    bytes[bytes.count / 2] ^= 1
    try LocalFileSystem().replace(path, bytes)
    #expect(try move(after: 90).map(\.kind) == [.data])
    #expect(try day(after: 90).tier == .hot)
  }

  @Test func `an archive that is away or damaged is named`() throws {
    try move(after: 90)
    let (_, contract) = try run(after: 90)
    let archive = "\(contract.folder)/_archive/\(try day(after: 90).folder).tar"
    let bytes = try LocalFileSystem().read(archive)
    #expect(try findings() == [])
    let extent = try #require(try day(after: 90).placement?.extents.values.first)
    var damaged = bytes
    damaged[extent.offset + extent.byteCount / 2] ^= 1
    try LocalFileSystem().replace(archive, damaged)
    #expect(try findings().count == 1)
    try LocalFileSystem().remove(archive)
    #expect(try findings().count == day(after: 90).files.count)
    #expect(throws: Fault.self) { _ = try sales() }
  }

  /// The rules that decide are the same, so that only what is packed is foretold.
  @Test func `a simulation of years has the days of a run by the clock`() throws {
    let rules = "cool: 30 days, archive: 3 months, retain: 2 years"
    try lake.refresh(["silver", "gold"], run: "first")
    let (run, contract) = try run(after: 0, rules)
    let plan = try #require(try run.plan(contract))
    let today = Timestamp.ofTests.date
    let workspace = try lake.workspace()
    let simulation = TierSimulation(
      try Lifecycle(workspace.jobs, LocalFileSystem()), on: today)
    for month in try simulation.months(30, of: [plan]) {
      let days = try #require(month.date.days(since: today))
      try move(after: Int64(days), rules)
      let tier = try day(after: Int64(days), rules).tier
      // What goes on coming in is hot when the day that is there has moved.
      #expect((month.days[tier] ?? 0) >= 1, "\(month.date): \(tier)")
    }
  }
}
