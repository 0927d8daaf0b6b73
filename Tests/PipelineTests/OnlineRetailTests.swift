import JSON
import TestSupport
import Testing

/// Another business in another folder of job files: a gift shop's daily CSV drops. No code knows
/// it.
@Suite struct OnlineRetailTests {
  private static let data = "data/uci-online-retail/by-day"

  @Test(.shared(data)) func `months of a gift shop equal the facts`() throws {
    let shop = try Pipeline(jobs: "Tests/PipelineTests/Businesses/online-retail")
    let drops = "\(shop.checkout)/\(Shared.path(Self.data))"
    let files = try shop.shell("ls '\(drops)'/*.csv.gz").split(separator: "\n").map(String.init)
    #expect(files.count == 305)
    try shop.tool("ingest-files", ["bronze.online_retail"] + files.shuffled())
    try shop.tool("bronze2silver")
    try shop.tool("silver2gold")
    // Taken twice, in any order: nothing more.
    try shop.tool("ingest-files", ["bronze.online_retail"] + files.prefix(20))
    #expect(try shop.tool("bronze2silver").isEmpty)
    #expect(
      try shop.row("SELECT sum(line_count), sum(units), sum(amount) FROM gold.monthly_sales")
        == "541909 5176450 9747747.934")
    let facts = try JSONValue(
      parsing: Array(try shop.shell("cat '\(drops)'/../facts.json").utf8))
    #expect(facts["rows"]?.int == 541_909)
    #expect(
      try shop.rows("SELECT * FROM gold.monthly_sales ORDER BY month").first
        == ["2010-12", "42481", "2025", "342228", "748957.020"])
    #expect(try shop.rows("SELECT month FROM gold.monthly_sales").count == 13)
  }
}
