import TestSupport
import Testing

/// What a tired person does at six in the morning: the right status, the right message, and nothing
/// published.
@Suite(.serialized) struct MisuseTests {
  private static let event =
    #"{"event_id":"e1","event_type":"sale","event_time":"2026-01-01T10:00:00Z","lines":[]}"#

  private let pipeline: Pipeline

  init() throws {
    pipeline = try Pipeline()
    try pipeline.shell("rm -r landing sources")
  }

  @Test(arguments: [
    "ingest-pos", "ingest-files", "cdc-extract", "bronze2silver", "silver2gold", "dq-check",
    "load-dims", "load-facts", "lineage", "lake-sql",
  ])
  func `a tool helps, refuses unknown options, and notices a full device`(_ tool: String) throws {
    let help = try pipeline.attempt(tool, ["--help"])
    #expect(help.status == 0)
    #expect(help.text.hasPrefix("Usage: \(tool)"))
    #expect(help.text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(help.text)")
    let unknown = try pipeline.attempt(tool, ["--nonsense"])
    #expect(unknown.status == 64)
    #expect(unknown.talk.hasPrefix("\(tool): ") && unknown.talk.contains("; "))
    let full = try ToolRun(tool, ["--help"], in: pipeline.folder.path, outputPath: "/dev/full")
    #expect(full.status == 74)
  }

  @Test func `garbage is refused whole`() throws {
    try pipeline.shell("head -c 100000 /dev/urandom > garbage.bin; echo '[1,2]' > array.ndjson")
    for file in ["garbage.bin", "array.ndjson"] {
      let run = try pipeline.attempt("ingest-pos", [file])
      #expect(run.status == 65, "\(run.talk)")
      #expect(run.talk.hasPrefix("ingest-pos:\(file):"))
    }
    #expect(try pipeline.shell("find lake -name '*.zst' -o -name '0*.json' | wc -l") == "0")
  }

  @Test func `a file that is not there, or a folder, is status 66`() throws {
    for name in ["nowhere.ndjson", "jobs"] {
      let run = try pipeline.attempt("ingest-pos", [name])
      #expect(run.status == 66)
      #expect(run.talk.hasPrefix("ingest-pos:\(name): "))
    }
  }

  @Test func `an empty file is nothing to do`() throws {
    try pipeline.shell(": > empty.ndjson")
    let run = try pipeline.attempt("ingest-pos", ["empty.ndjson"])
    #expect(run.status == 0)
    #expect(run.text.isEmpty)
    #expect(run.talk.contains("no events"))
  }

  @Test func `a torn last line is set aside, and taken when it comes whole`() throws {
    let torn = Self.event + "\n" + Self.event.replacing("e1", with: "e2").dropLast(20)
    try pipeline.tool("ingest-pos", ["-"], input: torn)
    #expect(
      try pipeline.rows("SELECT rule, source_line FROM quarantine.pos_events")
        == [["truncated_line", "2"]])
    try pipeline.tool(
      "ingest-pos", ["-"], input: Self.event + "\n" + Self.event.replacing("e1", with: "e2"))
    #expect(
      try pipeline.row("SELECT count(DISTINCT event_id) FROM bronze.pos_events") == "2")
  }

  @Test func `the same input twice is taken once`() throws {
    #expect(try !pipeline.tool("ingest-pos", ["-"], input: Self.event + "\n").isEmpty)
    let again = try pipeline.attempt("ingest-pos", ["-"], input: Self.event + "\n")
    #expect(again.status == 0 && again.text.isEmpty)
    #expect(again.talk.contains("taken before"))
  }

  @Test func `a job file that does not compile names the place and the remedy`() throws {
    try pipeline.shell(
      """
      cat > jobs/gold/typo.sql <<'SQL'
      CREATE MATERIALIZED VIEW gold.typo AS
      SELECT store_no FROM silver.sales_lines;
      SQL
      """)
    try pipeline.tool("ingest-pos", ["-"], input: Self.event + "\n")
    try pipeline.tool("bronze2silver")
    let run = try pipeline.attempt("silver2gold", ["gold.typo"])
    #expect(run.status == 78)
    #expect(run.talk.hasPrefix("silver2gold:jobs/gold/typo.sql:2:8: "))
    #expect(run.talk.contains("store_id"))
  }

  @Test func `a person who knows SQL adds a gold table by adding one file`() throws {
    try pipeline.shell(
      """
      cat > jobs/gold/events_by_store.sql <<'SQL'
      CREATE MATERIALIZED VIEW gold.events_by_store AS
      SELECT store_id, count(*) AS payments FROM silver.payments GROUP BY store_id;
      SQL
      """)
    try pipeline.tool("ingest-pos", ["-"], input: Self.event + "\n")
    try pipeline.tool("bronze2silver")
    try pipeline.tool("silver2gold", ["gold.events_by_store"])
    #expect(try pipeline.row("SELECT count(*) FROM gold.events_by_store") == "0")
  }

  @Test func `a dry run says what it would do and does nothing`() throws {
    try pipeline.shell("mkdir -p landing/pos; echo '\(Self.event)' > landing/pos/a.ndjson")
    #expect(try pipeline.tool("ingest-pos", ["--dry-run"]).contains("landing/pos/a.ndjson"))
    #expect(try pipeline.shell("find . -path './lake/*' -name '0*' | wc -l") == "0")
  }
}
