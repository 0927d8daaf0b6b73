import Core
import Engine
import LakeJobs
import LakeSupport
import TestSupport
import Testing

/// What `labels.yml` says of columns, and what is told of one that says nothing clear.
@Suite struct LabelsFileTests {
  private static let setup = """
    CREATE SCHEMA bronze;
    CREATE TABLE bronze.till (id STRING, Mail STRING, day DATE) USING json
      PARTITIONED BY (day) LOCATION 'pos/till';
    """
  private static let job = "CREATE STREAMING TABLE silver.z AS SELECT id FROM STREAM bronze.till;"

  private func labels(_ text: String) throws -> LabelsFile? {
    let lake = try TestLake(setup: Self.setup, jobs: ["silver/z.sql": Self.job])
    try lake.write("labels.yml", text)
    return try lake.workspace().jobs.labels
  }

  @Test func `a column has labels, with why and by whom`() throws {
    let file = try #require(
      try labels(
        """
        labels: {loyalty: {sensitivity: internal}}
        breakers: {functions: [md5, left], aggregate_over: 5}
        tables:
          bronze.till:
            id: loyalty
            mail: {label: [email, phone], evidence: e-mail 99 %, accepted: a.miller}
          silver.z: {id: none}
        """))
    let till = try #require(file.tables[LakeTableName(schema: "bronze", name: "till")])
    #expect(till["id"]?.labels == ["loyalty"] && till["mail"]?.labels == ["email", "phone"])
    #expect(till["mail"]?.evidence == "e-mail 99 %" && till["mail"]?.acceptedBy == "a.miller")
    #expect(file.tables[LakeTableName(schema: "silver", name: "z")]?["id"]?.labels == [])
    #expect(file.labels["loyalty"]?.sensitivity == .internal)
    #expect(file.labels["iban"]?.sensitivity == .sensitive)
    #expect(file.breakers.functions == ["md5", "left"] && file.breakers.leastRows == 5)
  }

  @Test func `a folder without one labels nothing`() throws {
    let lake = try TestLake(setup: Self.setup, jobs: ["silver/z.sql": Self.job])
    #expect(try lake.workspace().jobs.labels == nil)
  }

  @Test func `a property of a column is a label too`() throws {
    let setup = Self.setup.replacing(
      "'pos/till'", with: "'pos/till' TBLPROPERTIES ('label.mail' = 'email')")
    let lake = try TestLake(setup: setup, jobs: ["silver/z.sql": Self.job])
    let file = try #require(try lake.workspace().jobs.labels)
    let contract = try lake.contract("till")
    #expect(try LabelProperties(contract, file).held["mail"]?.labels == ["email"])
  }

  @Test(arguments: [
    (
      "tables: {bronze.tilt: {id: none}}", "there is no table 'bronze.tilt' to label",
      "did you mean 'bronze.till'?"
    ),
    (
      "tables: {bronze.till: {mial: email}}", "'bronze.till' has no column 'mial' to label",
      "did you mean 'Mail'?"
    ),
    ("tables: {bronze.till: {id: emial}}", "'emial' is not a label", "did you mean 'email'?"),
    (
      "tables: {bronze.till: {id: [email, none]}}", "a column holds labels, or 'none'",
      "write which, or 'none' alone"
    ),
    (
      "tables: {bronze.till: {id: {lable: email}}}", "'lable' is not a key here",
      "did you mean 'label'?"
    ),
    (
      "tables: {bronze.till: {id: none, ID: email}}", "'ID' of 'bronze.till' stands here twice",
      "remove one of the two"
    ),
    (
      "labels: {email: {sensitivity: internal}}", "'email' is a label that there is anyway",
      "take it out, or give yours another name"
    ),
    (
      "labels: {own: {sensitivity: high}}", "'high' is no sensitivity",
      "use one of internal, personal, sensitive"
    ),
    (
      "breakers: {functions: [shaa2]}", "'shaa2' is not a function that is known",
      "did you mean 'sha2'?"
    ),
    (
      "breakers: {aggregate_over: 1}", "an aggregate over one row is that row",
      "write a number of rows, 2 or more"
    ),
  ])
  func `what is wrong is told where it stands`(
    _ text: String, _ problem: String, _ remedy: String
  ) throws {
    let fault = #expect(throws: Fault.self) { try labels(text) }
    #expect(fault?.problem == problem && fault?.remedy == remedy)
    #expect(fault?.kind == .configuration)
    #expect(fault?.place?.description.contains("labels.yml:1:") == true)
  }

  @Test func `silver does without it, and who only looks is told`() throws {
    let lake = try TestLake(setup: Self.setup, jobs: ["silver/z.sql": Self.job])
    try lake.write("labels.yml", "tables: {bronze.tilt: {id: none}}")
    let folder = lake.folder.file("jobs")
    _ = try JobFolder(folder, lake: lake.opened(), needing: .layer("silver"))
    _ = try JobFolder(folder, lake: lake.opened(), needing: .setup)
    #expect(throws: Fault.self) {
      try JobFolder(folder, lake: lake.opened(), needing: .layer("gold"))
    }
    let seen = try JobFolder(folder, lake: lake.opened(), needing: .readable)
    #expect(seen.labels == nil && seen.faults.count == 1)
  }
}
