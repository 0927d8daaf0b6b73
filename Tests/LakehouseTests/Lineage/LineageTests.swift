import Core
import Governance
import LakeJobs
import LakeSupport
import Lakehouse
import Testing
import WarehouseJobs

@Suite struct LineageTests {
  private let lake: TestLake

  init() throws { lake = try .sample() }

  private var map: LineageMap {
    get throws {
      let workspace = try lake.workspace()
      return try LineageMap(workspace, try BoundJobs(workspace, complete: StarLineage.complete))
    }
  }

  private func sources(_ column: String) throws -> [String] {
    let map = try map
    return map.graph.lineage(
      of: try map.node(named: column), .upstream, depth: 1, directOnly: true
    ).steps.map { "\($0.input) \($0.influence?.words ?? "")" }
  }

  @Test func `all job files bind without a lake`() throws {
    #expect(try lake.workspace().check() == [])
  }

  @Test(arguments: [
    ("gold.daily.net", ["silver.sales.amount aggregation"]),
    ("gold.daily.day", ["silver.sales.at transformation"]),
    ("gold.daily.store", ["silver.sales.store identity"]),
    ("silver.sales.amount", ["bronze.till.amount transformation"]),
    ("silver.sales.at", ["bronze.till.at transformation"]),
    ("warehouse.fact_day.store_key", ["warehouse.dim_store.store_key identity"]),
    ("warehouse.dim_store.store_key", ["silver.sales.store transformation"]),
  ])
  func `a column knows what it is made from`(_ column: String, _ expected: [String]) throws {
    #expect(try sources(column) == expected)
  }

  @Test func `a filter decides over all columns, and a flow's keys order its rows`() throws {
    let map = try map
    let net = map.graph.lineage(of: try map.node(named: "gold.daily.net"), .upstream, depth: 1)
    let words = Set(net.steps.map { "\($0.input) \($0.influence?.words ?? "")" })
    #expect(words.contains("silver.sales.email filter"))
    #expect(words.contains("silver.sales.store group by"))
    let id = map.graph.lineage(of: try map.node(named: "silver.sales.id"), .upstream, depth: 1)
    let reasons = id.steps.map { "\($0.input) \($0.influence?.words ?? "")" }
    #expect(
      reasons.contains("bronze.till.amount filter"),
      "the rule that sets rows aside decides over them")
  }

  @Test func `names are found in any letter case, and without a schema`() throws {
    let map = try map
    #expect(try map.node(named: "GOLD.Daily.NET").description == "gold.daily.net")
    #expect(try map.node(named: "daily").description == "gold.daily")
    #expect(try map.node(named: "daily.net").description == "gold.daily.net")
    let table = #expect(throws: Fault.self) { try map.node(named: "gold.dayly") }
    #expect(table?.description == "there is no table 'gold.dayly'; did you mean 'gold.daily'?")
    let column = #expect(throws: Fault.self) { try map.node(named: "gold.daily.nett") }
    #expect(column?.description == "'gold.daily' has no column 'nett'; did you mean 'net'?")
  }

  @Test func `the impact of a column names tables, columns, warehouse tables and rules`() throws {
    let map = try map
    let impact = try Impact(of: try map.node(named: "silver.sales.amount"), in: map)
    #expect(impact.columns.map(\.description) == ["gold.daily.net", "warehouse.fact_day.net"])
    #expect(impact.tables.map(\.description) == ["gold.daily"])
    #expect(impact.warehouseTables.map(\.description) == ["warehouse.fact_day"])
    #expect(
      impact.rules.map { "\($0.table): \($0.name)" } == [
        "silver.sales: valid_amount", "silver.sales: no great amounts",
        "gold.daily: not_null: day, net", "gold.daily: days add up",
      ])
  }

  @Test func `a source's folder stands at the beginning`() throws {
    let map = try map
    let walk = map.graph.lineage(of: try map.node(named: "bronze.till"), .upstream)
    #expect(walk.reached.map(\.description) == ["file:landing/pos"])
  }

  @Test func `make rules name the tool of each layer and what must stand first`() throws {
    let rules = TableRules(try lake.workspace().jobs)
    #expect(
      rules.makefile() == """
        # What each table needs, from the job files.
        export BIN
        .PHONY: silver.sales gold.daily warehouse.dim_store warehouse.fact_day history

        silver.sales:
        \t\(call("bronze2silver", "silver.sales"))

        gold.daily: silver.sales
        \t\(call("silver2gold", "gold.daily"))

        warehouse.dim_store: silver.sales
        \t\(call("load-dims", "warehouse.dim_store"))

        warehouse.fact_day: gold.daily warehouse.dim_store
        \t\(call("load-facts", "warehouse.fact_day"))

        history:
        \t@:

        """)
  }

  /// The recipe that calls `tool` on `table`.
  private func call(_ tool: String, _ table: String) -> String {
    "@[ ! -x \"$$BIN/run-job\" ] || exec \"$$BIN/run-job\" \(table) --retries \"$${RETRIES:-0}\" "
      + "--wait 60s -- \"$$BIN/\(tool)\" \(table); exec \"$$BIN/\(tool)\" \(table)"
  }

  @Test func `a job that does not bind is told once, with its place`() throws {
    try lake.write(
      "gold/daily.sql",
      "CREATE MATERIALIZED VIEW gold.daily AS\nSELECT stor, 1 AS day, 2 AS net FROM silver.sales;")
    let faults = try lake.workspace().check()
    #expect(faults.count == 1)
    #expect(faults.first?.kind == .configuration)
    #expect(faults.first?.place?.line == 2)
    #expect(faults.first?.remedy.contains("store") == true)
  }
}
