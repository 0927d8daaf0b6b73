import Core
import Governance
import Ingest
import LakeJobs
import LakeSupport
import Stewardship
import TestSupport
import Testing

/// What there is to be known of tables.
@Suite struct CatalogGathererTests {
  private func built() throws -> TestLake {
    let lake = try TestLake.sample()
    let ingest = try lake.eventIngest(into: "till", requiring: [])
    let lines = ["1", "2", "3"].map { id in
      """
      {"id":"\(id)","at":"2026-02-28T0\(id):00:00Z","store":"s\(id)","amount":"\(id).50",\
      "email":"e\(id)@example.org"}
      """
    }
    try lake.folder.write("day.ndjson", lines.joined(separator: "\n") + "\n")
    _ = try ingest.take([.file(lake.folder.file("day.ndjson"))])
    try lake.refresh(["silver", "gold"])
    return lake
  }

  @Test func `tables of all layers are there, by layer and name`() throws {
    let catalog = try Sample.catalog(of: try TestLake.sample())
    #expect(
      catalog.entries.map(\.name) == [
        "source.pos.till", "bronze.till", "silver.sales", "gold.daily", "warehouse.dim_store",
        "warehouse.fact_day",
      ])
    #expect(catalog.entry(named: "bronze.till")?.upstream == ["source.pos.till"])
    #expect(catalog.entry(named: "warehouse.fact_day")?.kind == .fact)
  }

  @Test func `a column tells what it is made from, and how`() throws {
    let catalog = try Sample.catalog(of: try TestLake.sample())
    let net = try #require(try catalog.find("daily.net").column)
    #expect(net.origins == [.init("silver.sales", "amount", "aggregation")])
    #expect(net.expression == "sum(silver.sales.amount)")
    let amount = try #require(try catalog.find("silver.sales.amount").column)
    #expect(amount.expression == "try_cast(bronze.till.amount as DECIMAL(12,2))")
    #expect(try catalog.find("silver.sales.store").column?.expression == nil)
  }

  @Test func `a copy of a column is described as what it copies`() throws {
    let lake = try TestLake.sample()
    try lake.write(
      "glossary/a.md",
      """
      ---
      owner: shop@example.org
      tables: ['silver.*']
      terms: {Amount: {columns: ['*.amount']}}
      columns: {bronze.till.store: where it was sold}
      ---
      ## Amount
      What was paid.
      """)
    let catalog = try Sample.catalog(of: lake)
    let store = try #require(try catalog.find("fact_day.store_key").entry.upstream.first)
    #expect(store == "gold.daily")
    #expect(try catalog.find("gold.daily.store").column?.description == "where it was sold")
    #expect(try catalog.find("gold.daily.store").column?.describedBy == "bronze.till.store")
    #expect(try catalog.find("silver.sales.amount").column?.terms == ["Amount"])
    #expect(try catalog.find("silver.sales.amount").column?.description == "What was paid.")
    #expect(catalog.entry(named: "silver.sales")?.owner == "shop@example.org")
  }

  @Test func `logs tell rows, versions and what was set aside`() throws {
    let lake = try built()
    let catalog = try Sample.catalog(of: lake, LocalFileSystem(), OpenBook(), samples: true)
    let sales = try #require(catalog.entry(named: "silver.sales"))
    #expect(sales.state?.rowCount == 3)
    #expect(sales.schemaHistory.map(\.version) == [0])
    #expect(sales.lastRun == nil)
    #expect(sales.column(named: "id")?.statistics?.nullCount == 0)
    #expect(sales.column(named: "id")?.statistics?.greatest == "3")
    #expect(sales.column(named: "email")?.samples.count == 3)
    #expect(catalog.entry(named: "bronze.till")?.state?.rowCount == 3)
  }

  @Test func `values are shown only where labels allow it`() throws {
    let lake = try built()
    let closed = try Sample.catalog(of: lake, samples: true)
    let open = try Sample.catalog(
      of: lake, LocalFileSystem(), OpenBook(hidden: ["email"]), samples: true)
    for entry in closed.entries {
      for column in entry.columns {
        #expect(column.samples.isEmpty && column.statistics?.least == nil)
      }
    }
    let email = try #require(try open.find("silver.sales.email").column)
    #expect(email.samples.isEmpty && email.statistics?.least == nil)
    #expect(email.labels == ["email"])
    #expect(try open.find("silver.sales.store").column?.samples == ["s1", "s2", "s3"])
  }

  @Test func `what the job folder says of columns follows them, and decides what is shown`() throws
  {
    let lake = try built()
    try lake.write(
      "labels.yml", "tables: {bronze.till: {id: none, at: none, email: email, store: none}}")
    let catalog = try Sample.catalog(of: lake, samples: true)
    let email = try #require(try catalog.find("silver.sales.email").column)
    #expect(email.labels == ["email"] && email.samples.isEmpty)
    let amount = try #require(try catalog.find("silver.sales.amount").column)
    #expect(amount.labels == ["restricted"] && amount.statistics?.least == nil)
    #expect(try catalog.find("silver.sales.store").column?.samples == ["s1", "s2", "s3"])
  }

  @Test func `a log that cannot be read leaves its entry, and the others`() throws {
    let lake = try built()
    try lake.folder.write("lake/gold/daily/_delta_log/00000000000000000000.json", "{torn")
    let catalog = try Sample.catalog(of: lake)
    let daily = try #require(catalog.entry(named: "gold.daily"))
    #expect(daily.standing == .notRead)
    #expect(daily.columns.map(\.name) == ["day", "store", "net"])
    #expect(catalog.entry(named: "silver.sales")?.standing == .there)
  }

  @Test func `a table that no job makes is told`() throws {
    let lake = try built()
    try lake.write("gold/daily.sql", "")
    try lake.write("warehouse/star.sql", "")
    try lake.write("quality/rules.yml", "{}")
    let catalog = try Sample.catalog(of: lake)
    let daily = try #require(catalog.entry(named: "gold.daily"))
    #expect(daily.kind == .strayTable)
    #expect(daily.columns.map(\.name) == ["day", "store", "net"])
  }

  @Test func `a broken job file makes nothing missing`() throws {
    let lake = try built()
    let look = try Sample.catalog(of: lake)
    let memory = CatalogMemory([
      CatalogCommit(
        version: 0, time: .ofTests, runID: "",
        changes: look.look.changes(since: CatalogMemory()))
    ])
    try lake.write("warehouse/star.sql", "CREATE MATERIALIZED VIEW warehouse.dim_store AS SELEC")
    let workspace = try Workspace(
      lake: lake.opened(), jobsFolder: lake.folder.file("jobs"), needing: .readable)
    let now = try CatalogGatherer(workspace) { _ in }.catalog()
    let changes = now.look.changes(since: memory)
    #expect(!changes.contains(.missing("warehouse.fact_day")))
    #expect(now.remembering(memory).entry(named: "warehouse.fact_day")?.standing == .notRead)
  }
}
