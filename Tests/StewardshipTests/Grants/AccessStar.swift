import Access
import Columnar
import Core
import Database
import Glibc
import LakeJobs
import LakeSupport
import Lakehouse
import PostgreSQL
import Stewardship
import Synchronization
import TestSupport
import Testing
import WarehouseJobs

/// A small warehouse on a server, loaded from jobs whose columns are labelled: what tests of
/// policies are about. Each has a database of its own; the roles of a server are shared, so those
/// of a star bear its number.
final class AccessStar {
  private static let count = Atomic<Int>(0)
  nonisolated(unsafe) private static var held: PostgreSQLServer?
  private static let address: String? = {
    held = PostgreSQLServer(settings: ["max_connections=50", "log_min_messages=error"])
    atexit { AccessStar.held = nil }
    // The role is the server's, and tests apply policies at the same time.
    try? held.map { server in
      try PostgreSQLConnection(server.address).execute(
        "CREATE ROLE medallion_mask NOLOGIN; COMMENT ON ROLE medallion_mask IS 'medallion access'")
    }
    return held?.address
  }()

  static var isPossible: Bool { PostgreSQLServer.programs != nil }

  static let day = CivilDate(parsing: "2026-03-01") ?? CivilDate(dayNumber: 0)
  static let key = MaskKey(Array("a key of tests".utf8))

  let lake: TestLake
  /// What the roles of this star end with.
  let mark: String
  let admin: PostgreSQLConnection
  private let database: String

  private static let members = """
    CREATE MATERIALIZED VIEW warehouse.dim_member
    TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'member_id',
      'publishes' = 'name(name), email(email), birth_date(born), phone(phone)')
    AS SELECT * FROM VALUES
      ('M1', 'Anna Sommer', 'anna.sommer@example.org', '0171-5550001', DATE'1980-04-01', 'S1'),
      ('M2', 'Bert Winter', 'bert.winter@example.org', '0171-5550002', DATE'1991-05-02', 'S1'),
      ('M3', 'Cleo Herbst', 'cleo.herbst@example.org', '0171-5550003', DATE'1975-06-03', 'S2')
      AS m (member_id, name, email, phone, born, store_id);
    """
  private static let stores = """
    CREATE MATERIALIZED VIEW warehouse.dim_store
    TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'store_id')
    AS SELECT * FROM VALUES ('S1', 'North Mall'), ('S2', 'South Gate') AS s (store_id, title);
    """
  static let visits = """
    CREATE MATERIALIZED VIEW warehouse.fact_visits
    TBLPROPERTIES ('fact' = 'incremental', 'key' = 'visit_id', 'views' = 'as_was',
      'lookup.member_key' = 'dim_member(member_id)', 'lookup.store_key' = 'dim_store(store_id)')
    AS SELECT visit_id, member_id, store_id, CAST(amount AS DECIMAL(10,2)) AS amount FROM VALUES
      ('V-000001', 'M1', 'S1', 10.50), ('V-000002', 'M2', 'S1', 20.50),
      ('V-000003', 'M3', 'S2', 30.50) AS v (visit_id, member_id, store_id, amount);
    """

  init() throws {
    let address = try #require(Self.address, "no PostgreSQL server starts here")
    let number = Self.count.add(1, ordering: .relaxed).newValue
    mark = "_\(number)"
    database = "access_\(number)"
    lake = try TestLake(jobs: [
      "warehouse/dim_member.sql": Self.members, "warehouse/dim_store.sql": Self.stores,
      "warehouse/fact_visits.sql": Self.visits,
    ])
    try lake.write(
      "labels.yml",
      """
      tables:
        warehouse.dim_member:
          {member_id: none, name: name, email: email, phone: phone, born: birth_date,
           store_id: none}
      """)
    let server = try PostgreSQLConnection(address)
    try server.execute("CREATE DATABASE \(database)")
    for user in ["anna", "mia", "tom"] { try server.execute("CREATE ROLE \(user)\(mark) LOGIN") }
    admin = try PostgreSQLConnection(
      address.replacing("dbname=postgres", with: "dbname=\(database)"))
    try load()
  }

  /// A session of a user or of the superuser.
  func session(_ user: String? = nil) throws -> PostgreSQLConnection {
    let address = (Self.address ?? "").replacing("dbname=postgres", with: "dbname=\(database)")
    return try PostgreSQLConnection(
      user.map { address.replacing("user=tester", with: "user=\($0)\(mark)") } ?? address)
  }

  /// Where load and tools find it.
  var place: WarehousePlace {
    get throws {
      let folder = (Self.address ?? "").split(separator: " ")[0].dropFirst("host=".count)
      let host = substituting("/", in: String(folder), with: "%2F")
      return try WarehousePlace("postgresql://tester@\(host)/\(database)")
    }
  }

  /// Loads what jobs describe now.
  func load() throws {
    let workspace = try lake.workspace()
    let listener = StarLoadRun.Listener(say: { _ in }, fail: { Issue.record("\($0)") })
    for schema in ["dim_", "fact_"] {
      let tables = workspace.jobs.ordered(schema: "warehouse").filter {
        $0.name.name.hasPrefix(schema)
      }
      let run = StarLoadRun(
        workspace, into: try place.openedToLoad(workspace.lake.fileSystem),
        siteKey: Array("site".utf8), context: lake.context(), isFullRefresh: false)
      _ = try run.run(tables, listener)
    }
  }

  /// The policy of the text, in which `#` is the mark of this star's roles and users.
  func policy(_ text: String) throws -> AccessPolicy {
    try lake.write("access.yml", text.replacing("#", with: mark))
    return try #require(try AccessPolicy.read(lake.workspace()))
  }

  /// What brings the server to the policy.
  func grants(
    _ text: String, at session: (any Connection)? = nil,
    warn: @escaping (Fault) -> Void = { _ in }
  ) throws -> ServerGrants {
    ServerGrants(
      try policy(text), try labels(), at: session ?? admin, day: Self.day,
      key: { () throws(Fault) in Self.key }, warn: warn)
  }

  func labels() throws -> WarehouseLabels {
    let workspace = try lake.workspace()
    return WarehouseLabels(
      try BoundJobs(workspace, complete: StarLineage.complete), workspace.jobs)
  }

  /// The rows that `user` gets, each as texts with bars between; the problem where it gets none.
  func rows(_ sql: String, as user: String) throws -> [String] {
    do {
      return try session(user).rows(sql.replacing("#", with: mark)).map { row in
        row.map { value in
          switch value {
          case .null: "NULL"
          case .string(let text): text
          case .integer(let number): "\(number)"
          default: "\(value)"
          }
        }.joined(separator: "|")
      }
    } catch let fault as Fault {
      return ["fault: \(fault.problem)"]
    }
  }
}
