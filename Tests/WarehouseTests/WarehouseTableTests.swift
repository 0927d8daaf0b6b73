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
    (["dimension": "scd1", "key": "id", "scope": "all"], "'scope'"),
    (
      ["dimension": "scd1", "key": "id", "overwrite": "at", "keep": "at"], "'keep' and 'overwrite'"
    ),
    (["dimension": "scd1", "key": "id", "delete_style": "close"], "delete_style"),
    (["dimension": "scd1", "key": "id", "two_axes": "true"], "two_axes"),
    (["dimension": "scd1", "key": "id", "key_change": "merge"], "key of before"),
    (["dimension": "scd1", "key": "id", "previous_key": "at"], "cannot hold"),
    (["dimension": "scd1", "key": "id", "previous_key": "at, ratio"], "2 columns"),
    (["dimension": "static", "key": "id", "keep": "at"], "static"),
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

  @Test(arguments: [
    (["delete_style": "gone"], "version or close"), (["scope": "now"], "all or current"),
    (["scope.city": "current"], "overwrite"), (["two_axes": "perhaps"], "true or false"),
    (["key_change": "split"], "link or merge"), (["overwrite": "city"], "one of them"),
    (["keep": "valid_from"], "take it out"), (["overwrite": "old_id"], "take it out"),
  ])
  func `what is wrong with a dimension with history is named`(
    _ properties: [String: String], _ word: String
  ) throws {
    let fault = #expect(throws: Fault.self) { try Members(properties) }
    #expect(fault?.kind == .configuration)
    let words = [fault?.problem, fault?.remedy].compactMap(\.self).joined(separator: "; ")
    #expect(words.contains(word), "\(words)")
  }

  @Test func `a column that no property names is tracked, or overwritten beside others that are`()
    throws
  {
    let all = try WarehouseTable(
      "dim_member", properties: ["dimension": "scd2", "key": "id", "keep": "born"],
      schema: Members.schema, at: Place("x.sql")
    ).dimension
    #expect(all?.tracked == ["old_id", "city", "tier", "phone"])
    let some = try Members(["scope.phone": "current"]).table.dimension
    #expect(some?.tracked == ["city"])
    #expect(some?.currentOnly == ["phone"])
  }
}
