import Columnar
import Core
import Engine
import Testing

/// Rows that come of one another.
@Suite struct GenerateTests {
  private let run = QueryRun(MemoryCatalog(), threadCount: 1)

  @Test func `generators over one another make batches of a bounded size`() throws {
    let sql = """
      SELECT a, b, posexplode_outer(CASE WHEN b % 2 = 0 THEN sequence(1, 7) END) AS (p, c)
      FROM (SELECT a, explode(sequence(1, 900)) AS b FROM (SELECT explode(sequence(1, 30)) AS a))
      """
    let batches = try run.batches(sql).1
    let rowCount: Int = batches.reduce(0) { $0 + $1.rowCount }
    #expect(rowCount == 108_000)
    #expect(batches.allSatisfy { $0.rowCount <= 8 * Batch.standardRowCount })
    var next = (a: 1, b: 1, c: 1)
    for batch in batches {
      for row in 0..<batch.rowCount {
        let isEmpty = next.b % 2 == 1
        let expected: [Scalar] = [
          .integer(Int64(next.a)), .integer(Int64(next.b)),
          isEmpty ? .null : .integer(Int64(next.c - 1)), isEmpty ? .null : .integer(Int64(next.c)),
        ]
        try #require(batch.columns.map { $0.scalar(at: row) } == expected)
        next.c = isEmpty || next.c == 7 ? 1 : next.c + 1
        if next.c == 1 { next.b = next.b == 900 ? 1 : next.b + 1 }
        if next.c == 1, next.b == 1 { next.a += 1 }
      }
    }
  }

  @Test(arguments: [
    "SELECT a, n FROM (SELECT sequence(1, 50000) AS a) CROSS JOIN range(120) AS r (n)",
    "SELECT a, n FROM range(120) AS r (n) CROSS JOIN (SELECT sequence(1, 50000) AS a)",
    "SELECT a, n FROM range(120) AS r (n) LEFT JOIN (SELECT sequence(1, 50000) AS a) ON n >= 0",
    "SELECT a, explode(sequence(1, 120)) AS n FROM (SELECT sequence(1, 50000) AS a)",
    """
    SELECT s.a, explode(sequence(1, 120)) AS n
    FROM (SELECT named_struct('a', array(sequence(1, 49999))) AS s)
    """,
  ]) func `rows that repeat a wide array come in batches of a bounded size`(_ sql: String) throws {
    let counts: [Int] = try run.batches(sql).1.map(\.rowCount)
    #expect(counts.count > 1 && counts.reduce(0, +) == 120)
    #expect(counts.allSatisfy { $0 * 50_000 < 1 << 22 + 50_000 })
  }

  @Test func `a range is never whole in memory`() throws {
    #expect(
      try run.rows("SELECT id FROM range(1000000000000000) LIMIT 2 OFFSET 8191") == [
        "8191", "8192",
      ])
    #expect(
      try run.rows("SELECT count(*), sum(id), max(id) FROM range(5, 100000, 7)") == [
        "14285|714235715|99993"
      ])
    #expect(try run.rows("SELECT id FROM range(5, 0, -2)") == ["5", "3", "1"])
    #expect(try run.rows("SELECT id FROM range(3, 3)").isEmpty)
    #expect(
      try run.rows("SELECT id FROM range(9223372036854775800, 9223372036854775807, 5)")
        == ["9223372036854775800", "9223372036854775805"])
    #expect(
      try run.rows("SELECT a.id, b.id FROM range(2) a JOIN range(1, 3) b ON a.id = b.id") == ["1|1"]
    )
  }

  @Test func `a long list of IN means what a short one does`() throws {
    let numbers: [String] = (1...20).map { "\($0)" }
    let texts: [String] = numbers.map { "'b\($0)'" } + ["'ä'", "''"]
    let days: [String] = (10...28).map { "'2020-01-\($0)'" } + ["DATE'2020-01-05'"]
    let truths = [String](repeating: "true", count: 20)
    var lists: [(values: String, items: [String])] = []
    lists.append(("(1), (2), (17), (NULL), (-3)", numbers))
    lists.append(("(1), (NULL), (99)", numbers + ["NULL"]))
    lists.append(("('a'), ('ä'), ('a\u{308}'), (''), (NULL)", texts))
    lists.append(("(DATE'2020-01-05'), (DATE'2021-01-01')", days))
    lists.append(("(1.50), (1.25), (NULL)", numbers + ["1.5", "1.250"]))
    lists.append(("(true), (false), (NULL)", truths))
    lists.append(("(0D), (-0D), (double('NaN'))", numbers + ["0D", "double('NaN')"]))
    for (values, items) in lists {
      let whole = "x IN (\(items.joined(separator: ", ")))"
      let single = items.map { "x IN (\($0))" }.joined(separator: " OR ")
      let rows = try run.rows("SELECT \(whole), \(single) FROM VALUES \(values) AS t(x)")
      for row in rows {
        let pair = row.split(separator: "|")
        #expect(pair[0] == pair[1], "\(values): \(row)")
      }
    }
  }
}
