import Core
import Governance
import JSON
import TestSupport
import Testing

@Suite struct ConformanceTests {
  private static let suite = "conformance/openlineage"

  private func checker() throws -> SchemaChecker {
    try SchemaChecker(
      Shared.files(under: ConformanceTests.suite, suffix: ".json").filter {
        !$0.contains("/tests/") && !$0.hasSuffix("registry.json")
      })
  }

  @Test(.shared(suite))
  func `the checker accepts the suite's own examples`() throws {
    let checker = try checker()
    let paths = Shared.files(under: "\(ConformanceTests.suite)/tests", suffix: ".json")
    #expect(!paths.isEmpty)
    for path in paths {
      let value = try JSONValue(parsing: LocalFileSystem().read(path), at: Place(path))
      let facet = path.split(separator: "/").dropLast().last.map(String.init) ?? ""
      let schema = Shared.path("\(ConformanceTests.suite)/facets/\(facet).json")
      let address = try JSONValue(parsing: LocalFileSystem().read(schema))["$id"]?.string
      #expect(checker.findings(value, try #require(address)) == [], "\(path)")
    }
  }

  @Test(
    .shared(suite),
    arguments: [
      ("eventTime", "yesterday", "is no date-time"),
      ("producer", "somebody", "is no uri"),
      ("run", ["runId": "7"], "is no uuid"),
      ("run", [:], "'runId' is missing"),
      ("job", ["name": "x"], "'namespace' is missing"),
      ("inputs", [["name": 1, "namespace": "x"]], "not of type string"),
      ("eventType", "DONE", "not one of the choices"),
      ("inputs", "none", "not of type array"),
    ] as [(String, JSONValue, String)])
  func `the checker refuses what is wrong`(
    _ member: String, _ value: JSONValue, _ finding: String
  ) throws {
    var object = try #require(Example.event.json.object)
    object[member] = value
    let findings = try checker().findings(.object(object), OpenLineageAddress.runEvent)
    #expect(findings.contains { $0.contains(finding) }, "\(findings)")
  }

  @Test(.shared(suite))
  func `our events and every facet in them are valid`() throws {
    let checker = try checker()
    let event = Example.event.json
    #expect(checker.findings(event, OpenLineageAddress.runEvent) == [])
    #expect(checker.findings(event, OpenLineageAddress.document) == [])
    var checked = 0
    for (key, facet) in facets(in: event) {
      let address = try #require(facet["_schemaURL"]?.string)
      if address.hasPrefix("urn:medallion:") { continue }
      #expect(checker.findings(facet, address) == [], "\(key)")
      let document = String(address.prefix { $0 != "#" })
      #expect(checker.findings([key: facet], document) == [], "\(key)")
      checked += 1
    }
    #expect(checked >= 15)
  }

  /// Every facet of the event, with its key.
  private func facets(in value: JSONValue) -> [(String, JSONValue)] {
    if let array = value.array { return array.flatMap(facets) }
    return (value.object ?? JSONObject()).flatMap { key, member in
      member["_schemaURL"] == nil ? facets(in: member) : [(key, member)]
    }
  }
}

private enum OpenLineageAddress {
  static let document = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
  static let runEvent = "\(document)#/$defs/RunEvent"
}

/// An event with one of every facet.
enum Example {
  static let sales = DatasetName("silver.sales")
  static let daily = DatasetName("gold.daily")

  static var event: RunEvent {
    let time = Timestamp(microseconds: 1_772_345_678_123_456)
    let id = RunID(naming: "run")
    var run = Run(id)
    let end = Timestamp(microseconds: time.microseconds + 1)
    run.facets.set(NominalTimeFacet(start: time, end: end))
    run.facets.set(ErrorMessageFacet("no space left"))
    run.facets.set(ProcessingEngineFacet("medallion", version: "1.0.0"))
    run.facets.set(ParentRunFacet(id, jobNamespace: "medallion", jobName: "silver2gold"))
    var job = Job("gold.daily", in: "medallion")
    job.facets.set(SQLFacet("SELECT 'ä\n'"))
    job.facets.set(SourceCodeFacet("rules:", language: "yaml"))
    job.facets.set(JobTypeFacet("flow"))
    var input = LineageDataset(sales, Facets().adding(VersionFacet("7")))
    input.facts.set(InputStatisticsFacet(DataSize(rowCount: 10, byteCount: 99, fileCount: 1)))
    input.facts.set(
      DataQualityMetricsFacet(rowCount: 10, columns: [.init("id", nullCount: 0, distinctCount: 9)]))
    var output = LineageDataset(daily)
    output.facets.set(SchemaFacet([.init("day", "DATE"), .init("net", "DECIMAL(12,2)")]))
    output.facets.set(StorageFacet("delta", fileFormat: "parquet"))
    output.facets.set(DocumentationFacet("sales of a day"))
    output.facets.set(OwnershipFacet(["team:sales"]))
    output.facets.set(VersionFacet("3"))
    output.facets.set(ColumnLineageFacet(of: daily, edges))
    output.facts.set(OutputStatisticsFacet(DataSize(rowCount: 2)))
    output.facts.set(ChangeFacet(inserted: 2, updated: 1, quarantined: 1, partitions: ["day=1"]))
    output.facts.set(TillFacets.skew)
    output.facts.set(TillFacets.gaps)
    output.facts.set(
      DataQualityAssertionsFacet([
        .init(
          "net_present", "net IS NOT NULL", holds: false, column: "net", severity: "warn",
          violationCount: 1)
      ]))
    return RunEvent(
      .complete, at: time, run: run, job: job, inputs: [input], outputs: [output])
  }

  static let edges = [
    ColumnEdge(from: sales, "time", to: daily, "day", Influence(.transformation)),
    ColumnEdge(from: sales, "amount", to: daily, "net", Influence(.aggregation)),
    ColumnEdge(from: sales, "time", to: daily, "net", Influence(.groupBy)),
    ColumnEdge(from: sales, "voided", to: daily, nil, Influence(.filter)),
  ]
}
