import TestSupport
import Testing

@Suite struct UnchangedSourceTests {
  @Test func `a source without a change is not compared, one with a change is`() throws {
    let pipeline = try Pipeline()
    // A file that was written a moment ago may be written again in the same tick of its clock.
    try pipeline.shell("sleep 2.2")
    try pipeline.tool("cdc-extract", ["orders.customers"])
    let state = "lake/bronze/orders/customers/_state"
    // What is compared with is made anew only by a run that compares.
    try pipeline.shell("rm \(state)/compare.db")
    #expect(try pipeline.tool("cdc-extract", ["orders.customers"]).isEmpty)
    #expect(try pipeline.shell("ls \(state)") == "compare.db.stamp")
    try pipeline.shell(
      "sqlite3 sources/orders.db \"UPDATE customers SET city = 'Ulm' WHERE customer_id = 'ALFKI'\"")
    #expect(try !pipeline.tool("cdc-extract", ["orders.customers"]).isEmpty)
    #expect(
      try pipeline.row("SELECT count(*) FROM bronze.orders_customers WHERE city = 'Ulm'") == "1")
    #expect(try pipeline.tool("cdc-extract", ["orders.customers"]).isEmpty)
  }
}
