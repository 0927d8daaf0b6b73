import Columnar
import Core
import Engine

/// Tables without rows: enough to bind and rewrite.
struct PlanningCatalog: Catalog {
  var tables: [String: Schema]

  /// Declares tables the way SQL does: `["t": "a INT, b STRING"]`.
  init(_ tables: [String: String]) throws {
    self.tables = try tables.mapValues {
      Schema(try SQLScript.parseSchema(text: $0, file: "schema"))
    }
  }

  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    let wanted = name.description.lowercased()
    guard let found = tables.first(where: { $0.key.lowercased() == wanted }) else { return nil }
    return EmptyTable(name: found.key, schema: found.value)
  }

  var tableNames: [String] { tables.keys.sorted() }

  /// A shop: what the tests of this folder query.
  static var shop: PlanningCatalog {
    get throws {
      try PlanningCatalog([
        "silver.sales": """
        id STRING, line INT, store_id STRING, sku STRING, day DATE, at TIMESTAMP,
        quantity DECIMAL(12,3), price DECIMAL(12,2), amount DECIMAL(18,2), note STRING
        """,
        "silver.stores": "store_id STRING, city STRING, opened DATE",
        "silver.products": "sku STRING, category STRING, cost DECIMAL(12,2)",
        "bronze.events": """
        id STRING, at STRING, lines ARRAY<STRUCT<sku: STRING, qty: INT>>,
        tags MAP<STRING, INT>, ingest_date DATE
        """,
        "t": "a INT, b BIGINT, c DOUBLE, s STRING, d DECIMAL(10,2), e DECIMAL(12,4), f BOOLEAN",
        "u": "a INT, x STRING, y DATE, z TIMESTAMP",
      ])
    }
  }
}

/// A table without rows that can tell where its rows would come from.
struct EmptyTable: TableProvider {
  var name: String
  var schema: Schema

  var hiddenColumns: [Field] {
    [Field("__raw", .string), Field("__file", .string), Field("__line", .bigint)]
  }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] { [] }
}

/// Shorthand of the tests: from text to plan.
enum Planning {
  static let clock = Clock(now: Timestamp(microseconds: 1_767_225_600_000_000))

  static func bind(
    _ text: String, views: [String] = [], in catalog: PlanningCatalog? = nil
  ) throws -> LogicalPlan {
    let definitions = try views.flatMap { try SQLScript.parse(text: $0, file: "views.sql") }
      .compactMap { statement -> ViewSyntax? in
        if case .temporaryView(let view) = statement.kind { view } else { nil }
      }
    let binder = Binder(catalog: try catalog ?? .shop, clock: clock, views: definitions)
    return try binder.bind(SQLScript.parseQuery(text: text, file: "q.sql"))
  }

  /// `name TYPE` of each column; NOT NULL where that is sure.
  static func columns(_ plan: LogicalPlan) -> String {
    plan.schema.fields.map { "\($0.name) \($0.type.sql)\($0.isNullable ? "" : " NOT NULL")" }
      .joined(separator: ", ")
  }
}
