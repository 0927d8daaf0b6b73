import Core
import Database
import LakeJobs
import LakeSupport
import Recovery
import Sealing
import Stewardship
import TestSupport
import Testing
import WarehouseJobs

/// Who was erased comes back with no epoch, however old, and everybody and every sum does.
@Suite struct RestoredErasureTests {
  private let key = SealingKey(Array(repeating: 7, count: 32))!
  private let files = LocalFileSystem()

  private func repository(
    _ lake: PersonLake, _ files: any FileSystem = LocalFileSystem()
  ) throws -> BackupRepository {
    try BackupRepository(FolderPlace(lake.lake.folder.file("backup"), files), key)
  }

  private func backUp(_ lake: PersonLake, _ name: String) throws -> String {
    let source = try WarehouseSource(lake.lake.folder.file("lake/warehouse.db"), password: nil)
    return try BackupRun(lake.lake.workspace(run: name), warehouse: source, threads: 1)
      .take(into: repository(lake)).epoch.name
  }

  /// The lake's secret, as the tool keeps it.
  private func keepSecret(of lake: PersonLake) throws {
    let path = lake.lake.folder.file("lake/\(ErasureFolder.secret)")
    try files.createDirectory(parent(of: path))
    try files.replace(path, PersonLake.secret)
  }

  /// Restores an epoch into the folder `name`, erasing again as the tool does.
  private func restore(
    _ lake: PersonLake, _ epoch: String, _ name: String, _ scope: RestoreScope = .whole,
    _ files: any FileSystem = LocalFileSystem()
  ) throws {
    let keys = KeyFolder(lake.lake.keyFolder, LocalFileSystem())
    let run = RestoreRun(
      from: try repository(lake, files), files, threads: 1, at: .ofTests,
      eraseAgain: { place in
        let restored = Lake(
          root: place.lake, fileSystem: files, clock: .ofTests, runID: RunID(naming: "restore"),
          keys: KeyStore(ofLake: place.lake, files, keys))
        _ = try Erasure(
          Workspace(lake: restored, jobsFolder: place.jobs), place.warehouse, lake.lake.context(),
          SubjectsFile(jobsFolder: place.jobs, files),
          secret: try files.read("\(place.lake)/\(ErasureFolder.secret)")
        ).eraseAgain(place.erasures)
      })
    try run.restore(
      try run.plan(
        try repository(lake).epoch(.named(epoch)), scope, into: lake.lake.folder.file(name)))
  }

  /// Has the lake that was restored into `name` stand in the place of the one it is of.
  private func exchange(_ lake: PersonLake, _ name: String) throws {
    try files.rename(lake.lake.folder.file("lake"), to: lake.lake.folder.file("\(name)-away"))
    try files.rename(
      lake.lake.folder.file("\(name)/lake"), to: lake.lake.folder.file("lake"))
  }

  /// A lake with an epoch of before an erasure and one of after; the plan, and the epochs' names.
  private func erased(
    sealed: Bool = false
  ) throws -> (lake: PersonLake, plan: ErasurePlan, before: String, after: String) {
    let lake = try PersonLake(sealed: sealed)
    try lake.fill()
    try BackupRepository.make(
      at: FolderPlace(lake.lake.folder.file("backup"), files), for: "owner", key,
      by: RunID(naming: "make"), .ofTests)
    let before = try backUp(lake, "before")
    // The secret is of later than the first epoch, as it is made by the first plan.
    try keepSecret(of: lake)
    let plan = try lake.plan()
    _ = try lake.erasure().apply(plan, approvedBy: "m.weber") { _ in }
    return (lake, plan, before, try backUp(lake, "after"))
  }

  @Test(arguments: [false, true])
  func `an epoch of before comes back without the person`(sealed: Bool) throws {
    let (lake, plan, before, after) = try erased(sealed: sealed)
    let (totals, others) = (try lake.totals(), try lake.others())
    let certificates = try files.list(lake.lake.folder.file("lake/_erasures"))
    // An epoch of after is what was taken: nobody has to be erased again.
    try restore(lake, after, "new")
    #expect(try files.list(lake.lake.folder.file("new/lake/_erasures")) == certificates)
    try restore(lake, before, "old")
    try exchange(lake, "old")
    for text in PersonLake.telling {
      let places = try lake.places(of: text)
      #expect(places == [], "\(text)")
    }
    #expect(try lake.totals() == totals)
    #expect(try lake.others() == others)
    #expect(try files.list(lake.lake.folder.file("lake/_erasures")) == certificates)
    // The same stands for the person as in the lake that it came from.
    let substitute = try #require(plan.substitutes["customer_id"]?["C-3"])
    #expect(
      try lake.lake.rows("SELECT count(*) FROM gold.spent WHERE customer_id = '\(substitute)'")
        == ["1"])
    #expect(try lake.erasure().eraseAgain().isEmpty)
    // A backup of a lake that lost its record still knows it.
    removeTree(lake.lake.folder.file("lake/_erasures"))
    _ = try backUp(lake, "lost")
    try restore(lake, before, "older")
    try exchange(lake, "older")
    #expect(try lake.places(of: "K-3") == [])
  }

  @Test func `a table that comes back alone comes without the person`() throws {
    let (lake, _, before, _) = try erased()
    let sales = "SELECT count(*), sum(amount) FROM silver.sales"
    let standing = try lake.lake.rows(sales)
    // Only keys of cards stand in it: the person is told by one of them.
    try restore(lake, before, "part", .tables(["silver.sales"]))
    try exchange(lake, "part")
    #expect(try lake.places(of: "K-3") == [])
    #expect(try lake.lake.rows(sales) == standing)
  }

  @Test(arguments: [FaultyFileSystem.Mode.kill, .full])
  func `a restore that is stopped at any step never shows the person`(
    mode: FaultyFileSystem.Mode
  ) throws {
    let (lake, _, before, _) = try erased()
    let totals = try lake.totals()
    let counting = FaultyFileSystem()
    try restore(lake, before, "count", .whole, counting)
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 90) {
      let name = "back-\(step)"
      try? restore(lake, before, name, .whole, FaultyFileSystem(faultAt: step, mode))
      if try !files.exists(lake.lake.folder.file(name)) { try restore(lake, before, name) }
      try exchange(lake, name)
      for text in PersonLake.telling {
        #expect(try lake.places(of: text) == [], "\(text), step \(step)")
      }
      #expect(try lake.totals() == totals, "step \(step)")
      removeTree(lake.lake.folder.file("\(name)-away"))
      removeTree(lake.lake.folder.file(name))
    }
  }
}
