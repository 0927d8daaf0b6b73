import Core
import LakeJobs
import LakeSupport
import Refresh
import Testing

/// What was found to publish what it may is not bound again, until a job file says otherwise.
@Suite struct PublishingMemoryTests {
  private static let setup = """
    CREATE SCHEMA bronze;
    CREATE TABLE bronze.people (id STRING, mail STRING, day DATE)
      USING json PARTITIONED BY (day) LOCATION 'crm/people';
    """
  private static let silver =
    "CREATE STREAMING TABLE silver.people AS SELECT id, mail FROM STREAM(bronze.people);"
  private static let gold =
    "CREATE MATERIALIZED VIEW gold.v AS SELECT id FROM silver.people;"
  private static let labels = "tables: {bronze.people: {id: none, mail: email}}"

  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: Self.setup, jobs: ["silver/people.sql": Self.silver, "gold/v.sql": Self.gold])
    try lake.write("labels.yml", Self.labels)
  }

  private func check(isTrial: Bool = false) throws {
    let workspace = try lake.workspace()
    let view = try #require(workspace.jobs.ordered(schema: "gold").first)
    try LabelledJobs(workspace).check(view, isDue: true, isTrial: isTrial)
  }

  private func memory() throws -> [UInt8]? {
    let workspace = try lake.workspace()
    let path = "\(workspace.lake.root)/_labels/gold.v"
    return try workspace.lake.fileSystem.exists(path)
      ? try workspace.lake.fileSystem.read(path) : nil
  }

  @Test func `what passed is remembered, but by no trial`() throws {
    try check(isTrial: true)
    #expect(try memory() == nil)
    try check()
    #expect(try memory()?.count == 64)
    try check()
  }

  @Test(arguments: [
    ("labels.yml", "tables: {bronze.people: {id: email, mail: email}}"),
    ("silver/people.sql", silver.replacing("SELECT id, mail", with: "SELECT mail AS id, id AS x")),
    ("gold/v.sql", gold.replacing("SELECT id", with: "SELECT id, mail")),
  ])
  func `a job file that changes is looked at`(_ file: String, _ text: String) throws {
    try check()
    try lake.write(file, text)
    #expect(throws: Fault.self) { try check() }
    #expect(throws: Fault.self) { try check() }
  }

  @Test(arguments: ["", "nonsense", String(repeating: "0", count: 64)])
  func `a memory that is damaged or of other files is not believed`(_ kept: String) throws {
    try lake.write("gold/v.sql", Self.gold.replacing("SELECT id", with: "SELECT id, mail"))
    let workspace = try lake.workspace()
    try workspace.lake.fileSystem.createDirectory("\(workspace.lake.root)/_labels")
    try workspace.lake.fileSystem.replace(
      "\(workspace.lake.root)/_labels/gold.v", Array(kept.utf8))
    #expect(throws: Fault.self) { try check() }
  }
}
