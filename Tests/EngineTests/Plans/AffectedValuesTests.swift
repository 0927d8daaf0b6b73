import Columnar
import Core
import Engine
import TestSupport
import Testing

/// What changed rows of an input can touch: never less than what differs, and known where joins
/// have keys.
@Suite struct AffectedValuesTests {
  /// The tables, as DDL and as how many values each column has.
  private static let tables: [(name: String, columns: [(name: String, type: String, range: Int)])] =
    [
      (
        "lines",
        [
          ("day", "INT", 12), ("id", "STRING", 30), ("store", "STRING", 3), ("sku", "STRING", 15),
          ("amount", "INT", 9),
        ]
      ),
      ("voids", [("id", "STRING", 60), ("store", "STRING", 3), ("note", "STRING", 4)]),
      ("products", [("sku", "STRING", 20), ("category", "STRING", 5), ("price", "INT", 9)]),
      ("bans", [("category", "STRING", 8), ("store", "STRING", 3)]),
      ("orders", [("id", "STRING", 30), ("day", "INT", 12), ("status", "STRING", 3)]),
      ("items", [("id", "STRING", 30), ("sku", "STRING", 15), ("amount", "INT", 9)]),
    ]

  /// Queries cut by their first column, and whether changes of every table must be told.
  private static let queries: [(sql: String, isTold: Bool)] = [
    (
      """
      SELECT l.day, l.store, count(DISTINCT l.id), sum(l.amount) FROM lines l
      LEFT ANTI JOIN voids v ON v.id = l.id AND v.store = l.store GROUP BY l.day, l.store
      """, true
    ),
    (
      """
      SELECT l.day, p.category, sum(l.amount * p.price) FROM lines l
      LEFT JOIN products p ON p.sku = l.sku GROUP BY l.day, p.category
      """, true
    ),
    ("SELECT l.day, p.price FROM products p JOIN lines l ON p.sku = l.sku WHERE p.price > 3", true),
    ("SELECT l.day, p.price FROM products p RIGHT JOIN lines l USING (sku)", true),
    (
      """
      SELECT day, count(*) FROM lines l
      WHERE NOT EXISTS (SELECT 1 FROM voids v WHERE v.id = l.id AND v.note < l.sku) GROUP BY day
      """, true
    ),
    ("SELECT day, amount FROM lines l LEFT SEMI JOIN voids v ON v.id <=> l.id", true),
    (
      """
      SELECT l.day, p.top FROM lines l
      JOIN (SELECT sku, max(price) AS top FROM products GROUP BY sku) p ON p.sku = l.sku
      """, true
    ),
    (
      """
      SELECT l.day, count(*) FROM lines l JOIN (
        SELECT p.sku FROM products p LEFT ANTI JOIN bans b ON b.category = p.category
      ) p ON p.sku = l.sku GROUP BY l.day
      """, true
    ),
    (
      """
      SELECT l.day, p.category FROM lines l JOIN (
        SELECT *, row_number() OVER (PARTITION BY sku ORDER BY price, category) AS place
        FROM products) p ON p.sku = l.sku AND p.place = 1
      """, true
    ),
    ("SELECT l.day FROM lines l LEFT ANTI JOIN voids v ON concat(v.id, '') = upper(l.id)", true),
    (
      """
      WITH all_lines AS (
        SELECT 'till' AS channel, l.day, l.sku, l.amount FROM lines l
        LEFT ANTI JOIN voids v ON v.id = l.id
        UNION ALL
        SELECT 'web', o.day, i.sku, i.amount FROM orders o JOIN items i ON i.id = o.id
        WHERE o.status <> '1')
      SELECT a.day, a.channel, p.category, sum(a.amount) FROM all_lines a
      LEFT JOIN products p ON p.sku = a.sku GROUP BY ALL
      """, true
    ),
    ("SELECT day, id FROM orders EXCEPT SELECT l.day, l.id FROM lines l", true),
    ("SELECT o.day, l.id FROM lines l JOIN orders o ON o.day = l.day AND o.id = l.id", true),
    ("SELECT a.day, b.amount FROM lines a LEFT JOIN lines b ON a.id = b.id", true),
    ("SELECT l.day, l.id FROM lines l FULL JOIN voids v ON v.id = l.id", false),
    ("SELECT day, id FROM lines WHERE id NOT IN (SELECT id FROM voids)", false),
    ("SELECT v.day, l.id FROM lines l LEFT JOIN orders v ON v.id = l.id", false),
    ("SELECT l.day, count(*) FROM lines l CROSS JOIN bans b GROUP BY l.day", false),
    ("SELECT day, sum(amount) OVER (PARTITION BY store) FROM lines", false),
    (
      """
      SELECT day, amount, (SELECT max(price) FROM products) AS top FROM lines
      """, false
    ),
  ]

  private typealias Rows = [[String]]

  @Test(arguments: queries.indices)
  func `what differs was told`(_ number: Int) throws {
    let (sql, isTold) = Self.queries[number]
    for seed in 1...60 as ClosedRange<UInt64> {
      var random = SeededRandom(seed)
      var before: [String: Rows] = [:]
      for table in Self.tables {
        let count = table.name == "lines" ? 60 : 12
        before[table.name] = (0..<count).map { _ in Self.row(table.columns, &random) }
      }
      let after = Self.changed(before, &random)
      let old = try Self.byDay(sql, try Self.catalog(before))
      let catalog = try Self.catalog(after)
      let new = try Self.byDay(sql, catalog)
      let differing = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
      let told = try Self.told(sql, catalog, before, after)
      if isTold { #expect(told != nil, "seed \(seed)") }
      guard let told else { continue }
      #expect(told.isSuperset(of: differing), "seed \(seed): \(told) lack some of \(differing)")
    }
  }

  @Test func `only the days that have to do with a change are told`() throws {
    let catalog = MemoryCatalog()
    try catalog.add(
      "lines", "day INT, id STRING, store STRING",
      rows: ["1|a|s", "2|b|s", "2|c|s", "3|c|t", "4|d|s"])
    try catalog.add("voids", "id STRING, store STRING", rows: ["c|s", "x|s"])
    try catalog.add("changed", "id STRING, store STRING", rows: ["c|s", "x|s", "NULL|t"])
    let plan = try Self.plan(
      "SELECT day FROM lines l ANTI JOIN voids v ON v.id = l.id AND v.store = l.store", catalog)
    let changed = try Self.plan("SELECT id, store FROM changed", catalog)
    let query = try #require(AffectedValues(changed: changed).query(plan, [0], scan: 1))
    let source = try Executor(context: QueryContext(clock: QueryRun.clock)).execute(query)
    var days: [Scalar] = []
    while let batch = try source.next() { days += batch.columns[0].scalars }
    #expect(days == [.integer(2)])
  }

  // MARK: Rows

  private static func row(
    _ columns: [(name: String, type: String, range: Int)], _ random: inout SeededRandom
  ) -> [String] {
    columns.map { column in
      let value = Int.random(in: 0..<column.range, using: &random)
      return value == 0 && column.range > 10 ? "NULL" : "\(value)"
    }
  }

  /// Rows come, go and change in some of the tables.
  private static func changed(
    _ tables: [String: Rows], _ random: inout SeededRandom
  ) -> [String: Rows] {
    var tables = tables
    for (name, columns) in Self.tables where Int.random(in: 0..<3, using: &random) == 0 {
      var rows = tables[name] ?? []
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        rows.remove(at: Int.random(in: rows.indices, using: &random))
      }
      for _ in 0..<Int.random(in: 0...2, using: &random) { rows.append(row(columns, &random)) }
      if Bool.random(using: &random) {
        let place = Int.random(in: rows.indices, using: &random)
        let column = Int.random(in: columns.indices, using: &random)
        rows[place][column] = row(columns, &random)[column]
      }
      tables[name] = rows
    }
    return tables
  }

  private static func catalog(_ tables: [String: Rows]) throws -> MemoryCatalog {
    let catalog = MemoryCatalog()
    for (name, columns) in Self.tables {
      let ddl = columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
      try catalog.add(
        name, ddl, rows: (tables[name] ?? []).map { $0.joined(separator: "|") })
    }
    return catalog
  }

  // MARK: Queries

  private static func plan(_ sql: String, _ catalog: MemoryCatalog) throws -> LogicalPlan {
    let query = try SQLScript.parseQuery(text: sql, file: "q.sql")
    let plan = try Binder(catalog: catalog, clock: QueryRun.clock).bind(query)
    return Optimizer(clock: QueryRun.clock).optimize(plan)
  }

  /// The rows by the text of their first value.
  private static func byDay(_ sql: String, _ catalog: MemoryCatalog) throws -> [String: [String]] {
    Dictionary(grouping: try QueryRun(catalog).rows(sql).sorted()) { row in
      String(row.prefix { $0 != "|" })
    }
  }

  /// The days that the queries of all changed scans tell; nil when one cannot tell.
  private static func told(
    _ sql: String, _ catalog: MemoryCatalog, _ before: [String: Rows], _ after: [String: Rows]
  ) throws -> Set<String>? {
    let plan = try plan(sql, catalog)
    var days: Set<String> = []
    for (number, scan) in plan.scans.enumerated() {
      let name = scan.table.name
      let positions = scan.columns.map { column in
        tables.first { $0.name == name }?.columns.firstIndex { $0.name == column.name } ?? 0
      }
      let old = (before[name] ?? []).map { row in positions.map { row[$0] } }
      let new = (after[name] ?? []).map { row in positions.map { row[$0] } }
      let rows = difference(old, new) + difference(new, old)
      if rows.isEmpty { continue }
      let changes = MemoryCatalog()
      let ddl = scan.columns.map { "\($0.name) \($0.type.sql)" }.joined(separator: ", ")
      try changes.add("changed", ddl, rows: rows.map { $0.joined(separator: "|") })
      let changed = try self.plan("SELECT * FROM changed", changes)
      guard let query = AffectedValues(changed: changed).query(plan, [0], scan: number) else {
        return nil
      }
      let source = try Executor(context: QueryContext(clock: QueryRun.clock, threadCount: 2))
        .execute(Optimizer(clock: QueryRun.clock).optimize(query))
      while let batch = try source.next() {
        for row in 0..<batch.rowCount {
          let column = batch.columns[0]
          days.insert(column.isNull(row) ? "NULL" : column.sparkText(at: row))
        }
      }
    }
    return days
  }

  /// The rows of `left` that `right` has not, counted.
  private static func difference(_ left: Rows, _ right: Rows) -> Rows {
    var counts = Dictionary(right.map { ($0, 1) }, uniquingKeysWith: +)
    return left.filter { row in
      guard let count = counts[row], count > 0 else { return true }
      counts[row] = count - 1
      return false
    }
  }
}
