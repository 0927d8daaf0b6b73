import Core
import JSON
import TestSupport
import Testing

/// Rows in are rows out: what each stage says it read, wrote, set aside and knew already is what
/// can be counted in its input and its tables.
@Suite struct BalanceTests {
  /// What the run events of a tool say of a table.
  private struct Change {
    var read = 0
    var written = 0
    var quarantined = 0
    var duplicates = 0

    init(_ events: String, _ table: String) throws {
      for line in events.split(separator: "\n") {
        let event = try JSONValue(parsing: Array(line.utf8), at: Place("event"))
        for output in event["outputs"]?.array ?? [] where output["name"]?.string == table {
          let change = output["outputFacets"]?["medallion_change"]
          func count(_ name: String) -> Int { change?[name]?.int ?? 0 }
          read += count("read")
          written += count("inserted") + count("updated") + count("deleted")
          quarantined += count("quarantined")
          duplicates += count("duplicates")
        }
      }
    }

    var isBalanced: Bool { read == written + quarantined + duplicates }
  }

  @Test func `no stage loses a row that it has read`() throws {
    let pipeline = try Pipeline(jobs: "jobs")
    let simulator = try ToolRun.path(of: "pos-sim")
    try pipeline.shell(
      """
      mkdir -p landing sources
      '\(simulator)' events --seed 5 --days 3 --stores 4 --products 80 --events-per-day 400 \
        --duplicate-rate 0.05 --void-rate 0.03 --bad-rate 0.03 --output landing/pos --quiet
      echo '{"event_id":"torn' >>"$(ls landing/pos/* | head -n 1)"
      """)
    func count(_ query: String) throws -> Int {
      try #require(Int(try pipeline.row("SELECT count(*) FROM \(query)")))
    }
    let lines = try #require(Int(try pipeline.shell("cat landing/pos/* | wc -l")))
    let bronze = try Change(try pipeline.tool("ingest-pos"), "bronze.pos_events")
    #expect(bronze.isBalanced && bronze.read == lines)
    #expect(try bronze.written == count("bronze.pos_events"))
    #expect(try bronze.quarantined == count("quarantine.pos_events"))
    #expect(bronze.quarantined > 0)

    let events = try pipeline.tool("bronze2silver", ["sales_lines", "voids", "payments"])
    let exploded = """
      bronze.pos_events LATERAL VIEW OUTER posexplode(lines) l AS p, x \
      WHERE coalesce(event_type, '') <> 'void'
      """
    let sales = try Change(events, "silver.sales_lines")
    #expect(try sales.isBalanced && sales.read == count(exploded))
    #expect(try sales.written == count("silver.sales_lines"))
    #expect(try sales.quarantined == count("quarantine.sales_lines"))
    #expect(sales.quarantined > 0 && sales.duplicates > 0)
    let voids = try Change(events, "silver.voids")
    #expect(
      try voids.isBalanced
        && voids.read == count("bronze.pos_events WHERE event_type = 'void'"))
    #expect(try voids.written == count("silver.voids") && voids.written > 0)
    #expect(try Change(events, "silver.payments").isBalanced)
  }
}
