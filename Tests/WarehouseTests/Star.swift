import Columnar
import Core
import Database
import TestSupport
import Warehouse

/// A small star schema in a folder of its own, loaded from literal rows.
final class Star {
  let workdir = Workdir()
  let database: SQLiteConnection
  let files = Place("jobs/warehouse/star.sql")
  private var runCount = 0

  init() throws { database = try SQLiteConnection(workdir.file("warehouse.db"), .create) }

  static let customerSchema = Schema([
    Field("customer_id", .string), Field("city", .string), Field("tier", .string),
    Field("email_hash", .string), Field("valid_from", .timestamp), Field("valid_to", .timestamp),
  ])

  func customers(track: String = "city, tier") throws -> WarehouseTable {
    try WarehouseTable(
      "dim_customer",
      properties: [
        "dimension": "scd2", "key": "customer_id", "track": track, "keyed_hash": "email_hash",
      ], schema: Star.customerSchema, at: files)
  }

  func products() throws -> WarehouseTable {
    try WarehouseTable(
      "dim_product", properties: ["dimension": "scd1", "key": "sku"],
      schema: Schema([
        Field("sku", .string), Field("name", .string),
        Field("price", .decimal(precision: 12, scale: 2)),
      ]), at: files)
  }

  func dates() throws -> WarehouseTable {
    try WarehouseTable(
      "dim_date", properties: ["dimension": "static", "key": "day"],
      schema: Schema([Field("date_key", .int), Field("day", .date), Field("name", .string)]),
      at: files)
  }

  static let saleSchema = Schema([
    Field("line", .int), Field("day", .date), Field("moment", .timestamp),
    Field("customer_id", .string), Field("sku", .string),
    Field("amount", .decimal(precision: 18, scale: 2)),
  ])

  func sales(
    _ update: String = "incremental", _ more: [String: String] = [:]
  ) throws -> WarehouseTable {
    let properties = [
      "fact": update, "key": "line", "lookup.date_key": "dim_date(day)",
      "lookup.product_key": "dim_product(sku)",
      "lookup.customer_key": "dim_customer(customer_id) AS OF moment",
    ].merging(more) { $1 }
    return try WarehouseTable(
      "fact_sales", properties: properties, schema: Star.saleSchema, at: files)
  }

  /// Loads one table in a run of its own.
  @discardableResult
  func load(
    _ table: WarehouseTable, _ rows: [[Scalar]], scope: LoadScope = .all, inputs: String? = nil,
    keys: (any BatchSource)? = nil, day: Int64 = 0, batchSize: Int = 3, endingAbsent: Bool = false,
    reopening: Reopening? = nil
  ) throws -> LoadOutcome {
    runCount += 1
    let load = WarehouseLoad(
      into: database, run: "run \(runCount)", Clock(now: at(day)), siteKey: [1, 2, 3],
      endsAbsentMembers: endingAbsent, reopening: reopening)
    let outcome = try load.load(
      table, from: source(table.schema, rows, batchSize), scope: scope, keys: keys,
      inputs: inputs ?? "version \(runCount)")
    try load.commit()
    return outcome
  }

  /// Loads a calendar of the days 0 to 99 and the products a, b and c.
  func loadSmallDimensions() throws {
    try load(
      dates(),
      (0..<Int32(100)).map { day in
        let date = CivilDate(dayNumber: day)
        let (year, month, dayOfMonth) = date.components
        return [
          .integer(Int64(year * 10_000 + month * 100 + dayOfMonth)), .date(date),
          .string("day \(day)"),
        ]
      })
    try load(
      products(),
      ["a", "b", "c"].enumerated().map {
        [
          .string($0.element), .string("product \($0.element)"),
          money(Int128(100 * $0.offset + 99)),
        ]
      })
  }

  /// The values of a query as text, a row a line.
  func text(_ sql: String) throws -> [String] {
    try database.rows(sql).map { row in
      row.map { value in
        switch value {
        case .null: "NULL"
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        default: "\(value)"
        }
      }.joined(separator: "|")
    }
  }

  /// Everything a reader of the star sees, surrogate keys resolved to what they stand for.
  func content() throws -> [String] {
    try text(
      """
      SELECT f.line, f.amount, d.day, p.sku, c.customer_id, c.valid_from, c.valid_to, c.is_deleted
      FROM fact_sales f JOIN dim_date d USING (date_key) JOIN dim_product p USING (product_key)
      JOIN dim_customer c USING (customer_key) ORDER BY f.line
      """) + history()
  }

  func history() throws -> [String] {
    try text(
      """
      SELECT customer_id, city, tier, substr(email_hash, 1, 4), valid_from, valid_to, is_current,
             is_deleted
      FROM dim_customer ORDER BY customer_id, valid_from
      """)
  }
}

func source(_ schema: Schema, _ rows: [[Scalar]], _ batchSize: Int = 3) -> BatchList {
  let batches = stride(from: 0, to: rows.count, by: batchSize).map { start in
    let part = rows[start..<min(start + batchSize, rows.count)]
    let columns = schema.fields.indices.map { position in
      let builder = ColumnBuilder(schema.fields[position].type)
      for row in part { builder.append(row[position]) }
      return builder.finish()
    }
    return Batch(schema, columns, rowCount: part.count)
  }
  return BatchList(schema, batches)
}

/// Midnight of a day since 1970.
func at(_ day: Int64) -> Timestamp { Timestamp(microseconds: day * Timestamp.microsecondsPerDay) }

func money(_ cents: Int128) -> Scalar { .decimal(Decimal(unscaled: cents, scale: 2)) }

/// A delivered customer version; `to` nil is open.
func customer(
  _ id: String, _ city: String, _ tier: String, _ from: Int64, _ to: Int64?, mail: String = "m"
) -> [Scalar] {
  [
    .string(id), .string(city), .string(tier), .string(mail), .timestamp(at(from)),
    to.map { .timestamp(at($0)) } ?? .null,
  ]
}

func sale(
  _ line: Int64, day: Int64, customer: String?, sku: String?, cents: Int128
) -> [Scalar] {
  [
    .integer(line), .date(CivilDate(dayNumber: Int32(day))), .timestamp(at(day)),
    customer.map { .string($0) } ?? .null, sku.map { .string($0) } ?? .null, money(cents),
  ]
}
