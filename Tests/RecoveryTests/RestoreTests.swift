import Core
import Glibc
import LakeSupport
import TestSupport
import Testing
import WarehouseJobs

@testable import Recovery

/// A restore makes of an epoch what it was taken of, in an empty place, whole or in part.
@Suite struct RestoreTests {
  private let shop: Shop
  private let files = LocalFileSystem()

  init() throws { shop = try Shop() }

  @Test func `a restored lake answers as the one it was taken of, and is sound`() throws {
    let outcome = try shop.backUp()
    let restored = try shop.restore("back")
    #expect(try restored.everything() == shop.site.everything())
    #expect(try restored.findings() == [])
    #expect(outcome.epoch.cut.warehouse?.totals["fact_day"]?["rows"] == "3")
    #expect(try files.list(shop.lake.folder.file("lake/_holds")) == [])
  }

  @Test func `after an older epoch a refresh takes what came later, once`() throws {
    try shop.backUp("first")
    try shop.day(3, ["e|S3|5.00", "a|S1|1.75"])
    try shop.backUp(
      "second", at: Timestamp(microseconds: Timestamp.ofTests.microseconds + 1_000_000))
    try shop.day(4, ["f|S3|6.00", "g|S3|y"])
    let restored = try shop.restore("back", .at(.ofTests))
    #expect(try restored.rows("SELECT id FROM silver.sales") == ["a", "b", "c"])
    try restored.bringUpToDate(run: "after")
    #expect(try restored.everything() == shop.site.everything())
    try restored.bringUpToDate(run: "again")
    #expect(try restored.everything() == shop.site.everything())
    #expect(try restored.findings() == [])
  }

  @Test func `nothing in a restored lake leads to where it was taken`() throws {
    try shop.backUp()
    let restored = try shop.restore("back")
    let here = shop.lake.folder.file("lake")
    for (path, _) in try FolderTree(files).list(restored.root) {
      let bytes = try files.read("\(restored.root)/\(path)")
      // Names of inputs tell where they came from, and nothing is looked for there.
      if path.contains("_commits/") || path.contains("_events/") { continue }
      #expect(bytes.firstRange(of: Array("\(here)/".utf8)) == nil, "\(path)")
    }
  }

  @Test func `a table comes back alone, with the jobs`() throws {
    try shop.backUp()
    let restored = try shop.restore("back", .latest, .tables(["gold.daily"]))
    #expect(
      try restored.rows("SELECT store, net FROM gold.daily")
        == shop.site.rows("SELECT store, net FROM gold.daily"))
    #expect(try files.list(restored.root) == ["gold"])
  }

  @Test func `a day of a log comes back with a log of its own`() throws {
    try shop.backUp()
    let day = Timestamp.ofTests.date
    let restored = try shop.restore("back", .latest, .day(day, ["bronze/pos/till"]))
    #expect(
      try restored.rows("SELECT id FROM bronze.till")
        == shop.site.rows("SELECT id FROM bronze.till"))
    let none = try shop.restore("none", .latest, .day(CivilDate(isoText: "2020-01-01")!, []))
    #expect(try none.rows("SELECT id FROM bronze.till") == [])
  }

  @Test func `a name that is in no epoch is told, with one that may be meant`() throws {
    try shop.backUp()
    let fault = #expect(throws: Fault.self) {
      try shop.restore("back", .latest, .tables(["gold.dayly"]))
    }
    #expect(fault?.kind == .missing)
    #expect(fault?.remedy == "did you mean 'gold.daily'?")
  }

  @Test func `nothing is restored over a lake, nor over anything else`() throws {
    try shop.backUp()
    for (name, word) in [("lake", "a lake lives here"), ("jobs", "no empty place")] {
      let fault = #expect(throws: Fault.self) { try shop.restore(name) }
      #expect(fault?.kind == .cannotCreate)
      #expect(fault?.problem.contains(word) == true)
    }
    try files.createDirectory(shop.lake.folder.file("empty"))
    #expect(try shop.restore("empty").findings() == [])
  }

  @Test func `a warehouse goes to no place where the log of another lies`() throws {
    try shop.backUp()
    let repository = try shop.repository()
    let run = RestoreRun(from: repository, files, threads: 1, at: .ofTests, eraseAgain: { _ in })
    let plan = try run.plan(
      try repository.epoch(.latest), .whole, into: shop.lake.folder.file("back"))
    let path = shop.lake.folder.file("elsewhere/star.db")
    let warehouse = RestoredWarehouse(try WarehouseSource(path, password: nil))
    try shop.lake.folder.write("elsewhere/star.db-wal", "old pages")
    let fault = #expect(throws: Fault.self) { try run.restore(plan, warehouse: warehouse) }
    #expect(fault?.kind == .cannotCreate)
    #expect(fault?.place?.file == "\(path)-wal")
    try files.remove("\(path)-wal")
    try run.restore(plan, warehouse: warehouse)
    #expect(try WarehouseTotals(of: .init(path), "file", files).mark == plan.epoch.cut.warehouse)
    #expect(try !files.exists(shop.lake.folder.file("back/lake/warehouse.db")))
  }

  @Test func `secrets come back for their owner only, but not the key of the backup`() throws {
    for name in ["hash-key", "backup-key"] {
      let path = try shop.lake.folder.write("lake/_secrets/\(name)", "5ec2e7")
      chmod(path, 0o600)
    }
    try shop.backUp()
    let restored = try shop.restore("back")
    #expect(try files.list("\(restored.root)/_secrets") == ["hash-key"])
    #expect(fileMode(of: "\(restored.root)/_secrets/hash-key") == 0o600)
  }

  @Test func `a key that was destroyed comes back from no epoch`() throws {
    try shop.lake.folder.write("lake/_keys/subjects/3f", "one and two")
    try shop.backUp("first")
    try shop.lake.folder.write("lake/_keys/subjects/3f", "two")
    let repository = try shop.repository()
    try repository.copyKeyStore(of: shop.lake.folder.file("lake"), files)
    let restored = try shop.restore("back", .at(.ofTests))
    #expect(
      String(decoding: try files.read("\(restored.root)/_keys/subjects/3f"), as: UTF8.self) == "two"
    )
    #expect(try shop.place.list("keystore").count == 1)
    #expect(try shop.audit() == [])
  }

  @Test(arguments: [FaultyFileSystem.Mode.kill, .full, .loseUnsynced])
  func `a restore that dies at any step leaves nothing wrong, and the next one ends it`(
    _ mode: FaultyFileSystem.Mode
  ) throws {
    try shop.backUp()
    let counting = FaultyFileSystem()
    _ = try shop.restore("count", .latest, .whole, counting)
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 40) {
      let name = "back-\(step)"
      let faulty = FaultyFileSystem(faultAt: step, mode)
      #expect(throws: Fault.self, "step \(step)") {
        _ = try shop.restore(name, .latest, .whole, faulty)
        throw Fault(.verdict, "it went through", remedy: "")
      }
      let target = shop.lake.folder.file(name)
      // What has the name is whole.
      if try !files.exists(target) { _ = try shop.restore(name) }
      let restored = Site("\(target)/lake", jobs: "\(target)/jobs", landing: shop.landing)
      #expect(try restored.everything() == shop.site.everything(), "step \(step)")
      #expect(try restored.findings() == [], "step \(step)")
    }
  }

  @Test func `a restore that dies while it clears what another began bars none`() throws {
    try shop.backUp("first")
    try shop.day(3, ["e|S1|4.00"])
    try shop.backUp(
      "second", at: Timestamp(microseconds: Timestamp.ofTests.microseconds + 1_000_000))
    let older = EpochChoice.at(.ofTests)
    let ends = try [
      shop.restore("older", older).everything(), shop.restore("newer").everything(),
    ]
    #expect(ends[0] != ends[1])
    let newest = shop.lake.folder.file("newer/restore.json")
    let whole = FaultyFileSystem()
    _ = try shop.restore("count", older, .whole, whole)
    for step in 1... {
      let name = "back-\(step)"
      let staging = shop.lake.folder.file("\(name).restoring")
      let begun = FaultyFileSystem(faultAt: whole.stepCount / 4, .kill)
      #expect(throws: Fault.self) { _ = try shop.restore(name, older, .whole, begun) }
      // The dump of a server's warehouse lies here, behind the record by its name.
      try files.replace("\(staging)/warehouse", [1])
      #expect(throws: Fault.self) {
        _ = try shop.restore(name, .latest, .whole, FaultyFileSystem(faultAt: step, .kill))
      }
      let record = "\(staging)/restore.json"
      let isMadeAnew = try files.exists(record) && files.read(record) == files.read(newest)
      let isOlder = step.isMultiple(of: 2)
      let restored = try shop.restore(name, isOlder ? older : .latest)
      #expect(try restored.everything() == ends[isOlder ? 0 : 1], "step \(step)")
      #expect(try restored.findings() == [], "step \(step)")
      if isMadeAnew { break }
    }
  }
}
