import Columnar
import Core
import Database
import Glibc
import TestSupport
import Testing
import Warehouse

/// Customers live through random events; however the events arrive, the warehouse ends the same.
///
/// `WAREHOUSE_SEEDS=N` tries one in fifty of N on a server.
@Suite struct HistoryPropertyTests {
  /// What a customer was from a day on; nil is gone.
  struct Event: Hashable {
    var id: String
    var day: Int64
    var state: [String]?
  }

  private static let serverCount = UInt64(
    max(3, (getenv("WAREHOUSE_SEEDS").flatMap { Int(String(cString: $0)) } ?? 0) / 50))
  private static let runs =
    (1...60 as ClosedRange<UInt64>).map { (Dialect.sqlite, $0) }
    + (Star.dialects.contains(.postgresql)
      ? (1...serverCount).map { (Dialect.postgresql, $0) } : [])

  @Test(arguments: runs)
  func `any order and any cut of events gives the same history and facts`(
    _ dialect: Dialect, seed: UInt64
  ) throws {
    var random = SeededRandom(seed)
    let events = events(&random)
    let sales = sales(&random)
    let whole = try Star(dialect)
    try whole.loadSmallDimensions()
    try whole.load(whole.customers(track: "city"), delivered(events))
    try whole.load(whole.sales(), sales)

    let pieces = try Star(dialect)
    try pieces.loadSmallDimensions()
    try pieces.load(pieces.customers(track: "city"), [])
    var known: [Event] = []
    var rest = events.shuffled(using: &random)
    var isFirst = true
    while !rest.isEmpty || isFirst {
      let count = min(rest.count, Int.random(in: 1...4, using: &random))
      known += rest.prefix(count)
      rest.removeFirst(count)
      try pieces.load(
        pieces.customers(track: "city"), delivered(known).shuffled(using: &random), batchSize: 2)
      if isFirst || Int.random(in: 0..<3, using: &random) == 0 {
        try pieces.load(pieces.sales(), sales.shuffled(using: &random))
      }
      isFirst = false
      try checkInvariants(pieces, sales, "seed \(seed)")
    }
    #expect(try pieces.content() == whole.content(), "seed \(seed)")
    #expect(try pieces.text(naive) == [], "seed \(seed)")
    let again = try pieces.load(pieces.sales(), sales)
    #expect(!again.isChanged, "seed \(seed)")
    let sameAgain = try pieces.load(pieces.customers(track: "city"), delivered(known))
    #expect(!sameAgain.isChanged, "seed \(seed)")
  }

  /// Facts whose customer key is not what plain SQL finds for their own moment.
  private let naive = """
    SELECT f.line FROM fact_sales f JOIN wanted w ON w.line = f.line
    WHERE f.customer_key IS DISTINCT FROM CASE
      WHEN w.customer_id IS NULL THEN -3
      ELSE coalesce(
        (SELECT customer_key FROM dim_customer d WHERE d.customer_id = w.customer_id
           AND d.customer_key > 0 AND d.valid_from <= f.moment AND f.moment < d.valid_to),
        (SELECT customer_key FROM dim_customer d WHERE d.customer_id = w.customer_id
           AND d.customer_key > 0 ORDER BY valid_from LIMIT 1), -1) END
    """

  private func checkInvariants(
    _ star: Star, _ sales: [[Scalar]], _ seed: Comment
  ) throws {
    try star.database.execute(
      "DROP TABLE IF EXISTS wanted; CREATE TEMP TABLE wanted (line BIGINT, customer_id TEXT)")
    for sale in sales {
      try star.database.run("INSERT INTO wanted VALUES ($1, $2)", [sale[0], sale[3]])
    }
    #expect(try star.text(naive) == [], seed)
    // Intervals of a member touch; exactly the open one is current; keys are unique and durable.
    let flaws = """
      SELECT customer_id FROM (
        SELECT customer_id, valid_from, valid_to, is_current,
          lead(valid_from) OVER (PARTITION BY customer_id ORDER BY valid_from) AS next
        FROM dim_customer WHERE customer_key > 0) AS v
      WHERE valid_from >= valid_to OR valid_to <> coalesce(next, '9999-12-31T00:00:00Z')
        OR is_current <> (next IS NULL)
      UNION ALL SELECT customer_id FROM dim_customer WHERE customer_key > 0
      GROUP BY customer_id HAVING count(DISTINCT customer_durable_key) > 1
      """
    #expect(try star.text(flaws) == [], seed)
  }

  private func events(_ random: inout SeededRandom) -> [Event] {
    var events: Set<Event> = []
    var moments: Set<String> = []
    for _ in 0..<Int.random(in: 1...14, using: &random) {
      let id = ["k", "l", "m"].randomElement(using: &random)!
      let day = Int64.random(in: 0..<30, using: &random)
      guard moments.insert("\(id) \(day)").inserted else { continue }
      let state = [
        ["Bonn", "Ulm", "Köln"].randomElement(using: &random)!,
        ["basic", "gold"].randomElement(using: &random)!,
      ]
      let isGone = Int.random(in: 0..<4, using: &random) == 0
      events.insert(Event(id: id, day: day, state: isGone ? nil : state))
    }
    return events.sorted { ($0.id, $0.day) < ($1.id, $1.day) }
  }

  private func sales(_ random: inout SeededRandom) -> [[Scalar]] {
    (0..<40).map { line in
      sale(
        line, day: Int64.random(in: 0..<35, using: &random),
        customer: ["k", "l", "m", "nobody", nil].randomElement(using: &random)!, sku: "a",
        cents: Int128(line))
    }
  }

  /// The versions that AUTO CDC makes of the events: each holds until the next event of its key.
  private func delivered(_ events: [Event]) -> [[Scalar]] {
    Dictionary(grouping: events, by: \.id).values.flatMap { events in
      let sorted = events.sorted { $0.day < $1.day }
      return sorted.indices.compactMap { index -> [Scalar]? in
        guard let state = sorted[index].state else { return nil }
        let end = index + 1 < sorted.count ? sorted[index + 1].day : nil
        return customer(sorted[index].id, state[0], state[1], sorted[index].day, end)
      }
    }
  }
}
