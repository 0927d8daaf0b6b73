import Columnar
import Core
import Delta
import Governance
import LakeJobs
import LakeSupport
import TableKeys
import TestSupport
import Testing

@testable import Maintenance

/// Files are rewritten, rows stay as they are, and nobody who reads them sees anything new.
@Suite struct LayoutTests {
  private let lake: TestLake

  init() throws { lake = try TestLake.kept() }

  private func run(
    target: Int? = nil, _ files: any FileSystem = LocalFileSystem()
  ) throws -> (run: LayoutRun, table: MaintainedTable) {
    let workspace = try lake.workspace(after: 0, files, run: "optimize")
    return (
      LayoutRun(workspace, lake.context(), target: target),
      try workspace.maintainedTable(named: "silver.sales")
    )
  }

  @discardableResult
  private func optimize(
    target: Int? = nil, _ files: any FileSystem = LocalFileSystem()
  ) throws -> [LayoutRun.Outcome] {
    let (run, table) = try run(target: target, files)
    var outcomes: [LayoutRun.Outcome] = []
    try run.optimize(table) { outcomes.append($0) }
    return outcomes
  }

  private func takeMore(_ count: Int) throws {
    for number in 0..<count {
      try lake.take(["n\(number)|S\(number % 3)|\(number).00"], as: "more\(number)")
      try lake.refresh(["silver"], run: "more\(number)")
    }
    try lake.refresh(["gold"], run: "last")
  }

  @Test func `small files become one, and each row stays`() throws {
    try takeMore(6)
    let before = try lake.sales()
    let outcome = try #require(try optimize().first)
    #expect(outcome.removedCount > 6)
    #expect(outcome.addedCount == 1)
    #expect(outcome.rowCount == before.count)
    #expect(try lake.sales() == before)
    #expect(try optimize().isEmpty)
    let (_, table) = try run()
    #expect(try table.table.snapshot()?.files.count == 1)
  }

  @Test func `what is little beside one large file is left`() throws {
    let (run, table) = try run(target: 1)
    #expect(try run.plan(table)?.groups.isEmpty == true)
  }

  @Test func `readers see nothing new`() throws {
    try takeMore(3)
    let view = lake.opened().table(LakeTableName(schema: "gold", name: "daily"))
    let day = try lake.rows("SELECT * FROM gold.daily")
    let files = try view.snapshot()?.files
    try optimize()
    let reports = try lake.refresh(["silver", "gold"], run: "after")
    #expect(reports.map(\.change.inserted) == [0])
    #expect(try view.snapshot()?.files == files)
    #expect(try lake.rows("SELECT * FROM gold.daily") == day)
    #expect(try lake.refresh(["silver", "gold"], run: "again").isEmpty)
  }

  @Test func `an upsert after it finds each key`() throws {
    try takeMore(3)
    try optimize()
    try lake.take(["a|S9|9.99", "n1|S9|8.88"], as: "upsert")
    try lake.refresh(["silver", "gold"], run: "upsert")
    #expect(
      try lake.sales() == ["a|9.99", "b|2.50", "c|3.00", "n0|0.00", "n1|8.88", "n2|2.00"])
  }

  @Test func `the key index follows without a look at the rows`() throws {
    try takeMore(3)
    let (_, table) = try run()
    let index = KeyIndex(table.table, columns: ["id"], scratchFolder: lake.folder.file("spill"))
    let count = try index.caughtUp(to: snapshot(table))?.entryCount
    try optimize()
    let after = try #require(try index.caughtUp(to: snapshot(table)))
    #expect(after.entryCount == count)
    let keys = Batch(
      Schema([Field("id", .string)]), [.constant(.string("n2"), .string, count: 1)], rowCount: 1)
    if case .partitions(let found) = try after.whereabouts(of: keys) { #expect(!found.isEmpty) }
  }

  @Test func `rows that were appended and moved since an index was written are in it`() throws {
    let (_, table) = try run()
    let index = KeyIndex(table.table, columns: ["store"], scratchFolder: lake.folder.file("spill"))
    _ = try index.caughtUp(to: snapshot(table))
    try takeMore(3)
    try optimize()
    let after = try #require(try index.caughtUp(to: snapshot(table)))
    let keys = Batch(
      Schema([Field("store", .string)]), [.constant(.string("S0"), .string, count: 1)],
      rowCount: 1)
    if case .partitions(let found) = try after.whereabouts(of: keys) { #expect(!found.isEmpty) }
  }

  private func snapshot(_ table: MaintainedTable) throws -> Snapshot {
    try #require(try Table(table.table.path, LocalFileSystem()).snapshot())
  }

  private func context(_ run: String) -> CommitContext {
    CommitContext(engine: "test", operation: "WRITE", runID: run, clock: .ofTests)
  }

  private func row(_ id: String, in table: Table) throws -> BatchList {
    let schema = try #require(try table.snapshot()).schema
    let columns = schema.fields.map { field in
      Column.constant(field.name == "id" ? .string(id) : .null, field.type, count: 1)
    }
    return BatchList(schema, [Batch(schema, columns, rowCount: 1)])
  }

  @Test func `rows that another writer appends meanwhile stay`() throws {
    let table = try run().table.table
    let base = try #require(try table.snapshot())
    var transaction = try Transaction(table, on: base, context("optimize"))
    _ = try transaction.rearrange(
      base.files, as: SourceList(base.schema, try base.scan().sources()), taggedAs: nil,
      byteLimit: 1 << 20)
    try table.update(context("append")) { try $0.append(row("z", in: table)) }
    guard case .committed(let version, _) = try transaction.commit() else {
      Issue.record("the rearrangement was not committed")
      return
    }
    #expect(version == base.version + 2)
    #expect(try lake.rows("SELECT id FROM silver.sales") == ["a", "b", "c", "z"])
  }

  @Test func `rows that another writer changes meanwhile make it begin anew`() throws {
    let table = try run().table.table
    let base = try #require(try table.snapshot())
    var transaction = try Transaction(table, on: base, context("optimize"))
    _ = try transaction.rearrange(
      base.files, as: SourceList(base.schema, try base.scan().sources()), taggedAs: nil,
      byteLimit: 1 << 20)
    try table.update(context("merge")) {
      _ = try $0.merge(on: ["id"], upserts: row("a", in: table))
    }
    guard case .conflicted = try transaction.commit() else {
      Issue.record("both were committed")
      return
    }
    #expect(try lake.sales() == ["a|NULL", "b|2.50", "c|3.00"])
  }

  @Test func `an upsert that meets a rearrangement is worked out anew`() throws {
    try takeMore(3)
    let table = try run().table.table
    var attempts = 0
    try table.update(context("merge")) { transaction in
      _ = try transaction.merge(on: ["id"], upserts: row("n1", in: table))
      attempts += 1
      if attempts == 1 { try optimize() }
    }
    #expect(attempts == 2)
    #expect(try lake.sales() == ["a|1.00", "b|2.50", "c|3.00", "n0|0.00", "n1|NULL", "n2|2.00"])
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `one that dies at any step changes no row`(_ mode: FaultyFileSystem.Mode) throws {
    func prepared() throws -> LayoutTests {
      let site = try LayoutTests()
      try site.takeMore(1)
      return site
    }
    let rows = ["a|1.00", "b|2.50", "c|3.00", "n0|0.00"]
    let counting = FaultyFileSystem()
    try prepared().optimize(counting)
    #expect(counting.stepCount > 8)
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 5) {
      let site = try prepared()
      _ = try? site.optimize(FaultyFileSystem(faultAt: step, mode))
      #expect(try site.lake.sales() == rows, "\(mode), step \(step)")
      try site.optimize()
      try site.lake.refresh(["silver", "gold"], run: "after")
      #expect(try site.lake.sales() == rows, "\(mode), step \(step)")
    }
  }

  private func optimize(_ files: any FileSystem) throws { try optimize(target: nil, files) }

  // MARK: Order

  @Test(arguments: [2, 3])
  func `the curve goes through each cell, and always to a neighbour`(_ dimensions: Int) {
    let curve = HilbertCurve(dimensionCount: dimensions)
    let side: UInt32 = dimensions == 2 ? 64 : 16
    var cells: [[UInt32]] = [[]]
    for _ in 0..<dimensions { cells = cells.flatMap { cell in (0..<side).map { cell + [$0] } } }
    let ordered = cells.map { ($0, curve.number(of: $0)) }.sorted { $0.1 < $1.1 }
    #expect(Set(ordered.map(\.1)).count == cells.count)
    for (one, next) in zip(ordered, ordered.dropFirst()) {
      let distance = zip(one.0, next.0).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(distance == 1)
      if distance != 1 { return }
    }
  }

  @Test func `a clustered table answers from few files, whatever column is asked`() throws {
    let folder = Workdir()
    let table = Table(folder.file("lake/gold/points"), LocalFileSystem())
    let schema = Schema([
      Field("a", .decimal(precision: 12, scale: 2)), Field("b", .string), Field("c", .boolean),
    ])
    var random = SeededRandom(7)
    for part in 0..<4 {
      let builders = schema.fields.map { ColumnBuilder($0.type) }
      for _ in 0..<20_000 {
        let value = Int.random(in: -5_000...5_000, using: &random)
        builders[0].append(decimal: Decimal(unscaled: Int128(value), scale: 2))
        let text = Int.random(in: 0...9_999, using: &random)
        builders[1].append(
          text % 50 == 0 ? .null : .string("a long common beginning \(padded(text, 5))"))
        builders[2].append(boolean: value % 2 == 0)
      }
      let batch = Batch(schema, builders.map { $0.finish() }, rowCount: 20_000)
      try table.update(context("part\(part)")) { transaction in
        if part == 0 {
          try transaction.create(
            TableDefinition(schema: schema, properties: [LayoutPlan.clusterProperty: "a, b"]))
        }
        try transaction.append(BatchList(schema, batch.pieces()))
      }
    }
    try folder.write("jobs/spark-pipeline.yml", "name: t\nlibraries: [{glob: {include: x/**}}]\n")
    let workspace = try Workspace(
      lake: Lake(
        root: folder.file("lake"), fileSystem: LocalFileSystem(), clock: .ofTests,
        runID: RunID(naming: "optimize")), jobsFolder: folder.file("jobs"))
    let loaded = try #require(try table.snapshot())
    let before = try RowChecksum(in: loaded)
    let run = LayoutRun(workspace, lake.context(memoryLimit: 4 << 20), target: 32 << 10)
    try run.optimize(try workspace.maintainedTable(named: "gold.points")) { _ in }
    let snapshot = try #require(try table.snapshot())
    #expect(try RowChecksum(in: snapshot) == before)
    #expect(snapshot.files.count >= 6)
    let all = snapshot.files.count
    func fileCount(_ predicates: [ColumnPredicate]) throws -> Int {
      try snapshot.scan(predicates: predicates).files.count
    }
    let low = Scalar.decimal(Decimal(unscaled: -4_500, scale: 2))
    #expect(try fileCount([ColumnPredicate("a", .less(low))]) * 2 <= all)
    let text = Scalar.string("a long common beginning 00500")
    #expect(try fileCount([ColumnPredicate("b", .less(text))]) * 3 <= all * 2)
    let next = try run.plan(try workspace.maintainedTable(named: "gold.points"))
    #expect(next?.groups.isEmpty == true)
  }
}
