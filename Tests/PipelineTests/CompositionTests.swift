import TestSupport
import Testing

/// Tools in a shell's pipe: each works on what the one ahead committed, and none leaves half a
/// thing behind when the pipe breaks.
@Suite(.serialized) struct CompositionTests {
  private static let lake = Result { () throws -> Pipeline in
    let pipeline = try Pipeline()
    try pipeline.refresh()
    return pipeline
  }

  private var pipeline: Pipeline { get throws { try Self.lake.get() } }

  private func event(_ id: String) -> String {
    """
    {"event_id":"\(id)","event_type":"sale","event_time":"2018-02-01T10:00:00-05:00",\
    "store_id":"S367","transaction_id":"\(id)","loyalty_id":null,"currency":"USD",\
    "lines":[{"line_no":1,"sku":"P1","quantity":2,"unit_price":"1.50"}],"payments":[]}
    """
  }

  private func tools() throws -> String {
    "export PATH=\"\(try ToolRun.path(of: "ingest-pos").dropLast("/ingest-pos".count)):$PATH\""
  }

  @Test func `a sale goes from a file to the facts in one pipe`() throws {
    let lake = try pipeline
    try lake.shell("cat > new.ndjson <<'END'\n\(event("pipe-1"))\nEND")
    let pipe = "ingest-pos new.ndjson | bronze2silver - | silver2gold - | load-facts -"
    let product = try lake.shell("\(tools()); \(pipe)")
    #expect(product.contains(#""name":"warehouse.fact_sales""#))
    #expect(
      try lake.warehouse(
        "SELECT quantity, net_amount FROM fact_sales WHERE transaction_id = 'pipe-1'") == "2 3")
    #expect(try lake.shell("\(tools()); \(pipe) 2>/dev/null").isEmpty)
  }

  @Test func `a pipe that breaks anywhere is mended by the next run`() throws {
    let lake = try pipeline
    try lake.shell("cat > broken.ndjson <<'END'\n\(event("pipe-2"))\nEND")
    // Nobody reads what the tool says of its first commit, so it is ended there.
    try lake.shell("\(tools()); set +o pipefail; ingest-pos broken.ndjson | true")
    try lake.shell("\(tools()); set +o pipefail; bronze2silver | true; silver2gold | true")
    try lake.refresh()
    #expect(
      try lake.row("SELECT count(*) FROM gold.sales WHERE transaction_id = 'pipe-2'") == "1")
    #expect(
      try lake.warehouse("SELECT count(*) FROM fact_sales WHERE transaction_id = 'pipe-2'") == "1")
  }

  @Test func `two at once do not disturb each other`() throws {
    let lake = try pipeline
    let files = (1...4).map { "many-\($0).ndjson" }
    for (number, file) in files.enumerated() {
      try lake.shell("cat > \(file) <<'END'\n\(event("many-\(number)"))\nEND")
    }
    let names = files.joined(separator: " ")
    try lake.shell("\(tools()); for f in \(names); do ingest-pos $f >/dev/null & done; wait")
    try lake.shell("\(tools()); bronze2silver >/dev/null & bronze2silver >/dev/null; wait")
    try lake.refresh()
    #expect(
      try lake.row("SELECT count(*) FROM silver.sales_lines WHERE event_id LIKE 'many-%'") == "4")
  }
}
