import Core
import Glibc
import TestSupport
import Testing

/// A retailer's days, taken in by tools that are killed again and again, must leave the lake and
/// the warehouse that undisturbed runs leave.
///
/// The seed and the number of disturbed runs can be given: `make soak` runs thousands.
@Suite struct SoakTests {
  /// How a run is disturbed.
  private enum Disturbance {
    /// SIGKILL after so many milliseconds.
    case killedAfter(Int)
    /// SIGKILL before the call of a kind that has this number.
    case killedAt(call: String, number: Int)
    /// The call of a kind that has this number fails, and all after it: a full disk or a bad one.
    case fails(call: String, number: Int, error: String)
  }

  private static let tools = [
    "ingest-pos", "ingest-files", "cdc-extract", "bronze2silver", "silver2gold", "load-dims",
    "load-facts",
  ]
  private static let calls = [
    "openat", "write", "pwrite64", "fsync", "fdatasync", "link", "rename", "unlink", "mkdir",
    "ftruncate", "flock", "fcntl",
  ]

  private let runCount = number("SOAK_RUNS") ?? 60
  private let days = 4
  private let seed = number("SOAK_SEED").map(UInt64.init) ?? UInt64.random(in: 1...999_999)

  private static func number(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }

  @Test func `tools that are killed again and again lose nothing and double nothing`() throws {
    let canTrace = (try? ToolRun(program: "/usr/bin/env", ["strace", "true"]).status) == 0
    var random = SeededRandom(seed)
    var counts: [String: Int] = [:]
    repeat {
      try live(&random, canTrace: canTrace, &counts)
    } while counts.values.reduce(0, +) < runCount
    let told = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    print(
      "soak: seed \(seed), runs disturbed: \(told.joined(separator: ", "))"
        + (canTrace ? "" : " (no strace: killed by the clock alone)"))
  }

  /// Lives a retailer's days twice, calmly and stormily; counts how the disturbed runs ended.
  private func live(
    _ random: inout SeededRandom, canTrace: Bool, _ counts: inout [String: Int]
  ) throws {
    let calm = try Pipeline(jobs: "jobs")
    let stormy = try Pipeline(jobs: "jobs")
    try addPartner(to: calm)
    try prepare(calm, seed: random.next() % 1_000_000)
    try stormy.shell(
      """
      cp -r '\(calm.folder.path)/days' days; rm -r jobs; cp -r '\(calm.folder.path)/jobs' jobs
      mkdir -p landing/{pos,partner} sources
      """)
    for day in 1...days {
      try bring(day, to: calm)
      try bring(day, to: stormy)
      for tool in Self.tools {
        try run(tool, day, in: calm)
        // Keys of people are hashed with a secret of the lake: both must have the same.
        try stormy.shell(
          """
          from='\(calm.folder.path)/lake/_secrets'
          if [ -e "$from" ] && ! [ -e lake/_secrets ]; then cp -rp "$from" lake/; fi
          """)
        for _ in 0..<10 {
          let disturbance = Self.disturbance(canTrace: canTrace, &random)
          let status = try run(tool, day, in: stormy, disturbance)
          counts[status, default: 0] += 1
          if status == "done" { break }
        }
        try run(tool, day, in: stormy)
      }
      // What differs on one day differs on the last: looking at all of them would take longer.
      guard day == days else { continue }
      for (name, dump) in Self.dumps {
        let expected = try calm.shell(dump)
        #expect(try stormy.shell(dump) == expected, "seed \(seed), day \(day), \(name)")
        #expect(!expected.isEmpty, "seed \(seed), \(name)")
      }
    }
  }

  /// A partner who sends prices, of which some are none.
  private func addPartner(to pipeline: Pipeline) throws {
    try pipeline.shell(
      #"""
      cat >>jobs/setup.sql <<'SQL'
      CREATE TABLE bronze.partner_prices (sku STRING, price STRING, ingest_date DATE)
        USING csv OPTIONS (header 'true') PARTITIONED BY (ingest_date)
        LOCATION 'partner/prices'
        TBLPROPERTIES ('ingest.done' = '*.done', 'ingest.trailer' = 'END, rows');
      SQL
      cat >jobs/silver/partner_prices.sql <<'SQL'
      CREATE STREAMING TABLE silver.partner_prices
      TBLPROPERTIES ('expect.priced' = 'price IS NOT NULL ON VIOLATION QUARANTINE')
      AS SELECT sku, try_cast(price AS DECIMAL(12,2)) AS price FROM STREAM bronze.partner_prices;
      SQL
      printf '  partner: {folder: landing/partner, entity: prices, tool: ingest-files}\n' \
        >>jobs/sources.yml
      """#)
  }

  /// Makes up the days: each with its till events and the databases as they are in its evening.
  private func prepare(_ pipeline: Pipeline, seed: UInt64) throws {
    let simulator = try ToolRun.path(of: "pos-sim")
    let size = "--stores 3 --products 60 --members 50 --seed \(seed)"
    try pipeline.shell(
      """
      mkdir -p landing/{pos,partner} sources days made
      '\(simulator)' events \(size) --days \(days) --events-per-day 200 --duplicate-rate 0.05 \
        --late-rate 0.05 --void-rate 0.03 --bad-rate 0.02 --output days/events --quiet
      for day in $(seq \(days)); do
        for source in orders rewards; do
          '\(simulator)' $source \(size) --days $day --orders-per-day 20 --quiet \
            --database made/$source.db
          mkdir -p days/$day
          cp made/$source.db days/$day/
        done
      done
      """)
  }

  private func bring(_ day: Int, to pipeline: Pipeline) throws {
    try pipeline.shell(
      """
      file="$(ls days/events/* | sed -n \(day)p)"
      cp "$file" landing/pos/
      # Whatever the seed, a line is no event and one breaks a rule.
      echo 'no event' >>"landing/pos/${file##*/}"
      grep -m 1 '"event_type":"sale"' "$file" \
        | sed 's/"quantity":[0-9.]*/"quantity":"x"/; s/"event_id":"/&bad-/' \
        >>"landing/pos/${file##*/}"
      cp days/\(day)/*.db sources/
      file=landing/partner/prices-\(day).csv
      printf 'price,sku\\n' >$file
      for n in $(seq 40); do printf '%d.%02d,P%03d\\n' $n \(day) $n; done >>$file
      printf 'soon,P041\\n1.00,P042,more\\nEND,42\\n' >>$file
      touch $file.done
      """)
  }

  /// Runs a tool at its hour of the day; how it ended, in words. Undisturbed it must succeed.
  @discardableResult
  private func run(
    _ tool: String, _ day: Int, in pipeline: Pipeline, _ disturbance: Disturbance? = nil
  ) throws -> String {
    let path = try ToolRun.path(of: tool)
    let command: String =
      switch disturbance {
      case nil: "'\(path)'"
      case .killedAfter(let time): "timeout -s KILL \(Double(time) / 1_000) '\(path)'"
      case .killedAt(let call, let number):
        "strace -f -qq -o /dev/null -e trace=\(call) "
          + "-e inject=\(call):signal=KILL:when=\(number) '\(path)'"
      case .fails(let call, let number, let error):
        "strace -f -qq -o /dev/null -e trace=\(call) "
          + "-e inject=\(call):error=\(error):when=\(number)+ '\(path)'"
      }
    let ran = try ToolRun(
      program: "/bin/bash", ["-c", "\(command)"], in: pipeline.folder.path,
      environment: ["MEDALLION_NOW": "\(CivilDate(dayNumber: 20_500 + Int32(day)))T06:00:00Z"])
    if disturbance == nil {
      try #require(ran.status == 0, "seed \(seed), \(tool) on day \(day): \(ran.talk)")
    }
    // A disturbed run ends as a killed one or says what is wrong; it never crashes.
    let crashes = [132, 133, 134, 135, 136, 139]
    #expect(
      !crashes.contains(ran.status) && ran.status != 70, "seed \(seed), \(command): \(ran.talk)")
    return ran.status == 0 ? "done" : ran.status == 137 ? "killed" : "failed"
  }

  private static func disturbance(
    canTrace: Bool, _ random: inout SeededRandom
  ) -> Disturbance {
    let kind = canTrace ? Int.random(in: 0..<6, using: &random) : 0
    let call = calls.randomElement(using: &random) ?? "write"
    // Few calls of a kind are made by small work, so small numbers tell most.
    let most = [3, 8, 30].randomElement(using: &random) ?? 3
    let number = Int.random(in: 1...most, using: &random)
    switch kind {
    case 0, 1: return .killedAfter(Int.random(in: 1...60, using: &random))
    case 2, 3, 4: return .killedAt(call: call, number: number)
    default:
      let writing = ["write", "pwrite64", "fsync", "fdatasync", "mkdir", "ftruncate"]
      return .fails(
        call: writing.randomElement(using: &random) ?? "write", number: number,
        error: Bool.random(using: &random) ? "ENOSPC" : "EIO")
    }
  }

  /// What must be the same in both: every row, but for what tells one run from another.
  private static let dumps: [(name: String, script: String)] = {
    func rows(_ query: String) -> String {
      "'\((try? ToolRun.path(of: "lake-sql")) ?? "")' \"\(query)\" | sort"
    }
    let silver = [
      "partner_prices", "sales_lines", "payments", "voids", "products", "stores", "customers",
      "orders",
      "order_lines", "inventory_levels", "reward_members", "points_ledger",
    ]
    let gold = [
      "daily_store_sales", "daily_product_sales", "sales", "orders", "customer_360",
      "inventory_position", "product_costs", "member_customers",
    ]
    return silver.map { ("silver.\($0)", rows("SELECT * FROM silver.\($0)")) }
      + gold.map { ("gold.\($0)", rows("SELECT * FROM gold.\($0)")) }
      + [
        ("bronze", rows("SELECT * FROM bronze.pos_events")),
        ("files", rows("SELECT * FROM bronze.partner_prices")),
        (
          "records",
          rows("SELECT raw, source_line, source_offset FROM quarantine.partner_prices")
        ),
        (
          "rejects",
          rows("SELECT raw, rule, source_file, source_line FROM quarantine.pos_events")
        ),
        (
          "quarantine",
          rows("SELECT raw, rule, source_line, source_row FROM quarantine.sales_lines")
        ),
        (
          "warehouse",
          """
          for table in $(sqlite3 lake/warehouse.db "SELECT name FROM sqlite_master \
            WHERE type = 'table' AND (name LIKE 'dim%' OR name LIKE 'fact%') ORDER BY name"); do
            echo $table; sqlite3 lake/warehouse.db "SELECT * FROM $table" | sort
          done
          """
        ),
      ]
  }()
}
