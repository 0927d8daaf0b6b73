import Core
import LakeJobs
import LakeSupport
import Lakehouse
import Testing
import WarehouseJobs

/// Labels on their way from bronze to what is published, and jobs that do not say what they show.
@Suite struct LabelTests {
  private static let setup = """
    CREATE SCHEMA bronze;
    CREATE TABLE bronze.people (
      id STRING, mail STRING, given STRING, family STRING, city STRING, note STRING, at TIMESTAMP,
      __op STRING, day DATE
    ) USING json PARTITIONED BY (day) LOCATION 'crm/people';
    """
  private static let silver = """
    CREATE TEMPORARY VIEW changes AS SELECT id, lower(mail) AS mail,
      concat_ws(' ', given, family) AS full_name, city, note, at, __op FROM STREAM(bronze.people);
    CREATE STREAMING TABLE silver.people;
    CREATE FLOW f AS AUTO CDC INTO silver.people FROM STREAM(changes) KEYS (id)
      APPLY AS DELETE WHEN __op = 'd' SEQUENCE BY at COLUMNS * EXCEPT (__op)
      STORED AS SCD TYPE 1;
    """
  private static let labels = """
    tables:
      bronze.people: {id: none, mail: email, given: name, family: name, city: address, at: none}
    """

  private func bound(
    _ jobs: [String: String], labels: String? = labels
  ) throws -> BoundJobs {
    let all = jobs.merging(["silver/people.sql": Self.silver]) { own, _ in own }
    let lake = try TestLake(setup: Self.setup, jobs: all)
    if let labels { try lake.write("labels.yml", labels) }
    return try BoundJobs(try lake.workspace(), complete: StarLineage.complete)
  }

  private func table(_ name: String) throws -> LakeTableName {
    try #require(LakeTableName(name))
  }

  private func view(_ columns: String, _ properties: String = "") -> [String: String] {
    let said = properties.isEmpty ? "" : "TBLPROPERTIES (\(properties)) "
    return [
      "gold/v.sql":
        "CREATE MATERIALIZED VIEW gold.v \(said)AS SELECT \(columns) FROM silver.people;"
    ]
  }

  @Test func `labels come through views and folds of changes`() throws {
    let jobs = try bound([:])
    #expect(
      jobs.labels(of: try table("silver.people")) == [
        "mail": ["email"], "full_name": ["name"], "city": ["address"], "note": ["restricted"],
      ])
    #expect(jobs.labels(of: try table("bronze.people"))["given"] == ["name"])
    #expect(jobs.faults == [])
  }

  @Test func `a job that publishes and does not say so does not compile`() throws {
    let faults = try bound(view("id, mail AS contact, city")).faults
    #expect(faults.count == 1)
    #expect(faults.first?.kind == .configuration)
    #expect(
      faults.first?.problem
        == "'gold.v' would publish 'email' in 'contact', 'address' in 'city', and does not say so")
    #expect(
      faults.first?.remedy.contains("'publishes' = 'address(city), email(contact)'") == true)
    #expect(faults.first?.place?.description.contains("jobs/gold/v.sql:1:") == true)
  }

  @Test(arguments: [
    ("id, mail AS contact, city", "'publishes' = 'address(city), email(contact)'"),
    ("sha2(mail, 256) AS contact", ""),
    ("split_part(mail, '@', 2) AS domain", "'label.break.domain' = 'email'"),
    ("concat(mail, city) AS x", "'publishes' = 'email(x)', 'label.break.x' = 'address'"),
  ])
  func `one that says so, or shows nothing, does`(_ columns: String, _ properties: String) throws {
    #expect(try bound(view(columns, properties)).faults == [])
  }

  @Test(arguments: [
    ("'publishes' = 'email(mial)'", "'gold.v' has no column 'mial'"),
    ("'publishes' = 'emial(mail)'", "'emial' is not a label"),
    (
      "'publishes' = 'email mail'",
      "'email mail' does not say which labels which columns publish"
    ),
    (
      "'publishes' = 'email(mail), phone(mail)'",
      "'phone' does not come to the column 'mail' of 'gold.v'"
    ),
    (
      "'publishes' = 'email(mail)', 'label.break.mail' = 'iban'",
      "'iban' does not come to the column 'mail' of 'gold.v'"
    ),
  ])
  func `what is said must be so`(_ properties: String, _ problem: String) throws {
    #expect(try bound(view("mail", properties)).faults.map(\.problem) == [problem])
  }

  @Test func `a new column of a labelled table is restricted until it is labelled`() throws {
    let faults = try bound(view("upper(note) AS remark")).faults
    #expect(
      faults.map(\.problem) == [
        "'gold.v' would publish 'remark', made from 'bronze.people.note', of which nobody has said "
          + "what it holds: a new column of a labelled table is restricted"
      ])
    #expect(faults.first?.remedy.contains("'note: none'") == true)
    let settled = Self.labels.replacing("at: none", with: "at: none, note: none")
    #expect(try bound(view("upper(note) AS remark"), labels: settled).faults == [])
    let later = "tables: {silver.people: {mail: email, note: none}}"
    #expect(try bound(view("note"), labels: later).faults == [])
    #expect(try bound(view("city"), labels: later).faults.count == 1)
  }

  @Test func `a folder that labels nothing goes on as it was`() throws {
    let jobs = try bound(view("mail, note", "'publishes' = 'email(mail)'"), labels: nil)
    #expect(jobs.faults == [] && jobs.labels == nil)
  }

  @Test func `raw text and what is set aside hold all that their columns do`() throws {
    let faults = try bound([
      "gold/v.sql": """
      CREATE MATERIALIZED VIEW gold.v AS SELECT raw AS x, rule FROM quarantine.people;
      """
    ]).faults
    #expect(faults.count == 1 && faults.first?.problem.contains("'x', made from") == true)
  }

  @Test func `a dimension's keyed hashes tell nothing, and a fact's lookups are not stored`() throws
  {
    let star = [
      "warehouse/d.sql": """
      CREATE MATERIALIZED VIEW warehouse.dim_person TBLPROPERTIES ('dimension' = 'scd1',
        'key' = 'id', 'keyed_hash' = 'mail') AS SELECT id, mail FROM silver.people;
      """,
      "warehouse/f.sql": """
      CREATE MATERIALIZED VIEW warehouse.fact_visit TBLPROPERTIES ('fact' = 'incremental',
        'key' = 'visit', 'lookup.person_key' = 'dim_person(mail)')
      AS SELECT id AS visit, mail FROM silver.people;
      """,
    ]
    let faults = try bound(star).faults.map(\.problem)
    #expect(faults == [])
  }
}
