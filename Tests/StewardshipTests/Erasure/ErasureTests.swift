import Columnar
import Core
import Delta
import LakeJobs
import LakeSupport
import Maintenance
import Parquet
import Stewardship
import TestSupport
import Testing

/// A person leaves all places, and everybody and every sum stays.
@Suite struct ErasureTests {
  private static let approved = "m.weber"

  private func erase(
    _ lake: PersonLake, _ plan: ErasurePlan, _ files: any FileSystem = LocalFileSystem()
  ) throws -> ErasureCertificate {
    try lake.erasure(files).apply(plan, approvedBy: Self.approved) { _ in }
  }

  @Test(arguments: [false, true])
  func `nothing tells the person afterwards, in any version of any file`(sealed: Bool) throws {
    let lake = try PersonLake(sealed: sealed)
    try lake.fill()
    let (totals, others, versions) = (try lake.totals(), try lake.others(), try lake.versions())
    #expect(try !lake.places(of: "K-3").isEmpty)
    let plan = try lake.plan()
    #expect(try lake.totals() == totals)
    let certificate = try erase(lake, plan)
    for text in PersonLake.telling {
      let places = try lake.places(of: text)
      #expect(places == [], "\(text)")
    }
    #expect(try lake.places(of: "C-33 came").count > 0)
    #expect(try lake.totals() == totals)
    #expect(try lake.others() == others)
    #expect(try lake.versions() == versions)
    #expect(certificate.places.contains { $0.kind == .bronze && $0.count > 0 })
    #expect(certificate.places.contains { $0.kind == .warehouse })
    #expect(certificate.searchedFiles > 20)
    // What is there is what bronze gives.
    let standing =
      try lake.lake.rows("SELECT * FROM silver.customers")
      + lake.lake.rows("SELECT * FROM silver.sales") + lake.lake.rows("SELECT * FROM gold.spent")
    try lake.refresh(isFull: true)
    #expect(
      try lake.lake.rows("SELECT * FROM silver.customers")
        + lake.lake.rows("SELECT * FROM silver.sales")
        + lake.lake.rows("SELECT * FROM gold.spent") == standing)
    #expect(try lake.totals() == totals)
  }

  @Test func `rows that are marked as gone lose the person too, and stay gone`() throws {
    let lake = try PersonLake()
    try lake.fill()
    let sales = try lake.lake.workspace().lake.table(LakeTableName(schema: "silver", name: "sales"))
    let keys = Schema([Field("id", .string)])
    try sales.update(
      CommitContext(
        engine: "test", operation: "DELETE", runID: "marks", clock: Clock(now: .ofTests))
    ) { change in
      change.setProperties(["delta.enableDeletionVectors": "true"])
      change.leastMarkedByteCount = 0
      let gone = ColumnBuilder(.string)
      gone.append(.string("s2"))
      let schema = try #require(change.snapshot?.schema)
      _ = try change.merge(
        on: ["id"], upserts: BatchList(schema, []),
        deletions: BatchList(keys, [Batch(keys, [gone.finish()], rowCount: 1)]))
    }
    let before = try lake.lake.rows("SELECT id, amount FROM silver.sales ORDER BY id")
    #expect(before.count == 10)
    let marked = try #require(try sales.snapshot()?.files.first { $0.deletionVector != nil })
    _ = try erase(lake, try lake.plan())
    for text in PersonLake.telling {
      let places = try lake.places(of: text)
      #expect(places == [], "\(text)")
    }
    #expect(try lake.lake.rows("SELECT id, amount FROM silver.sales ORDER BY id") == before)
    let after = try #require(try sales.snapshot()?.files.first { $0.path == marked.path })
    #expect(after.deletionVector == marked.deletionVector)
    #expect(after.statisticsText?.contains(#""tightBounds":false"#) == true)
  }

  @Test func `files that know columns by names of their own lose the person too`() throws {
    let lake = try PersonLake()
    try lake.fill()
    let customers = try lake.lake.workspace().lake.table(
      LakeTableName(schema: "silver", name: "customers"))
    let context = CommitContext(
      engine: "test", operation: "REPLACE", runID: "map", clock: Clock(now: .ofTests))
    let before = try #require(try customers.snapshot())
    let rows = try before.scan().sources()
    try customers.update(context) { change in
      var properties = before.properties
      properties["delta.columnMapping.mode"] = "name"
      try change.overwriteAll(
        BatchList(before.schema, []),
        as: TableDefinition(schema: Schema([Field("no", .int), Field("one", .int)])))
      try change.overwriteAll(
        SourceList(before.schema, rows),
        as: TableDefinition(schema: before.schema, properties: properties))
    }
    let mapped = try #require(try customers.snapshot())
    #expect(mapped.physicalSchema.names.allSatisfy { $0.hasPrefix("col-") })
    _ = try erase(lake, try lake.plan())
    for text in PersonLake.telling {
      let places = try lake.places(of: text)
      #expect(places == [], "\(text)")
    }
    let after = try #require(try customers.snapshot())
    #expect(after.files.map(\.path) == mapped.files.map(\.path))
    #expect(try lake.lake.rows("SELECT * FROM silver.customers").count > 1)
    for file in after.files {
      let path = try customers.location(ofFile: file.path)
      let reader = try FileReader(
        LocalFileSystem().open(path), numberedBy: ColumnMapping.idKey, at: Place(path))
      #expect(reader.schema.fields.allSatisfy { $0.metadata[ColumnMapping.idKey] != nil })
    }
  }

  @Test func `a warehouse on a server loses the person too`() throws {
    guard let server = PostgreSQLServer() else { return }
    let folder = server.address.split(separator: " ")[0].dropFirst("host=".count)
    let host = folder.replacing("/", with: "%2F")
    let lake = try PersonLake(server: "postgresql://tester@\(host)/postgres")
    try lake.fill()
    let totals = try lake.totals()
    let rows = "SELECT customer_key, customer_id, name, email FROM dim_customer ORDER BY 1"
    let before = try lake.stored(rows)
    let plan = try lake.plan()
    let substitute = try #require(plan.substitutes["customer_id"]?["C-3"])
    #expect(try erase(lake, plan).places.contains { $0.name == "warehouse.dim_customer" })
    #expect(try lake.totals() == totals)
    let after = try lake.stored(rows)
    #expect(after.count == before.count)
    #expect(before.filter { !after.contains($0) }.allSatisfy { $0.contains("\"C-3\"") })
    #expect(after.filter { !before.contains($0) }.allSatisfy { $0.contains(substitute) })
    #expect(!after.contains { $0.contains("C-3\"") || $0.contains("odd3") })
    // The next load finds nothing to do.
    try lake.refresh()
    #expect(try lake.stored(rows) == after)
  }

  @Test func `one substitute stands for a key in all places`() throws {
    let lake = try PersonLake()
    try lake.fill()
    let before = try lake.lake.rows(
      "SELECT sum(amount), sum(sales) FROM gold.spent WHERE customer_id = 'C-3'")
    let plan = try lake.plan()
    let substitute = try #require(plan.substitutes["customer_id"]?["C-3"])
    _ = try erase(lake, plan)
    #expect(
      try lake.lake.rows(
        "SELECT sum(amount), sum(sales) FROM gold.spent WHERE customer_id = '\(substitute)'")
        == before)
    #expect(
      try lake.lake.rows(
        "SELECT email, name FROM silver.customers WHERE customer_id = '\(substitute)'")
        == ["erased|erased"])
    #expect(
      try lake.lake.rows(
        "SELECT count(*) FROM bronze.crm "
          + "WHERE customer_id = '\(substitute)' AND name = 'erased'") == ["2"])
  }

  @Test func `the lake is sound afterwards, and takes what comes`() throws {
    let lake = try PersonLake()
    try lake.fill()
    _ = try erase(lake, try lake.plan())
    let workspace = try lake.lake.workspace()
    let audit = LakeAudit(workspace, .full)
    for subject in try audit.subjects(named: []) {
      let findings = try audit.findings(of: subject, repairs: false).filter { $0.level == .damage }
      #expect(findings.isEmpty, "\(subject.name): \(findings)")
    }
    #expect(try lake.lake.refresh(["silver", "gold"]).isEmpty)
    let changes = try lake.lake.rows(
      "SELECT customer_id, _change_type FROM table_changes('silver.customers', 0)")
    #expect(!changes.isEmpty && !changes.contains { $0.hasPrefix("C-3|") })
  }

  @Test func `a column that nobody has looked at stops it`() throws {
    let lake = try PersonLake()
    try lake.fill()
    try lake.lake.write(
      "labels.yml", "tables: {bronze.crm: {customer_id: none, email: email, name: name}}\n")
    let fault = #expect(throws: Fault.self) { try lake.plan() }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.contains("'seq' of 'bronze.crm'") == true)
  }

  @Test func `a second plan finds nobody`() throws {
    let lake = try PersonLake()
    try lake.fill()
    _ = try erase(lake, try lake.plan())
    let fault = #expect(throws: Fault.self) { try lake.plan() }
    #expect(fault?.kind == .missing)
    #expect(try lake.plan("C-4").places.count > 5)
  }

  @Test func `the record tells nobody, and has a restored lake erased again`() throws {
    let lake = try PersonLake()
    try lake.fill()
    let root = lake.lake.folder.file("lake")
    try copyTree(root, to: lake.lake.folder.file("backup"))
    _ = try erase(lake, try lake.plan())
    let record = "\(root)/\(ErasureFolder.record)"
    let text = String(decoding: try LocalFileSystem().read(record), as: UTF8.self)
    #expect(!text.contains("C-3") && !text.contains("K-3"))
    // The backup comes back, and the record with it.
    let kept = try LocalFileSystem().read(record)
    removeTree(root)
    try copyTree(lake.lake.folder.file("backup"), to: root)
    try LocalFileSystem().replace(record, kept)
    #expect(try !lake.places(of: "K-3").isEmpty)
    #expect(try lake.erasure().eraseAgain().count == 1)
    for text in PersonLake.telling {
      let places = try lake.places(of: text)
      #expect(places == [], "\(text)")
    }
    #expect(try lake.erasure().eraseAgain().isEmpty)
  }

  @Test(arguments: [FaultyFileSystem.Mode.kill, .killLosingNames])
  func `one that stops at any step is gone on with`(mode: FaultyFileSystem.Mode) throws {
    let whole = try PersonLake()
    try whole.fill()
    let plan = try whole.plan()
    let backup = whole.lake.folder.file("backup")
    let root = whole.lake.folder.file("lake")
    try copyTree(root, to: backup)
    let totals = try whole.totals()
    let counting = FaultyFileSystem()
    _ = try erase(whole, plan, counting)
    let others = try whole.others()
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 61) {
      removeTree(root)
      try copyTree(backup, to: root)
      _ = try? erase(whole, plan, FaultyFileSystem(faultAt: step, mode))
      #expect(try whole.totals() == totals, "step \(step)")
      #expect(try whole.others() == others, "step \(step)")
      _ = try erase(whole, plan)
      for text in PersonLake.telling {
        #expect(try whole.places(of: text) == [], "\(text), step \(step)")
      }
      #expect(try whole.totals() == totals, "after step \(step)")
    }
  }

  private func copyTree(_ source: String, to target: String) throws {
    let files = LocalFileSystem()
    if try files.status(of: source)?.isDirectory == true {
      try files.createDirectory(target)
      for name in try files.list(source) {
        try copyTree("\(source)/\(name)", to: "\(target)/\(name)")
      }
    } else {
      try files.replace(target, files.read(source))
    }
  }
}
