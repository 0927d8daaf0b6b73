import Core
import Ingest
import LakeJobs
import LakeSupport
import Stewardship
import TestSupport
import Testing

/// Proposals over a lake: what was accepted is not proposed again.
@Suite struct LabelProposalsTests {
  private static let setup = """
    CREATE SCHEMA bronze;
    CREATE TABLE bronze.till (event_id STRING, event_time STRING, mail STRING, note STRING,
      lines ARRAY<STRUCT<tel: STRING, sku: STRING>>, ingest_date DATE)
    USING json PARTITIONED BY (ingest_date) LOCATION 'pos/till';
    """

  private func lake() throws -> TestLake {
    let lake = try TestLake(setup: Self.setup)
    let lines = (1...40).map { number in
      #"{"event_id":"e\#(number)","event_time":"2026-02-01T09:30:00Z","#
        + #""mail":"box\#(number)@example.org","note":"n\#(number)","lines":["#
        + #"{"tel":"+49 30 12345\#(number + 10)","sku":"A\#(number)"}]}"#
    }
    let path = try lake.folder.write("in.ndjson", lines.joined(separator: "\n") + "\n")
    _ = try lake.eventIngest(into: "till", requiring: ["event_id"]).take([.file(path)])
    return lake
  }

  private func proposals(_ lake: TestLake) throws -> LabelProposals {
    try LabelProposals(
      lake.workspace(), tables: [], lake.context(), seed: 1, least: 0.6
    ) { Issue.record($0) }
  }

  @Test func `a line says the label, its rule, its share and what values look like`() throws {
    let found = try proposals(try lake())
    #expect(
      found.proposals.map { "\($0.column) \($0.labels)" } == [
        #"mail ["email"]"#, #"lines ["phone"]"#,
      ])
    #expect(
      found.yaml.contains("  bronze.till:\n    mail: {label: email, evidence: \"form of an e-mail"))
    #expect(found.yaml.contains("100 % of 40 values, as xxx9@xxxxxxx.xxx"))
    #expect(found.yaml.contains("    # note: none\n"))
    #expect(!found.yaml.contains("example.org"))
  }

  @Test func `lines are a file, and what it says is not proposed again`() throws {
    let lake = try lake()
    let yaml = try proposals(lake).yaml
    try lake.write("labels.yml", yaml)
    #expect(try lake.workspace().jobs.labels?.tables.count == 1)
    let again = try proposals(lake)
    #expect(again.proposals == [] && again.yaml == "")
  }
}
