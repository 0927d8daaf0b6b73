import Governance
import JSON
import Testing

@Suite struct LineageGraphTests {
  private let raw = DatasetName("bronze.pos_events")
  private let sales = DatasetName("silver.sales")
  private let daily = DatasetName("gold.daily")
  private let facts = DatasetName("warehouse.fact_sales")

  private var graph: LineageGraph {
    LineageGraph([
      Derivation(
        job: "bronze2silver", inputs: [raw], output: sales,
        columns: [
          ColumnEdge(from: raw, "event", to: sales, "amount", Influence(.transformation)),
          ColumnEdge(from: raw, "event", to: sales, "time", Influence(.transformation)),
          ColumnEdge(from: raw, "kind", to: sales, nil, Influence(.filter)),
        ]),
      Derivation(job: "silver2gold", inputs: [sales], output: daily, columns: Example.edges),
      Derivation(
        job: "load-facts", inputs: [sales, daily], output: facts,
        columns: [ColumnEdge(from: sales, "amount", to: facts, "amount", Influence(.identity))]),
    ])
  }

  @Test func `a column is walked to its sources`() throws {
    let node = try #require(graph.node(named: "gold.daily.net"))
    let lineage = graph.lineage(of: node, .upstream)
    #expect(
      lineage.reached.map(\.description) == [
        "bronze.pos_events.event", "bronze.pos_events.kind", "silver.sales.amount",
        "silver.sales.time", "silver.sales.voided",
      ])
    #expect(lineage.jobs == ["bronze2silver", "silver2gold"])
    let direct = graph.lineage(of: node, .upstream, directOnly: true)
    #expect(
      direct.reached.map(\.description) == ["bronze.pos_events.event", "silver.sales.amount"])
    #expect(graph.lineage(of: node, .upstream, depth: 1, directOnly: true).reached.count == 1)
  }

  @Test func `the impact of a filter column is the dataset and all that is made from it`() throws {
    let node = try #require(graph.node(named: "silver.sales.voided"))
    #expect(
      graph.lineage(of: node, .downstream).reached.map(\.description) == [
        "gold.daily", "warehouse.fact_sales",
      ])
  }

  @Test func `a dataset is walked by datasets`() throws {
    let node = try #require(graph.node(named: "silver.sales"))
    #expect(
      graph.lineage(of: node, .downstream).text == """
        silver.sales
        ├─ gold.daily
        │  └─ warehouse.fact_sales
        └─ warehouse.fact_sales

        """)
    #expect(graph.lineage(of: node, .upstream).reached == [LineageNode(raw)])
    #expect(graph.node(named: "silver.sale") == nil)
    #expect(graph.node(named: "silver.sales.nothing") == nil)
  }

  @Test func `a circle is walked once`() {
    let a = DatasetName("a")
    let b = DatasetName("b")
    let graph = LineageGraph([
      Derivation(job: "x", inputs: [a], output: b), Derivation(job: "y", inputs: [b], output: a),
    ])
    let lineage = graph.lineage(of: LineageNode(a), .downstream)
    #expect(lineage.text == "a\n└─ b\n   └─ a  (above)\n")
    #expect(graph.dependencies().map(\.output) == [b, a])
  }

  @Test func `events build the same graph, and the later run counts`() throws {
    var older = Example.event
    older.inputs = [LineageDataset(raw)]
    var failed = older
    failed.state = .fail
    let graph = LineageGraph(events: [older, Example.event, failed])
    #expect(graph.datasets == [daily, sales])
    let node = try #require(graph.node(named: "gold.daily.day"))
    #expect(
      graph.lineage(of: node, .upstream, directOnly: true).text == """
        gold.daily.day
        └─ silver.sales.time  (transformation)

        """)
  }

  @Test func `a walk is drawn as DOT and Mermaid, and told as JSON`() throws {
    let node = try #require(graph.node(named: "gold.daily.net"))
    let lineage = graph.lineage(of: node, .upstream, depth: 1, directOnly: true)
    #expect(
      lineage.dot == """
        digraph lineage {
          rankdir=LR;
          node [shape=box];
          "gold.daily.net" [style=bold];
          "silver.sales.amount";
          "silver.sales.amount" -> "gold.daily.net" [label="aggregation"];
        }

        """)
    #expect(
      lineage.mermaid == """
        flowchart LR
          n0["gold.daily.net"]
          n1["silver.sales.amount"]
          n1 -->|aggregation| n0

        """)
    #expect(lineage.json["steps"]?[0]?["influence"]?.string == "aggregation")
    #expect(lineage.json["nodes"]?.array?.count == 2)
  }

  @Test func `make rules stand in the order of need`() {
    let rules = graph.makeRules { table in
      table == raw
        ? nil
        : MakeRule("lake/\(table)", ["jobs/a b.sql"], recipe: ["make-it \(table)", "echo $HOME"])
    }
    #expect(
      rules.map(\.target).joined(separator: " ")
        == "lake/silver.sales lake/gold.daily lake/warehouse.fact_sales")
    #expect(
      rules[2].text == """
        lake/warehouse.fact_sales: jobs/a\\ b.sql lake/gold.daily lake/silver.sales
        \tmake-it warehouse.fact_sales
        \techo $$HOME

        """)
  }
}
