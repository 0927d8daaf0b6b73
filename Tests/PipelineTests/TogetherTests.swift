import TestSupport
import Testing

/// Runs that overlap, as crontabs and people make them: each does its work or says that it cannot
/// now, and together they leave what one after the other would.
@Suite struct TogetherTests {
  private func made() throws -> Pipeline {
    let pipeline = try Pipeline(jobs: "jobs")
    let simulator = try ToolRun.path(of: "pos-sim")
    try pipeline.shell(
      """
      mkdir -p landing sources
      '\(simulator)' events --seed 9 --days 4 --stores 3 --products 60 --events-per-day 300 \
        --duplicate-rate 0.05 --void-rate 0.03 --output landing/pos --quiet
      for source in orders rewards; do
        '\(simulator)' $source --seed 9 --days 4 --stores 3 --products 60 --members 50 \
          --orders-per-day 10 --database sources/$source.db --quiet
      done
      """)
    return pipeline
  }

  private let counts = [
    "SELECT count(*), count(DISTINCT event_id), sum(net_amount) FROM silver.sales_lines",
    "SELECT count(*), sum(net_amount) FROM gold.sales",
    "SELECT count(*), sum(net_amount), count(DISTINCT product_key) FROM warehouse.fact_sales",
    "SELECT count(*) FROM bronze.pos_events",
  ]

  @Test func `tools that run at the same time lose nothing and double nothing`() throws {
    let calm = try made()
    try calm.refresh()
    let pipeline = try made()
    let bin = try ToolRun.path(of: "ingest-pos").dropLast("ingest-pos".count)
    let statuses = try pipeline.shell(
      """
      set +e
      for round in 1 2 3; do
        for tool in ingest-pos cdc-extract bronze2silver silver2gold load-dims load-facts; do
          for copy in 1 2; do
            ( '\(bin)'$tool --quiet >/dev/null 2>>talk; echo $? ) &
          done
        done
        wait
      done
      """)
    // 66 and 78: what another tool has not made yet.
    let known = ["0", "75", "66", "78"]
    let strange = statuses.split(separator: "\n").filter { !known.contains(String($0)) }
    let talk = try pipeline.shell("cat talk")
    #expect(strange.isEmpty, "\(strange) \(talk)")
    try pipeline.refresh()
    for query in counts {
      let expected = try calm.row(query)
      #expect(try pipeline.row(query) == expected, "\(query)")
    }
  }

  @Test func `who waits in vain is told for whom, and a lock dies with its process`() throws {
    let pipeline = try made()
    let tool = try ToolRun.path(of: "ingest-pos")
    let told = try pipeline.shell(
      """
      set +e
      mkfifo pipe
      '\(tool)' --quiet - <pipe >/dev/null 2>&1 &
      holder=$!
      exec 3>pipe
      until grep -q "process $holder" lake/bronze/pos/events/_commits/.lock 2>/dev/null; do
        sleep 0.05
      done
      '\(tool)' 2>&1 >/dev/null; echo "status $?"
      echo "holder $holder"
      kill -KILL $holder; exec 3>&-
      '\(tool)' --quiet >/dev/null; echo "status $?"
      """)
    let lines = told.split(separator: "\n").map(String.init)
    let holder = try #require(lines.first { $0.hasPrefix("holder ") }).dropFirst(7)
    #expect(told.contains("process \(holder) (ingest-pos) holds the lock"), "\(told)")
    #expect(lines.filter { $0.hasPrefix("status") } == ["status 75", "status 0"], "\(told)")
  }
}
