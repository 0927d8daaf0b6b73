import Columnar
import Core
import Delta
import LakeJobs
import LakeSupport
import Maintenance
import TestSupport
import Testing

/// What keeps tables well knows the files of deletion vectors as it knows those of rows.
@Suite struct MarkedRowsTests {
  private static let keys = Schema([Field("id", .string)])
  private let lake: TestLake
  private let files = LocalFileSystem()
  private var table: Table { Table("\(lake.folder.file("lake"))/silver/sales", files) }

  /// Many sales, of which two changes by hand take so many that their marks lie in files.
  init() throws {
    lake = try TestLake.sample()
    try lake.take((1_000..<4_000).map { "k\($0)|S1|1.50" }, as: "many")
    try lake.refresh(["silver", "gold"], run: "first")
    try table.update(Self.context("marks")) {
      $0.setProperties(["delta.enableDeletionVectors": "true"])
    }
    try delete(every: 7, run: "one")
    try delete(every: 5, run: "two")
  }

  private static func context(_ run: String) -> CommitContext {
    CommitContext(
      engine: "test", operation: "DELETE", runID: run, clock: Clock(now: .ofTests))
  }

  private func delete(every step: Int, run: String) throws {
    let ids = stride(from: 1_000, to: 4_000, by: step).map { [Scalar.string("k\($0)")] }
    let builder = ColumnBuilder(.string)
    for id in ids { builder.append(id[0]) }
    let keys = Batch(Self.keys, [builder.finish()], rowCount: ids.count)
    try table.update(Self.context(run)) { change in
      change.leastMarkedByteCount = 0
      let schema = try #require(change.snapshot?.schema)
      _ = try change.merge(
        on: ["id"], upserts: BatchList(schema, []), deletions: BatchList(Self.keys, [keys]))
    }
  }

  private func vectors() throws -> [String] {
    try lake.files(below: "silver/sales").filter { $0.hasPrefix(Table.vectorPrefix) }
  }

  private func findings() throws -> [VerifyFinding] {
    let audit = LakeAudit(try lake.workspace(after: 0, run: "verify"), .full)
    return try audit.subjects(named: []).flatMap { try audit.findings(of: $0, repairs: false) }
  }

  private func count() throws -> [String] { try lake.rows("SELECT count(*) FROM silver.sales") }

  @Test func `the file stays, and is found sound`() throws {
    let step = try table.step(3)
    #expect(step.added.map(\.path) == step.removed.map(\.path))
    #expect(step.added.first?.deletionVector?.storageType == "u")
    #expect(try vectors().count == 2)
    #expect(try count() == ["2057"])
    #expect(try findings().map(\.problem) == [])
    // What silver says is what gold says after it.
    try lake.refresh(["silver", "gold"], run: "after")
    #expect(try lake.rows("SELECT sum(net) FROM gold.daily") == ["3085.50"])
  }

  @Test func `the history tells rows that went, and no file`() throws {
    let commits = try TableHistory(
      of: "silver.sales", TableHistory.Choice(), in: lake.workspace()
    ).commits
    #expect(commits.map(\.removed.rowCount) == [514, 429, 0, 0])
    #expect(commits.map(\.removed.fileCount) == [0, 0, 0, 0])
    #expect(commits[0].added.rowCount == 0)
  }

  @Test func `damage to a vector is found`() throws {
    let live = try #require(try table.snapshot()?.files.first)
    let place = try #require(try table.locations(of: live).last)
    #expect(Table.isVectorName(lastComponent(of: place)))
    var bytes = try files.read(place)
    bytes[bytes.count / 2] ^= 1
    try files.replace(place, bytes)
    #expect(try findings().contains { $0.problem == "a deletion vector is damaged" })
    try files.remove(place)
    #expect(try findings().contains { $0.problem == "its deletion vector is gone" })
  }

  @Test func `a vacuum takes vectors that no version needs, and brings them back`() throws {
    let live = try #require(try table.snapshot()?.files.first)
    let place = try #require(try table.locations(of: live).last)
    try lake.refresh(["gold"], run: "told")
    let workspace = try lake.workspace(after: 8)
    let vacuum = Vacuum(
      workspace,
      VacuumRules(holds: try Holds(of: workspace.lake), readers: try TableReaders(workspace)))
    let sales = try workspace.maintainedTable(named: "silver.sales")
    let plan = try #require(try vacuum.clear(sales)).plan
    #expect(plan.candidates.map(\.path).filter(Table.isVectorName).count == 1)
    #expect(try vectors() == [lastComponent(of: place)])
    #expect(try count() == ["2057"])
    #expect(try table.readableVersions().contains { $0.contains(2) } == false)
    #expect(try vacuum.undo(sales) > 0)
    #expect(try vectors().count == 2)
    #expect(try lake.rows("SELECT count(*) FROM silver.sales VERSION AS OF 2") == ["2571"])
  }

  @Test func `a version comes back with the marks that it had`() throws {
    let restore = TableRestore(try lake.workspace(after: 1, run: "restore"))
    let sales = try lake.workspace(after: 1).maintainedTable(named: "silver.sales")
    #expect(try restore.restore(sales, at: .version(2)).version == 4)
    #expect(try count() == ["2571"])
    #expect(try restore.restore(sales, at: .version(3)).version == 5)
    #expect(try count() == ["2057"])
    // Not where the marks are gone.
    let old = try #require(try table.snapshot(at: .version(2))?.files.first)
    try files.remove(try #require(try table.locations(of: old).last))
    #expect(throws: Fault.self) { try restore.plan(sales, at: .version(2)) }
  }

  @Test func `files with marked rows are written anew, and nobody sees a change`() throws {
    let before = try lake.rows("SELECT * FROM silver.sales ORDER BY id")
    let run = LayoutRun(try lake.workspace(after: 0, run: "optimize"), lake.context())
    let sales = try lake.workspace(after: 0).maintainedTable(named: "silver.sales")
    try run.optimize(sales) { _ in }
    let snapshot = try #require(try table.snapshot())
    #expect(snapshot.files.allSatisfy { $0.deletionVector == nil })
    #expect(try lake.rows("SELECT * FROM silver.sales ORDER BY id") == before)
    #expect(try run.plan(sales)?.groups.isEmpty == true)
    #expect(try !table.step(snapshot.version).changesRows)
    #expect(try findings().map(\.problem) == [])
  }

  @Test func `a copy keeps the vectors that it shares`() throws {
    let workspace = try lake.workspace(after: 1, run: "copy")
    let place = lake.folder.file("try")
    let sales = try workspace.maintainedTable(named: "silver.sales")
    _ = try TableCopies.make(of: sales, at: .version(2), place: place, in: workspace.lake)
    let later = try lake.workspace(after: 60)
    let vacuum = Vacuum(
      later, VacuumRules(holds: try Holds(of: later.lake), readers: try TableReaders(later)),
      trashSpan: .zero)
    for _ in 0..<2 { _ = try vacuum.clear(try later.maintainedTable(named: "silver.sales")) }
    #expect(try lake.rows("SELECT count(*) FROM delta.`\(place)`") == ["2571"])
    #expect(try vectors().count == 2)
  }
}
