import Columnar
import Core
import Testing
import Warehouse

@Suite struct WarehouseTableTests {
  private let schema = Schema([
    Field("id", .string), Field("at", .timestamp), Field("ratio", .double),
    Field("amount", .decimal(precision: 18, scale: 2)),
    Field("tags", .array(element: .string, containsNull: true)),
  ])

  @Test func `a fact stores its grain, its measures and its moments`() throws {
    let table = try Star().sales("incremental", ["keep": "sku"])
    let fact = try #require(table.fact)
    #expect(fact.lookups.map(\.column) == ["customer_key", "date_key", "product_key"])
    #expect(fact.lookups[0].asOf == "moment")
    #expect(fact.stored.map(\.name) == ["line", "moment", "sku", "amount"])
    #expect(table.dimensionsNeeded == ["dim_customer", "dim_date", "dim_product"])
  }

  @Test(arguments: [
    (["dimension": "scd2"], "no 'key'"),
    (["dimension": "scd9", "key": "id"], "scd9"),
    (["dimension": "scd1", "fact": "snapshot", "key": "id"], "either"),
    (["dimension": "scd2", "key": "id"], "valid_from"),
    (["dimension": "scd1", "key": "name"], "name"),
    (["dimension": "scd1", "key": "ratio"], "DOUBLE"),
    (["dimension": "scd1", "key": "id", "keyed_hash": "id"], "keyed_hash"),
    (["dimension": "scd1", "key": "id", "track": "at"], "tracks"),
    (["fact": "incremental", "key": "id", "lookup.x_key": "x(id)"], "lookup.x_key"),
    (["fact": "incremental", "key": "id", "lookup.x_key": "dim_x(id) AS OF id"], "TIMESTAMP"),
    (["fact": "incremental", "key": "id", "lookup.x_key": "dim_x(nothing)"], "nothing"),
    (["fact": "incremental", "key": "id"], "tags"),
    (["fact": "snapshot", "key": "id"], "snapshot.by"),
  ])
  func `what is wrong with the properties is named`(
    _ properties: [String: String], _ word: String
  ) throws {
    let fault = #expect(throws: Fault.self) {
      try WarehouseTable("dim_x", properties: properties, schema: schema, at: Place("x.sql"))
    }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.contains(word) == true, "\(fault?.problem ?? "")")
  }
}
