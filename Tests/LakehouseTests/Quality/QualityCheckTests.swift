import Columnar
import Core
import Engine
import Governance
import JSON
import LakeJobs
import LakeQuery
import LakeSupport
import Lakehouse
import TestSupport
import Testing

@Suite struct QualityCheckTests {
  private static let table = LakeTableName(schema: "silver", name: "sales")

  /// Twelve sales: ids 1 to 12, the last two of one store, a tenth without an amount.
  private var runner: QueryRunner {
    let ids = ColumnBuilder(.bigint)
    let stores = ColumnBuilder(.string)
    let amounts = ColumnBuilder(.decimal(precision: 12, scale: 2))
    let times = ColumnBuilder(.timestamp)
    for id in 1...12 as ClosedRange<Int64> {
      ids.append(.integer(id))
      stores.append(.string(id > 10 ? "S9" : "S\(id)"))
      amounts.append(
        id == 10 ? .null : .decimal(Decimal(unscaled: Int128(id * 100), scale: 2)))
      times.append(.timestamp(Timestamp(microseconds: 1_772_000_000_000_000)))
    }
    let schema = Schema([
      Field("id", .bigint), Field("store", .string), Field("amount", amounts.type),
      Field("at", .timestamp),
    ])
    let batch = Batch(
      schema, [ids.finish(), stores.finish(), amounts.finish(), times.finish()], rowCount: 12)
    return QueryRunner(
      catalog: NamedTables([BatchTable("silver.sales", schema, [batch])]),
      context: QueryContext(clock: .ofTests))
  }

  private func outcome(
    _ kind: QualityRule.Kind, where condition: String? = nil
  ) throws -> QualityOutcome {
    try QualityCheck(runner).run(
      QualityRule(
        table: Self.table, name: kind.word, kind: kind, condition: condition, severity: .error,
        place: Place("quality/sales.yml", line: 2, column: 5)))
  }

  private static let cases: [(QualityRule.Kind, String?, Int)] = [
    (.notNull(["id", "store"]), nil, 0), (.notNull(["amount"]), nil, 1),
    (.notNull(["amount"]), "id <> 10", 0), (.unique(["id"]), nil, 0), (.unique(["store"]), nil, 1),
    (.acceptedValues(column: "store", ["S1", "S2", "S3", "S9"]), nil, 6),
    (.range(column: "amount", minimum: "2", maximum: "11"), nil, 2),
    (.range(column: "at", minimum: "2026-02-01", maximum: nil), nil, 0),
    (.references(columns: ["store"], table: table, to: ["store"]), nil, 0),
    (.freshness(column: "at", seconds: 86_400 * 4), nil, 0),
    (.freshness(column: "at", seconds: 60), nil, 1), (.rowCount(minimum: 12, maximum: 12), nil, 0),
    (.rowCount(minimum: 13, maximum: nil), nil, 1),
    (.sql("SELECT id FROM silver.sales WHERE id > 2"), nil, 10),
  ]

  @Test(arguments: cases.indices)
  func `a rule counts the rows that break it`(index: Int) throws {
    let (kind, condition, expected) = Self.cases[index]
    let outcome = try outcome(kind, where: condition)
    #expect(outcome.failingRowCount == expected, "\(kind): \(outcome.reason ?? "")")
    #expect(outcome.holds == (expected == 0))
  }

  @Test func `at most five of the rows are shown`() throws {
    let outcome = try outcome(.sql("SELECT id FROM silver.sales WHERE id > 2 ORDER BY id"))
    #expect(outcome.samples?.columns[0].scalars == (3...7).map { .integer($0) })
  }

  @Test func `a table that is not built fails its rule, and says so`() throws {
    let outcome = try outcome(.sql("SELECT * FROM gold.daily"))
    #expect(outcome.word == "missing" && outcome.isError)
    #expect(outcome.reason == "gold.daily has not been built yet")
    #expect(QualityReport([outcome]).fault?.kind == .verdict)
  }

  @Test func `a rule that cannot be run is a matter of configuration`() throws {
    let outcome = try outcome(.notNull(["amont"]))
    #expect(outcome.word == "unsound")
    #expect(outcome.reason?.hasSuffix("did you mean 'amount'?") == true)
    #expect(QualityReport([outcome]).fault?.kind == .configuration)
  }

  @Test func `the report is told as text, JSON and a run event`() throws {
    let report = QualityReport([
      try outcome(.notNull(["id"])), try outcome(.range(column: "id", minimum: nil, maximum: "11")),
    ])
    #expect(
      report.text(byRule: true) == """
        table         rule      level  outcome  rows
        ------------  --------  -----  -------  ----
        silver.sales  not_null  error  passed      0
        silver.sales  range     error  failed      1

        silver.sales: range (error, quality/sales.yml:2:5): 1 row:
          id  store  amount  at
          --  -----  ------  --------------------
          12  S9      12.00  2026-02-25T06:13:20Z

        """)
    let line = try #require(try report.jsonLines().split(separator: "\n").last)
    let json = try JSONValue(parsing: String(line))
    #expect(json["samples"]?[0]?["amount"]?.string == "12.00")
    let lake = try TestLake.sample().opened()
    let event = report.event(of: lake, tool: "dq-check")
    let found = event.inputs[0].facts[DataQualityAssertionsFacet.self]
    #expect(found?.assertions.map(\.holds) == [true, false])
    #expect(found?.assertions.map(\.violationCount) == [0, 1])
  }
}
