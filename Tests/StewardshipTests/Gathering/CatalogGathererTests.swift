import Governance
import LakeSupport
import Stewardship
import Testing

/// What there is to be known of tables.
@Suite struct CatalogGathererTests {
  @Test func `tables of all layers are there, by layer and name`() throws {
    let lake = try TestLake.sample()
    let catalog = try CatalogGatherer(lake.workspace()) { Issue.record($0) }.catalog()
    #expect(
      catalog.entries.map(\.name) == [
        "bronze.till", "silver.sales", "gold.daily", "warehouse.dim_store", "warehouse.fact_day",
      ])
  }

  @Test func `a column tells what it is made from`() throws {
    let lake = try TestLake.sample()
    let catalog = try CatalogGatherer(lake.workspace()) { Issue.record($0) }.catalog()
    let found = try catalog.find("daily.net")
    #expect(found.entry.upstream == [DatasetName("silver.sales")])
    #expect(
      found.column?.origins == [
        .init(LineageNode(DatasetName("silver.sales"), "amount"), "aggregation")
      ])
  }
}
