import Columnar
import Core
import Database
import PostgreSQL
import TestSupport
import Warehouse

/// A small star schema in a database of its own, loaded from literal rows.
final class Star {
  let workdir = Workdir()
  let database: any LoadingConnection
  let files = Place("jobs/warehouse/star.sql")
  private var runCount = 0

  /// In a SQLite file, or in a new database of the server that all tests share.
  init(_ dialect: Dialect = .sqlite) throws {
    switch dialect {
    case .sqlite: database = try SQLiteConnection(workdir.file("warehouse.db"), .create)
    case .postgresql: database = try SharedServer.newDatabase()
    }
  }

  /// The databases that there are to test with.
  static let dialects: [Dialect] =
    PostgreSQLServer.programs == nil ? [.sqlite] : [.sqlite, .postgresql]

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
  func text(_ sql: String, in other: (any LoadingConnection)? = nil) throws -> [String] {
    try (other ?? database).rows(sql).map { row in row.map(Star.text).joined(separator: "|") }
  }

  /// A value as SQLite would have stored it, in words: what both databases tell alike.
  private static func text(_ value: Scalar) -> String {
    switch value {
    case .null: return "NULL"
    case .boolean(let flag): return flag ? "1" : "0"
    case .string(let text): return text
    case .integer(let number): return "\(number)"
    case .double(let number):
      return number == number.rounded() ? "\(Int64(number))" : "\(number)"
    case .decimal(let number):
      guard number.scale > 0 else { return "\(number)" }
      var text = number.description
      while text.hasSuffix("0") { text.removeLast() }
      return text.hasSuffix(".") ? String(text.dropLast()) : text
    case .date(let date): return "\(date)"
    case .timestamp(let moment):
      let text = ValueText.text(instant: moment)
      return text == "9999-12-31T00:00:00.000000Z" ? "9999-12-31T00:00:00Z" : text
    default: return "\(value)"
    }
  }

  /// Another session that reads, as an analyst has it.
  func reader() throws -> any LoadingConnection {
    guard database.dialect == .postgresql else {
      return try SQLiteConnection(workdir.file("warehouse.db"), .readOnly)
    }
    return try another(toLoad: false)
  }

  /// Another session in the same database of a server.
  func another(as user: String = "tester", toLoad: Bool = true) throws -> PostgreSQLConnection {
    guard case .string(let name) = try database.value("SELECT current_database()::text") else {
      throw Fault(.internal, "a session without a database", remedy: "report it")
    }
    return try SharedServer.session(name, as: user, toLoad: toLoad)
  }

  /// All rows of a table, sorted; `columns` nil takes all.
  func dump(
    _ table: String, without column: String = "", in other: (any LoadingConnection)? = nil
  ) throws -> [String] {
    let database = other ?? database
    let names = try database.columns(of: table).map(\.name).filter { $0 != column }
    let list = names.map(database.dialect.quoted).joined(separator: ", ")
    return try text("SELECT \(list) FROM \(table)", in: database).sorted()
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
