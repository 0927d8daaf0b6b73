import Core
import JSON
import LakeSupport
import Stewardship
import TestSupport
import Testing

/// The catalog in the forms of others.
@Suite struct CatalogExportTests {
  private func files(_ form: CatalogExport) throws -> [JSONValue] {
    let catalog = try Sample.catalog(of: try TestLake.sample())
    return try form.files(of: catalog).flatMap { file in
      try file.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
  }

  @Test func `dataset events tell columns and what they are made from`() throws {
    let events = try files(.openlineage)
    let daily = try #require(events.first { $0["dataset"]?["name"]?.string == "gold.daily" })
    let facets = try #require(daily["dataset"]?["facets"])
    #expect(facets["schema"]?["fields"]?.array?.count == 3)
    let input = facets["columnLineage"]?["fields"]?["net"]?["inputFields"]?[0]
    #expect(input?["name"]?.string == "silver.sales")
    #expect(input?["field"]?.string == "amount")
    #expect(daily["schemaURL"]?.string?.hasSuffix("/DatasetEvent") == true)
  }

  @Test func `a metadata file names upstream tables and columns`() throws {
    let proposals = try #require(try files(.datahub).first?.array)
    let urn = "urn:li:dataset:(urn:li:dataPlatform:delta-lake,gold.daily,PROD)"
    let own = proposals.filter { $0["entityUrn"]?.string == urn }
    #expect(
      own.compactMap { $0["aspectName"]?.string } == [
        "status", "datasetProperties", "schemaMetadata", "upstreamLineage",
      ])
    let lineage = own.last?["aspect"]?["json"]
    #expect(
      lineage?["upstreams"]?[0]?["dataset"]?.string
        == "urn:li:dataset:(urn:li:dataPlatform:delta-lake,silver.sales,PROD)")
  }

  @Test func `entities keep to the types that are given with them`() throws {
    let files = try files(.atlas)
    let types = try #require(files[0]["entityDefs"]?.array)
    let attributes = Dictionary(
      uniqueKeysWithValues: types.map { type in
        (
          type["name"]?.string ?? "",
          Set((type["attributeDefs"]?.array ?? []).compactMap { $0["name"]?.string })
        )
      })
    let inherited: Set = ["qualifiedName", "name", "description", "owner", "inputs", "outputs"]
    let entities = try #require(files[1]["entities"]?.array)
    let guids = Set(entities.compactMap { $0["guid"]?.string })
    #expect(guids.count == entities.count)
    for entity in entities {
      let known = try #require(attributes[entity["typeName"]?.string ?? ""])
      let given = Set(entity["attributes"]?.object?.members.map(\.key) ?? [])
      #expect(given.isSubset(of: known.union(inherited)))
      #expect(given.contains("qualifiedName"))
      for name in ["inputs", "outputs"] {
        for reference in entity["attributes"]?[name]?.array ?? [] {
          #expect(guids.contains(reference["guid"]?.string ?? ""))
        }
      }
      if let table = entity["relationshipAttributes"]?["table"] {
        #expect(guids.contains(table["guid"]?.string ?? ""))
      }
    }
  }
}
