import TestSupport
import Testing

/// Tills that begin to send a new field: what the tools do before the job files ask for it, when
/// they do, and when all is made anew.
@Suite struct SchemaEvolutionTests {
  private let pipeline: Pipeline

  init() throws {
    pipeline = try Pipeline(jobs: "jobs")
    try pipeline.shell("rm -r jobs && mkdir jobs")
    for (name, text) in Self.jobs { try pipeline.folder.write("jobs/\(name)", text) }
    try ingest("1", line: "", event: "")
    try refresh()
  }

  private static let jobs: [(name: String, text: String)] = [
    (
      "spark-pipeline.yml",
      """
      name: tills
      libraries:
        - glob: {include: silver/**}
        - glob: {include: gold/**}
        - glob: {include: warehouse/**}
      """
    ),
    ("sources.yml", "landing:\n  pos: {folder: landing/pos, entity: events, tool: ingest-pos}\n"),
    (
      "setup.sql",
      """
      CREATE SCHEMA IF NOT EXISTS bronze;
      CREATE TABLE bronze.events (event_id STRING, event_type STRING, event_time STRING,
        store STRING, lines ARRAY<STRUCT<sku: STRING, price: STRING>>
      ) USING json LOCATION 'pos/events';
      """
    ),
    (
      "silver/sales.sql",
      """
      CREATE TEMPORARY VIEW typed AS
      SELECT e.event_id, try_cast(e.event_time AS TIMESTAMP) AS at, e.store, l.position AS line_no,
        l.line.sku AS sku, try_cast(l.line.price AS DECIMAL(12,2)) AS price
      FROM STREAM(bronze.events) AS e LATERAL VIEW OUTER posexplode(e.lines) l AS position, line;

      CREATE STREAMING TABLE silver.sales
      TBLPROPERTIES ('expect.priced' = "price IS NOT NULL ON VIOLATION QUARANTINE",
        'expect.has_line' = "line_no IS NOT NULL ON VIOLATION QUARANTINE");

      CREATE FLOW sales_flow AS AUTO CDC INTO silver.sales FROM STREAM(typed)
      KEYS (event_id, line_no) SEQUENCE BY at STORED AS SCD TYPE 1;
      """
    ),
    (
      "gold/sold.sql",
      """
      CREATE MATERIALIZED VIEW gold.sold AS
      SELECT event_id, store, date(at) AS day, sum(price) AS net
      FROM silver.sales GROUP BY event_id, store, date(at);
      """
    ),
    (
      "warehouse/star.sql",
      """
      CREATE MATERIALIZED VIEW warehouse.dim_store
      TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'store') AS
      SELECT DISTINCT store FROM silver.sales;

      CREATE MATERIALIZED VIEW warehouse.fact_sold
      TBLPROPERTIES ('fact' = 'incremental', 'key' = 'event_id',
        'lookup.store_key' = 'dim_store(store)') AS
      SELECT event_id, store, day, net FROM gold.sold;
      """
    ),
  ]

  /// Takes an event of one line; `line` and `event` are more members of them.
  private func ingest(_ id: String, line: String, event: String) throws {
    let text = """
      {"event_id":"\(id)","event_type":"sale","event_time":"2026-03-01T09:00:00Z","store":"S",\
      "lines":[{"sku":"P","price":"\(id).50"\(line)}]\(event)}

      """
    try pipeline.tool("ingest-pos", ["-"], input: text)
  }

  private func refresh(_ options: [String] = []) throws {
    for name in ["bronze2silver", "silver2gold", "load-dims", "load-facts"] {
      try pipeline.tool(name, options)
    }
  }

  private func edit(_ file: String, _ old: String, _ new: String) throws {
    let text = try pipeline.folder.read("jobs/\(file)")
    try #require(text.contains(old), "\(file): \(old)")
    try pipeline.folder.write("jobs/\(file)", text.replacing(old, with: new))
  }

  /// Has every layer ask for the tills' new fields.
  private func askForNewFields() throws {
    try edit("setup.sql", "price: STRING>>", "price: STRING, reason: STRING>>, channel STRING")
    try edit(
      "silver/sales.sql", "l.line.sku AS sku,", "l.line.sku AS sku, l.line.reason, e.channel,")
    try edit("gold/sold.sql", "sum(price) AS net", "sum(price) AS net, max(channel) AS channel")
    try edit("warehouse/star.sql", "day, net FROM", "day, net, channel FROM")
  }

  private let silver = "SELECT event_id, channel, reason FROM silver.sales ORDER BY event_id"

  @Test func `a field goes from the tills to the warehouse, with what was sent before`() throws {
    try ingest("2", line: #","reason":"damaged""#, event: #","channel":"app""#)
    try refresh()
    #expect(try pipeline.warehouse("SELECT count(*) FROM fact_sold") == "2")
    try askForNewFields()
    // Nothing is new but the job files.
    try refresh()
    #expect(try pipeline.rows(silver) == [["1", "", ""], ["2", "app", "damaged"]])
    try ingest("3", line: #","reason":"old stock""#, event: #","channel":"web""#)
    try refresh()
    #expect(
      try pipeline.rows(silver) == [
        ["1", "", ""], ["2", "app", "damaged"], ["3", "web", "old stock"],
      ])
    let facts = "SELECT event_id, coalesce(channel, '-') FROM fact_sold ORDER BY event_id"
    #expect(try pipeline.warehouse(facts) == "1 -\n2 app\n3 web")
    let downstream = try pipeline.tool("lineage", ["downstream", "bronze.events.channel"])
    #expect(downstream.contains("fact_sold"))
    try refresh(["--full-refresh"])
    #expect(
      try pipeline.rows(silver) == [
        ["1", "", ""], ["2", "app", "damaged"], ["3", "web", "old stock"],
      ])
    #expect(try pipeline.warehouse(facts) == "1 -\n2 app\n3 web")
  }

  @Test(arguments: [
    (#","channel":{"kind":"app","version":2}"#, #"{"kind":"app","version":2}"#),
    (#","channel":["app"]"#, #"["app"]"#), (#","channel":7"#, "7"), (#","channel":true"#, "true"),
  ])
  func `a field that changes its kind is text in silver, and no run stops`(
    _ event: String, _ text: String
  ) throws {
    try askForNewFields()
    try ingest("2", line: "", event: event)
    try refresh()
    let run = try pipeline.tool(
      "lake-sql", ["--format", "json", "SELECT channel FROM silver.sales WHERE event_id = '2'"])
    #expect(run.contains(text) || run.contains(text.replacing("\"", with: "\\\"")), "\(run)")
  }

  @Test(arguments: [#""P 7.00""#, #"{"sku":"P"}"#, #"["P"]"#, "7"])
  func `an array that comes as something else is set aside`(_ lines: String) throws {
    let event = """
      {"event_id":"2","event_type":"sale","event_time":"2026-03-01T09:00:00Z","store":"S",\
      "lines":\(lines)}

      """
    try pipeline.tool("ingest-pos", ["-"], input: event)
    try ingest("3", line: "", event: "")
    try refresh()
    #expect(try pipeline.rows("SELECT count(*) FROM silver.sales") == [["2"]])
    #expect(
      try pipeline.rows("SELECT count(*) FROM quarantine.events WHERE raw LIKE '%\"2\"%'")
        == [["1"]])
  }

  @Test func `a type that changes stops silver alone, with what to do`() throws {
    try edit("silver/sales.sql", "DECIMAL(12,2)", "INT")
    let run = try pipeline.attempt("bronze2silver")
    #expect(run.status == 78)
    #expect(run.talk.contains("'price' is DECIMAL(12,2) and would become INT"), "\(run.talk)")
    #expect(run.talk.contains("--full-refresh silver.sales"), "\(run.talk)")
    #expect(try pipeline.rows("SELECT price FROM silver.sales") == [["1.50"]])
    try edit("silver/sales.sql", "AS INT)", "AS DECIMAL(14,3))")
    try pipeline.tool("bronze2silver", ["--full-refresh", "silver.sales"])
    try pipeline.tool("silver2gold")
    #expect(try pipeline.rows("SELECT net FROM gold.sold") == [["1.500"]])
    try pipeline.tool("load-facts")
    #expect(try pipeline.warehouse("SELECT net FROM fact_sold") == "1.5")
  }
}
