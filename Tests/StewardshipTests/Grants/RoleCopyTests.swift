import Access
import Columnar
import Core
import Database
import LakeJobs
import LakeQuery
import LakeSupport
import Lakehouse
import Stewardship
import TestSupport
import Testing
import WarehouseJobs

/// A file with what a role may see, and that it holds nothing else.
@Suite struct RoleCopyTests {
  private let lake: TestLake
  private let tables = ["dim_member"].map { LakeTableName(schema: "warehouse", name: $0) }

  init() throws {
    lake = try TestLake(jobs: [
      "warehouse/dim_member.sql": """
      CREATE MATERIALIZED VIEW warehouse.dim_member
      TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'member_id', 'publishes' = 'email(email)')
      AS SELECT * FROM VALUES ('M1', 'anna.sommer@example.org', 'S1'),
        ('M2', 'bert.winter@example.org', 'S2') AS m (member_id, email, store_id);
      """
    ])
    try lake.write(
      "labels.yml",
      "tables: {warehouse.dim_member: {member_id: none, email: email, store_id: none}}\n")
    let workspace = try lake.workspace()
    _ = try StarLoadRun(
      workspace, into: try place.openedToLoad(workspace.lake.fileSystem), siteKey: nil,
      context: lake.context(), isFullRefresh: false
    ).run(
      workspace.jobs.ordered(schema: "warehouse"), .init(say: { _ in }) { Issue.record("\($0)") })
  }

  private var place: WarehousePlace {
    get throws { try WarehousePlace(lake.folder.file("lake/warehouse.db")) }
  }

  private func write(_ policy: String) throws -> [RoleCopy.Content] {
    try lake.write("access.yml", policy)
    let workspace = try lake.workspace()
    let policy = try #require(try AccessPolicy.read(workspace))
    let labels = WarehouseLabels(
      try BoundJobs(workspace, complete: StarLineage.complete), workspace.jobs)
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    catalog.showWarehouse(at: try place)
    let asker = Asker(
      "reader", user: "mia", day: CivilDate(dayNumber: 20_000), key: MaskKey(Array("key".utf8)))
    return try RoleCopy(of: tables, for: asker, policy, labels, over: catalog, lake.context())
      .write(to: lake.folder.file("copy.db"), LocalFileSystem())
  }

  @Test func `a copy holds the rows and columns of the role`() throws {
    let contents = try write(
      """
      roles: {reader: {}}
      masks: {email: hash}
      grants: [{to: reader, on: warehouse.*, mask: 'label:email', rows: store_id = 'S1'}]
      """)
    #expect(contents.map(\.rowCount) == [1])
    let copy = try SQLiteConnection(lake.folder.file("copy.db"), .readOnly)
    let hash = hexText(SHA256.keyed(Array("key".utf8), Array("anna.sommer@example.org".utf8)))
    #expect(
      try copy.rows("SELECT member_id, email FROM dim_member")
        == [[.string("M1"), .string(hash)]])
    let bytes = try LocalFileSystem().read(lake.folder.file("copy.db"))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("bert.winter"))
  }

  @Test(arguments: ["sha2(value, 256)", "md5(lower(value))", "concat('of ', value)"])
  func `a mask that tells is found before there is a file`(_ mask: String) throws {
    let fault = #expect(throws: Fault.self) {
      try write(
        """
        roles: {reader: {}}
        masks: {email: {sql: "\(mask)"}}
        grants: [{to: reader, on: warehouse.*, mask: 'label:email'}]
        """)
    }
    #expect(fault?.kind == .verdict)
    #expect(fault?.problem.contains("warehouse.dim_member.email") == true)
    #expect(try LocalFileSystem().list(lake.folder.path).allSatisfy { !$0.hasPrefix("copy") })
  }
}
