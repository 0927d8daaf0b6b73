import Columnar
import Core
import Engine
import TestSupport
import Testing

/// Tables that lie apart by a column are grouped part by part.
@Suite struct PartedTests {
  private static func batch(_ random: inout SeededRandom) -> Batch {
    let count = 3_000
    let days = ColumnBuilder(.date)
    let receipts = ColumnBuilder(.string)
    let skus = ColumnBuilder(.string)
    let amounts = ColumnBuilder(.decimal(precision: 10, scale: 2))
    for _ in 0..<count {
      let day = Int32.random(in: 0..<9, using: &random)
      days.append(day == 0 ? .null : .date(CivilDate(dayNumber: day)))
      let receipt = Int.random(in: 0..<400, using: &random)
      receipts.append(receipt % 31 == 0 ? .null : .string("R\(receipt)"))
      skus.append(.string("SKU\(Int.random(in: 0..<70, using: &random))"))
      let cents = Int64.random(in: -500...500, using: &random)
      amounts.append(.decimal(Decimal(unscaled: Int128(cents), scale: 2)))
    }
    return Batch(
      Schema([
        Field("day", .date), Field("receipt", .string), Field("sku", .string),
        Field("amount", .decimal(precision: 10, scale: 2)),
      ]),
      [days.finish(), receipts.finish(), skus.finish(), amounts.finish()], rowCount: count)
  }

  @Test(arguments: [
    "SELECT day, sku, count(*), count(DISTINCT receipt), sum(amount) FROM t GROUP BY day, sku",
    "SELECT sku, day, count(DISTINCT receipt, sku), sum(DISTINCT amount) FROM t GROUP BY ALL",
    """
    SELECT day, count(DISTINCT sku) FROM t LEFT ANTI JOIN v ON v.receipt = t.receipt
    WHERE amount > 0 GROUP BY day
    """,
    """
    SELECT day, max(n), sum(total) FROM
      (SELECT day, sku, count(*) AS n, sum(amount) AS total FROM t GROUP BY day, sku) d
    GROUP BY day
    """,
    "SELECT t.day, count(*) FROM t JOIN v ON v.receipt = t.receipt AND v.day = t.day GROUP BY 1",
    "SELECT t.day, count(v.receipt) FROM v RIGHT JOIN t ON v.receipt = t.receipt GROUP BY t.day",
    "SELECT day, sku, sum(amount) FROM t GROUP BY GROUPING SETS ((day, sku), (sku), ())",
    "SELECT sku, count(DISTINCT day) FROM t GROUP BY sku",
  ])
  func `groups of parted tables are those of any table`(_ sql: String) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      var random = SeededRandom(seed)
      let lines = PartedTests.batch(&random)
      let voids = PartedTests.batch(&random).slice(0..<40)
      let whole = MemoryCatalog()
      whole.add("t", lines)
      whole.add("v", voids)
      let expected = try QueryRun(whole, threadCount: 1).rows(sql).sorted()
      let parted = MemoryCatalog()
      parted.add("t", lines, partedBy: "day")
      parted.add("v", voids)
      for memoryLimit in [512 << 20, 200_000] {
        let once = try QueryRun(parted, threadCount: 2, memoryLimit: memoryLimit).rows(sql)
        #expect(once.sorted() == expected, "seed \(seed)")
        let again = try QueryRun(parted, threadCount: 2, memoryLimit: memoryLimit).rows(sql)
        #expect(once == again, "seed \(seed): the order of rows is not a matter of luck")
      }
    }
  }

  @Test func `a failure in one part is the failure of the query`() throws {
    var random = SeededRandom(5)
    let parted = MemoryCatalog()
    parted.add("t", PartedTests.batch(&random), partedBy: "day")
    #expect(throws: Fault.self) {
      try QueryRun(parted).rows("SELECT day, sum(CAST(sku AS INT)) FROM t GROUP BY day")
    }
  }
}
