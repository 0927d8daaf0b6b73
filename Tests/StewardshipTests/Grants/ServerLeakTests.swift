import Access
import Core
import Database
import LakeJobs
import LakeQuery
import LakeSupport
import PostgreSQL
import Stewardship
import Testing
import WarehouseJobs

/// Whether restricted values can be seen at a server, and whether a leak would be found.
@Suite(.serialized, .enabled(if: AccessStar.isPossible)) struct ServerLeakTests {
  private static let policy = """
    roles:
      analyst#: {members: anna#}
      manager#: {members: mia#}
    mappings: {stores_of: {mia#: S1}}
    masks: {email: hash, phone: last4, birth_date: year}
    grants:
      - {to: analyst#, on: warehouse.*, mask: ['label:email', 'label:phone', 'label:birth_date']}
      - to: manager#
        on: [warehouse.fact_visits, warehouse.dim_member]
        show: [harmless, 'label:name']
        rows: >
          store_id IN (SELECT what FROM stores_of WHERE who = current_user())
        purpose: daily reports
    """.replacing("[warehouse.fact_visits, warehouse.dim_member]", with: "warehouse.dim_member")

  private typealias Route = ServerLeakTest.Route

  private func leaks(
    _ star: AccessStar, _ user: String, _ role: String
  ) throws -> [ServerLeakTest.Leak] {
    let policy = try star.policy(Self.policy)
    let workspace = try star.lake.workspace()
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    catalog.showWarehouse(at: try star.place)
    let asker = Asker(
      role + star.mark, user: user + star.mark, day: AccessStar.day, key: AccessStar.key)
    let copy = try RoleCopy(
      of: ["dim_member", "dim_store", "fact_visits"].map {
        LakeTableName(schema: "warehouse", name: $0)
      }, for: asker, policy, try star.labels(), over: catalog, star.lake.context())
    return try ServerLeakTest(
      star.session(), as: user + star.mark, subject: user, values: copy.restrictedValues()
    ).leaks()
  }

  private func applied() throws -> AccessStar {
    let star = try AccessStar()
    _ = try star.grants(Self.policy).apply()
    try star.admin.execute("ANALYZE")
    return star
  }

  @Test func `what a policy makes shows nothing restricted by any way`() throws {
    let star = try applied()
    #expect(try leaks(star, "anna", "analyst").map(\.description) == [])
    #expect(try leaks(star, "mia", "manager").map(\.description) == [])
    #expect(
      try star.rows("SELECT name FROM as_manager#.dim_member ORDER BY 1", as: "mia") == [
        "Anna Sommer", "Bert Winter",
      ])
  }

  /// A leak that is planted, for whom, and the ways that must show it.
  private static let planted: [(String, String, String, [Route])] = [
    (
      """
      GRANT USAGE ON SCHEMA dim TO anna#; GRANT SELECT ON dim.dim_member TO anna#;
      ALTER TABLE dim.dim_member DISABLE ROW LEVEL SECURITY
      """, "anna", "analyst", Route.allCases.filter { $0 != .explain }
    ),
    (
      """
      CREATE SCHEMA open; GRANT USAGE ON SCHEMA open TO mia#;
      CREATE VIEW open.own AS SELECT member_id, email FROM dim.dim_member
        WHERE store_id = 'S1' AND email LIKE 'anna%';
      GRANT SELECT ON open.own TO mia#
      """, "mia", "manager", [.function, .error, .select]
    ),
    (
      """
      CREATE SCHEMA open; GRANT USAGE ON SCHEMA open TO mia#;
      CREATE VIEW open.own AS SELECT member_id FROM dim.dim_member
        WHERE email <> 'cleo.herbst@example.org' AND store_id = 'S1';
      GRANT SELECT ON open.own TO mia#
      """, "mia", "manager", [.explain]
    ),
    (
      """
      CREATE SCHEMA open; GRANT USAGE ON SCHEMA open TO anna#;
      CREATE VIEW open.hashed AS SELECT md5(email) AS mark, sha256(convert_to(phone, 'UTF8')) AS p
        FROM dim.dim_member;
      GRANT SELECT ON open.hashed TO anna#
      """, "anna", "analyst", [.select, .copy, .table, .view]
    ),
    (
      """
      CREATE SCHEMA open; GRANT USAGE ON SCHEMA open TO anna#;
      GRANT USAGE ON SCHEMA dim TO anna#; GRANT SELECT (phone) ON dim.dim_member TO anna#;
      ALTER TABLE dim.dim_member DISABLE ROW LEVEL SECURITY
      """, "anna", "analyst", [.statistics, .copy, .error]
    ),
  ]

  @Test(arguments: planted.indices) func `a planted leak is found by each way it opens`(
    _ index: Int
  ) throws {
    let (sql, user, role, routes) = Self.planted[index]
    let star = try applied()
    try star.admin.execute(sql.replacing("#", with: star.mark))
    let found = Set(try leaks(star, user, role).map(\.route))
    #expect(Set(routes).subtracting(found) == [], "found by \(found)")
  }

  @Test func `who reads by a row policy alone is found to see other rows`() throws {
    let star = try applied()
    try star.admin.execute(
      "ALTER VIEW as_manager\(star.mark).dim_member RESET (security_barrier)")
    #expect(try leaks(star, "mia", "manager").contains { $0.route == .function } == false)
    try star.admin.execute(
      "ALTER TABLE dim.dim_member DISABLE ROW LEVEL SECURITY")
    #expect(try leaks(star, "mia", "manager").contains { $0.route == .function })
  }
}
