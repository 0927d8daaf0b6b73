import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// What is wrong with one table is told with its name, the column, the row and what to do, and
/// stops that table alone.
@Suite struct FaultWordsTests {
  /// A flaw of a delivery.
  enum Flaw: CaseIterable, Sendable {
    case keyTwice, memberWithoutKey, notANumber, oversizedDecimal, lookupOfAnotherType,
      vanishedDimension, otherKeyOfKeptRows, versionsThatOverlap
  }

  /// Each flaw on each database that has it: a server holds any decimal exactly.
  static let cases = Star.dialects.flatMap { dialect in
    Flaw.allCases.filter { dialect == .sqlite || $0 != .oversizedDecimal }.map { (dialect, $0) }
  }

  private static let thingSchema = Schema([
    Field("id", .string), Field("day", .date), Field("ratio", .double),
    Field("amount", .decimal(precision: 38, scale: 2)),
  ])

  private func things(
    _ star: Star, _ more: [String: String] = [:]
  ) throws -> WarehouseTable {
    try WarehouseTable(
      "fact_things",
      properties: ["fact": "incremental", "key": "id", "lookup.date_key": "dim_date(day)"]
        .merging(more) { $1 }, schema: Self.thingSchema, at: star.files)
  }

  private func thing(
    _ id: String?, ratio: Double = 1, amount: Int128 = 5
  ) -> [Scalar] {
    [
      id.map { .string($0) } ?? .null, .date(CivilDate(dayNumber: 3)), .double(ratio),
      .decimal(Decimal(unscaled: amount, scale: 2)),
    ]
  }

  /// What is delivered, and the words by which the flaw is to be told.
  private func delivery(
    _ flaw: Flaw, _ star: Star
  ) throws -> (table: WarehouseTable, rows: [[Scalar]], words: [String]) {
    let good = thing("a")
    switch flaw {
    case .keyTwice:
      return (try things(star), [good, thing("b"), thing("b", ratio: 2)], ["id = 'b'"])
    case .memberWithoutKey:
      return (try star.products(), [[.null, .string("x"), .null]], ["no sku"])
    case .notANumber:
      return (try things(star), [good, thing("b", ratio: .nan)], ["id = 'b'", "ratio", "NaN"])
    case .oversizedDecimal:
      return (
        try things(star), [good, thing("b", amount: 1_234_567_890_123_456_789)],
        ["id = 'b'", "amount", "12345678901234567.89"]
      )
    case .lookupOfAnotherType:
      return (
        try things(star, ["lookup.date_key": "dim_date(id)"]), [good], ["id", "dim_date.day"]
      )
    case .vanishedDimension:
      try star.database.execute("DROP TABLE dim_date")
      return (try things(star), [good], ["date_key", "dim_date"])
    case .otherKeyOfKeptRows:
      try star.load(things(star, ["on_delete": "keep", "keep": "day"]), [good])
      return (
        try things(
          star, ["on_delete": "keep", "keep": "day", "lookup.date_key": "dim_product(id)"]),
        [good], ["date_key", "dim_date"]
      )
    case .versionsThatOverlap:
      return (
        try star.customers(),
        [customer("k", "Bonn", "basic", 0, 9), customer("k", "Ulm", "basic", 5, nil)],
        ["customer_id = 'k'", "1970-01-06"]
      )
    }
  }

  @Test(arguments: cases)
  func `a fault names what is wrong and stops its table alone`(
    _ dialect: Dialect, _ flaw: Flaw
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    let (table, rows, words) = try delivery(flaw, star)
    let load = WarehouseLoad(into: star.database, run: "r", Clock(now: at(0)), siteKey: [1])
    let fault = #expect(throws: Fault.self) {
      try load.load(table, from: source(table.schema, rows), inputs: "x")
    }
    #expect(
      [.verdict, .configuration].contains(fault?.kind), "\(flaw): \(String(describing: fault))")
    #expect(fault?.place == star.files)
    for word in words + [table.name] {
      #expect(fault?.problem.contains(word) == true, "\(flaw): \(fault?.problem ?? "")")
    }
    #expect(fault?.remedy.isEmpty == false)
    let other = try WarehouseTable(
      "dim_other", properties: ["dimension": "scd1", "key": "id"],
      schema: Schema([Field("id", .string)]), at: star.files)
    _ = try load.load(other, from: source(other.schema, [[.string("z")]]), inputs: "y")
    try load.commit()
    #expect(try star.text("SELECT id FROM dim_other WHERE other_key > 0") == ["z"])
  }
}
