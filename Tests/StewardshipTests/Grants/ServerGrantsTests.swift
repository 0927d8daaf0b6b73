import Access
import Core
import Database
import LakeSupport
import PostgreSQL
import Stewardship
import Testing

/// What a server becomes by a policy, and what its users then see.
@Suite(.serialized, .enabled(if: AccessStar.isPossible)) struct ServerGrantsTests {
  private static let policy = """
    roles:
      analyst#: {members: anna#}
      manager#: {members: [mia#, tom#, nobody#]}
    mappings:
      stores_of: {mia#: S1, tom#: [S1, S2]}
    masks: {email: hash, phone: last4, birth_date: year}
    grants:
      - {to: analyst#, on: warehouse.*, mask: ['label:email', 'label:phone', 'label:birth_date']}
      - to: manager#
        on: [warehouse.fact_visits, warehouse.fact_visits_as_was]
        show: [harmless, 'label:name']
        rows: >
          store_key IN (SELECT store_key FROM warehouse.dim_store WHERE store_id IN
          (SELECT what FROM stores_of WHERE who = current_user()))
        purpose: daily reports
    """

  @Test func `a second apply finds nothing to do`() throws {
    let star = try AccessStar()
    var told: [String] = []
    let grants = try star.grants(Self.policy) { told.append($0.problem) }
    let plan = try grants.plan()
    let again = try grants.plan()
    #expect(!plan.isEmpty && plan.count == again.count)
    #expect(try grants.apply().map(\.sql) == plan.map(\.sql))
    #expect(try grants.plan().map(\.sql) == [])
    #expect(try grants.apply().map(\.sql) == [])
    #expect(told.contains("'nobody\(star.mark)' is no user of the server, and gets nothing"))
    #expect(!plan.contains { $0.sql.contains(hexText(AccessStar.key.inner)) })
  }

  @Test func `an apply that dies at any statement leaves all, and the next ends it`() throws {
    let star = try AccessStar()
    let plan = try star.grants(Self.policy).plan().map(\.sql)
    var count = 0
    func apply(dyingAt point: Int) throws {
      count = 0
      let session = DyingConnection(try star.session()) { _ in
        count += 1
        return count == point
      }
      _ = try star.grants(Self.policy, at: session).apply()
    }
    // What is before the first change and behind the last, and some in between.
    for point in [1, 2] + (1...6).map({ $0 * plan.count / 6 + 12 }) {
      do {
        try apply(dyingAt: point)
        Issue.record("statement \(point) of \(count) was not reached")
      } catch {}
      #expect(try star.grants(Self.policy).plan().map(\.sql) == plan, "statement \(point)")
    }
    try apply(dyingAt: -1)
    #expect(count > plan.count)
    try? apply(dyingAt: count)
    #expect(try star.grants(Self.policy).plan().map(\.sql) == [])
  }

  @Test func `users see the rows and columns of their role, and nothing else`() throws {
    let star = try AccessStar()
    _ = try star.grants(Self.policy).apply()
    let hash = hexText(
      SHA256.keyed(Array("a key of tests".utf8), Array("anna.sommer@example.org".utf8)))
    let columns = "member_id, email, phone, born, store_id"
    #expect(
      try star.rows(
        "SELECT \(columns) FROM as_analyst#.dim_member WHERE member_id = 'M1'", as: "anna")
        == ["M1|\(hash)|****0001|1980|S1"])
    #expect(
      try star.rows("SELECT visit_id FROM as_manager#.fact_visits ORDER BY 1", as: "mia")
        == ["V-000001", "V-000002"])
    #expect(
      try star.rows("SELECT count(*) FROM as_manager#.fact_visits_as_was", as: "tom") == ["3"])
    #expect(
      try star.rows("SELECT member_name FROM as_manager#.fact_visits_as_was ORDER BY 1", as: "mia")
        == ["Anna Sommer", "Bert Winter"])
    for sql in [
      "SELECT * FROM dim.dim_member", "SELECT * FROM as_manager#.fact_visits",
      "SELECT * FROM medallion_access.mask_key", "SELECT * FROM medallion._ledger",
      "SELECT name FROM as_analyst#.dim_member",
    ] {
      #expect(try star.rows(sql, as: "anna").first?.hasPrefix("fault: ") == true, "\(sql)")
    }
  }

  @Test func `what is granted by hand, changed or left over is taken back`() throws {
    let star = try AccessStar()
    let grants = try star.grants(Self.policy)
    _ = try grants.apply()
    let mark = star.mark
    for change in [
      "GRANT SELECT ON dim.dim_member TO analyst\(mark)",
      "GRANT SELECT (email) ON dim.dim_member TO manager\(mark)",
      "GRANT USAGE ON SCHEMA dim TO PUBLIC",
      "ALTER DEFAULT PRIVILEGES IN SCHEMA dim GRANT SELECT ON TABLES TO analyst\(mark)",
      "CREATE OR REPLACE VIEW as_analyst\(mark).dim_store WITH (security_barrier = true) "
        + "AS SELECT *, 1 AS more FROM dim.dim_store",
      "ALTER VIEW as_analyst\(mark).fact_visits RESET (security_barrier)",
      "ALTER POLICY medallion_rows ON dim.dim_member USING (true)",
      "CREATE POLICY other ON dim.dim_member TO medallion_mask USING (true)",
      "GRANT medallion_mask TO anna\(mark)", "GRANT manager\(mark) TO anna\(mark)",
      "ALTER TABLE dim.dim_store DISABLE ROW LEVEL SECURITY",
      "UPDATE medallion_access.mask_key SET outer_pad = inner_pad",
    ] {
      try star.admin.execute(change)
      #expect(try grants.plan().isEmpty == false, "\(change)")
      _ = try grants.apply()
      #expect(try grants.plan().map(\.sql) == [], "\(change)")
    }
    let smaller = try star.grants(
      """
      roles: {analyst#: {members: anna#}}
      grants: [{to: analyst#, on: warehouse.dim_store}]
      """)
    _ = try smaller.apply()
    #expect(try smaller.plan().map(\.sql) == [])
    #expect(
      try star.rows("SELECT title FROM as_analyst#.dim_store WHERE store_key > 0", as: "anna").count
        == 2)
    #expect(
      try star.rows("SELECT 1 FROM as_manager#.fact_visits", as: "mia").first?.hasPrefix("fault")
        == true)
  }

  @Test func `a new column is seen by nobody before it is labelled`() throws {
    let star = try AccessStar()
    _ = try star.grants(Self.policy).apply()
    try star.admin.execute("ALTER TABLE dim.dim_member ADD COLUMN nickname TEXT DEFAULT 'Nana'")
    let grants = try star.grants(Self.policy)
    #expect(try grants.plan().map(\.sql) == [])
    #expect(
      try star.rows("SELECT nickname FROM as_analyst#.dim_member", as: "anna").first?
        .hasPrefix("fault: ") == true)
  }

  @Test func `loads go on, and what they reshape shows nothing until it is applied again`() throws {
    let star = try AccessStar()
    _ = try star.grants(Self.policy).apply()
    let more = AccessStar.visits.replacing(
      "30.50)", with: "30.50), ('V-000004', 'M1', 'S1', 5.00)")
    try star.lake.write("warehouse/fact_visits.sql", more)
    try star.load()
    #expect(try star.rows("SELECT count(*) FROM as_manager#.fact_visits", as: "mia") == ["3"])
    let reshaped = more.replacing("DECIMAL(10,2)", with: "DECIMAL(14,4)")
      .replacing("'views' = 'as_was'", with: "'views' = 'as_was, as_is'")
    try star.lake.write("warehouse/fact_visits.sql", reshaped)
    try star.load()
    let grants = try star.grants(Self.policy)
    #expect(
      try star.rows("SELECT amount FROM as_manager#.fact_visits", as: "mia").first?
        .hasPrefix("fault: ") == true)
    _ = try grants.apply()
    #expect(try grants.plan().map(\.sql) == [])
    #expect(try star.rows("SELECT count(amount) FROM as_manager#.fact_visits", as: "mia") == ["3"])
  }

  @Test func `a role that could read around its views is refused`() throws {
    let star = try AccessStar()
    let grants = try star.grants(Self.policy)
    try star.admin.execute("CREATE ROLE analyst\(star.mark) BYPASSRLS")
    let fault = #expect(throws: Fault.self) { try grants.plan() }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.contains("above all rules of the server") == true)
  }

  @Test func `a user who reads around the views by other rights is told of`() throws {
    let star = try AccessStar()
    var told: [String] = []
    let grants = try star.grants(Self.policy) { told.append($0.problem) }
    _ = try grants.plan()
    #expect(!told.contains { $0.contains("sees what no policy grants") })
    for (change, words) in [
      ("ALTER ROLE tom# BYPASSRLS", "'tom#' sees what no policy grants: it is above all rules"),
      (
        "CREATE ROLE readers#; GRANT pg_read_all_data TO readers#; GRANT readers# TO mia#",
        "'mia#' sees what no policy grants: it is a member of 'pg_read_all_data'"
      ),
    ] {
      try star.admin.execute(change.replacing("#", with: star.mark))
      told = []
      _ = try grants.plan()
      #expect(told.contains { $0.hasPrefix(words.replacing("#", with: star.mark)) }, "\(told)")
    }
  }

  @Test func `what servers are not told of Spark's SQL is refused where it stands`() throws {
    let star = try AccessStar()
    let grants = try star.grants(
      """
      roles: {analyst#: {}}
      grants:
        - to: analyst#
          on: warehouse.dim_store
          rows: regexp_like(store_id, 'S1')
      """)
    let fault = #expect(throws: Fault.self) { try grants.plan() }
    #expect(fault?.place?.line == 5 && fault?.kind == .configuration)
  }

  @Test func `a view of one who may see more gives nobody else more`() throws {
    let star = try AccessStar()
    _ = try star.grants(Self.policy).apply()
    let mark = star.mark
    try star.admin.execute("CREATE SCHEMA shared; GRANT USAGE, CREATE ON SCHEMA shared TO PUBLIC")
    let tom = try star.session("tom")
    try tom.execute(
      "CREATE VIEW shared.all_visits AS SELECT visit_id FROM as_manager\(mark).fact_visits; "
        + "GRANT SELECT ON shared.all_visits TO PUBLIC")
    #expect(try star.rows("SELECT count(*) FROM shared.all_visits", as: "tom") == ["3"])
    #expect(try star.rows("SELECT count(*) FROM shared.all_visits", as: "mia") == ["2"])
    #expect(try star.rows("SELECT count(*) FROM shared.all_visits", as: "anna") == ["0"])
  }
}
