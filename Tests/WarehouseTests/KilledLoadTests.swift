import Columnar
import Core
import Database
import Glibc
import PostgreSQL
import TestSupport
import Testing
import Warehouse

/// A load that is killed, it or its server, leaves what was there; the next one ends as one does
/// that nobody killed.
///
/// `make test` tries some statements, with `SOAK_RUNS` every one.
@Suite struct KilledLoadTests {
  /// What is in the files when a statement is asked is what a process leaves that is killed then.
  @Test func `a file is whole wherever the tool is killed`() throws {
    let star = try Star(.sqlite)
    let nights = Nights(star: star)
    try nights.first(in: star.database)
    let before = try Nights.content(of: star.database, star)
    let counting = WatchedSession(try copy(of: star, "counted"))
    try nights.second(in: counting)
    let chosen = points(of: counting.count, some: 12)
    let dying = WatchedSession(try copy(of: star, "killed")) { number throws(Fault) in
      if chosen.contains(number) { try files(of: star, "killed", to: "at \(number)") }
    }
    try nights.second(in: dying)
    let after = try Nights.content(of: dying, star)
    #expect(after != before)
    #expect(chosen.count > 5)
    for point in chosen {
      let left = try SQLiteConnection(star.workdir.file("at \(point)/warehouse.db"), .create)
      #expect(try left.value("PRAGMA integrity_check") == .string("ok"), "statement \(point)")
      let content = try Nights.content(of: left, star)
      if point == chosen[0] { #expect(content == before) }
      try nights.second(in: left)
      let mended = try Nights.content(of: left, star)
      #expect(differences(mended, after) == [], "killed at statement \(point)")
    }
  }

  private func copy(of star: Star, _ name: String) throws -> SQLiteConnection {
    try star.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try files(of: star, "", to: name)
    return try SQLiteConnection(star.workdir.file("\(name)/warehouse.db"), .create)
  }

  /// Copies a database's files as they are, what its index of the log says aside.
  private func files(of star: Star, _ from: String, to name: String) throws(Fault) {
    let system = LocalFileSystem()
    let folder = from.isEmpty ? star.workdir.path : star.workdir.file(from)
    try system.createDirectory(star.workdir.file(name))
    for end in ["", "-wal", "-journal"] where try system.exists("\(folder)/warehouse.db\(end)") {
      try system.replace(
        star.workdir.file("\(name)/warehouse.db\(end)"),
        try system.read("\(folder)/warehouse.db\(end)"))
    }
  }
}

/// The same on a server: the session ends, or the server itself dies and comes back.
@Suite(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
struct KilledServerLoadTests {
  private enum Death: CaseIterable { case ofSession, ofServer }

  @Test func `a server's warehouse is whole wherever the tool or the server is killed`() throws {
    let server = try #require(PostgreSQLServer(settings: ["max_connections=20"]))
    let star = try Star(.sqlite)
    let nights = Nights(star: star)
    try session(server, "postgres").execute("CREATE DATABASE first")
    let first = try session(server, "first")
    try nights.first(in: first)
    let before = try Nights.content(of: first, star)
    let statement = "CREATE DATABASE %@ TEMPLATE first"
    func fresh(_ name: String) throws -> PostgreSQLConnection {
      let admin = try session(server, "postgres")
      try admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'first'")
      try admin.execute(statement.replacing("%@", with: name))
      return try session(server, name)
    }
    let whole = WatchedSession(try fresh("whole"))
    try nights.second(in: whole)
    let count = whole.count
    let after = try Nights.content(of: whole, star)
    #expect(after != before)
    for (number, death) in Death.allCases.enumerated() {
      for point in points(of: count, some: 8) {
        let name = "killed_\(number)_\(point)"
        let dying = WatchedSession(try fresh(name)) { statement throws(Fault) in
          guard statement == point else { return }
          switch death {
          case .ofSession: throw Fault(.io, "killed", remedy: "run again")
          case .ofServer:
            guard server.crash() else {
              throw Fault(.internal, "the server does not come back", remedy: "see its log")
            }
          }
        }
        #expect(throws: Fault.self) { try nights.second(in: dying) }
        let left = try session(server, name)
        if point < 20 { #expect(try Nights.content(of: left, star) == before) }
        try nights.second(in: left)
        let mended = try Nights.content(of: left, star)
        #expect(differences(mended, after) == [], "\(death) at statement \(point)")
      }
    }
  }

  private func session(
    _ server: PostgreSQLServer, _ database: String
  ) throws -> PostgreSQLConnection {
    let connection = try PostgreSQLConnection(
      server.address.replacing("dbname=postgres", with: "dbname=\(database)"),
      patience: .seconds(5))
    try WarehouseSchema.enter(connection, toLoad: true)
    return connection
  }
}

/// Which statements of `count` to die at: all of them, or as many as `some`, from a random first.
private func points(of count: Int, some: Int) -> [Int] {
  guard getenv("SOAK_RUNS") == nil else { return Array(1...count) }
  let step = max(1, count / some)
  return Array(stride(from: Int.random(in: 1...step), through: count, by: step))
}

/// The rows that only one of two contents has.
private func differences(_ one: [String], _ other: [String]) -> [String] {
  Set(one).symmetricDifference(other).sorted()
}
