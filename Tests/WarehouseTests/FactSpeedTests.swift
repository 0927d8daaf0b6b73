import Columnar
import Core
import Database
import Glibc
import TestSupport
import Testing
import Warehouse

/// How fast facts load; runs where `MEDALLION_SPEED_ROWS` says how many rows.
@Suite struct FactSpeedTests {
  private static let rowCount = getenv("MEDALLION_SPEED_ROWS").flatMap { Int(String(cString: $0)) }

  @Test(.enabled(if: rowCount != nil, "set MEDALLION_SPEED_ROWS to measure"))
  func `rows a second`() throws {
    let count = try #require(FactSpeedTests.rowCount)
    let star = try Star()
    try star.loadSmallDimensions()
    let versions = (0..<20_000).flatMap { id in
      [customer("H\(id)", "a", "b", 0, 50), customer("H\(id)", "c", "b", 50, nil)]
    }
    try measure("dimension, \(versions.count) versions") {
      try star.load(star.customers(), versions, batchSize: Batch.standardRowCount)
    }
    let table = try WarehouseTable(
      "fact_sales",
      properties: [
        "fact": "incremental", "key": "transaction_id, line", "lookup.date_key": "dim_date(day)",
        "lookup.product_key": "dim_product(sku)",
        "lookup.customer_key": "dim_customer(customer_id) AS OF moment",
      ], schema: Self.schema, at: star.files)
    let batches = batches(count)
    for title in ["first load", "whole again"] {
      try measure("\(title), \(count) rows") {
        let load = WarehouseLoad(
          into: star.database, run: title, Clock(now: at(0)), siteKey: [1])
        let outcome = try load.load(
          table, from: BatchList(table.schema, batches), inputs: title)
        try load.commit()
        print(outcome)
      }
    }
    let day = LoadScope.partitions(column: "day", values: [.date(CivilDate(dayNumber: 7))])
    let part = batches.compactMap { batch -> Batch? in
      guard case .date(let date)? = batch.column("day")?.scalar(at: 0) else { return nil }
      return date.dayNumber == 7 ? batch : nil
    }
    for title in ["one day", "one day again"] {
      try measure("\(title), \(part.reduce(0) { $0 + $1.rowCount }) rows") {
        let load = WarehouseLoad(
          into: star.database, run: title, Clock(now: at(0)), siteKey: [1])
        _ = try load.load(
          table, from: BatchList(table.schema, part), scope: day, inputs: title)
        try load.commit()
      }
    }
  }

  private static let schema = Schema([
    Field("transaction_id", .string), Field("line", .int), Field("day", .date),
    Field("moment", .timestamp), Field("customer_id", .string), Field("sku", .string),
    Field("quantity", .decimal(precision: 12, scale: 3)),
    Field("unit_price", .decimal(precision: 12, scale: 2)),
    Field("discount", .decimal(precision: 18, scale: 2)),
    Field("tax", .decimal(precision: 18, scale: 2)),
    Field("net", .decimal(precision: 18, scale: 2)),
    Field("cost", .decimal(precision: 18, scale: 2)),
  ])

  private func batches(_ count: Int) -> [Batch] {
    let size = Batch.standardRowCount
    return stride(from: 0, to: count, by: size).map { start in
      let rows = min(size, count - start)
      let day = start / size % 100
      var transactions = ByteRuns()
      var customers = ByteRuns()
      for row in start..<(start + rows) {
        transactions.append("T\(1_000_000_000 + row / 2)".utf8)
        customers.append("H\(row * 7_919 % 20_000)".utf8)
      }
      func numbers(_ type: DataType, _ factor: Int64) -> Column {
        Column(type, count: rows, .int64((0..<Int64(rows)).map { ($0 &* factor) % 99_999 }))
      }
      let moments = (0..<Int64(rows)).map { at(Int64(day)).microseconds + $0 * 1_000_000 }
      let codes = (0..<Int32(rows)).map { $0 % 3 }
      let skus = ByteDictionary(ByteRuns(offsets: [0, 1, 2, 3], bytes: [97, 98, 99]))
      return Batch(
        Self.schema,
        [
          Column(.string, count: rows, .bytes(transactions)),
          Column(.int, count: rows, .int32((0..<Int32(rows)).map { $0 % 2 })),
          Column(.date, count: rows, .int32([Int32](repeating: Int32(day), count: rows))),
          Column(.timestamp, count: rows, .int64(moments)),
          Column(.string, count: rows, .bytes(customers)),
          Column(.string, count: rows, .dictionary(codes: codes, dictionary: skus)),
          numbers(.decimal(precision: 12, scale: 3), 7),
        ] + Self.schema.fields[7...].map { numbers($0.type, 13) }, rowCount: rows)
    }
  }

  private func measure(_ title: String, _ body: () throws -> Void) rethrows {
    let duration = try ContinuousClock().measure(body)
    print("\(title): \(duration)")
  }
}
