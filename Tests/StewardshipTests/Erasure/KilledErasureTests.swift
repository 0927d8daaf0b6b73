import Columnar
import Core
import Database
import LakeJobs
import LakeSupport
import TestSupport
import Testing
import WarehouseJobs

@testable import Stewardship

/// An erasure that dies while it is at the warehouse leaves it as it was, or without the person,
/// and the next run of it leaves no byte of the person in the database's files.
@Suite struct KilledErasureTests {
  /// Before the first change, before all of them count, and before the bytes are overwritten.
  private static let points = ["UPDATE", "COMMIT", "VACUUM"]

  private let files = LocalFileSystem()

  /// Erases customer `number`, dying before the first statement that begins as `point` does, and
  /// then whole.
  private func erase(_ number: Int, killedAt point: String, _ lake: PersonLake) throws {
    let plan = try lake.plan("C-\(number)")
    let facts = try lake.totals()
    var dying = try lake.erasure()
    var isKilled = false
    dying.watching = { session in
      let connection = DyingConnection(session) { $0.hasPrefix(point) }
      isKilled = true
      return connection
    }
    #expect(throws: Fault.self, "\(point)") {
      try dying.apply(plan, approvedBy: "m.weber") { _ in }
    }
    #expect(isKilled)
    #expect(try lake.totals() == facts, "\(point)")
    let left = try lake.stored("SELECT customer_id FROM dim_customer").joined()
    #expect(left.contains("\"C-\(number)\"") == (point != "VACUUM"), "\(point)")
    let certificate = try lake.erasure().apply(plan, approvedBy: "m.weber") { _ in }
    #expect(
      certificate.places.contains { $0.name == "warehouse.dim_customer" && $0.count > 0 },
      "\(point)")
    #expect(try lake.totals() == facts, "\(point)")
    #expect(try lake.places(of: "\(number)@example") == [], "\(point)")
  }

  @Test func `a file loses the person, wherever the run before was killed`() throws {
    let lake = try PersonLake()
    try lake.fill()
    for (index, point) in Self.points.enumerated() {
      try erase(index + 3, killedAt: point, lake)
    }
  }

  @Test(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
  func `a server loses the person, wherever the run before was killed`() throws {
    let server = try #require(PostgreSQLServer())
    let folder = String(server.address.split(separator: " ")[0].dropFirst("host=".count))
    let host = folder.replacing("/", with: "%2F")
    let lake = try PersonLake(server: "postgresql://tester@\(host)/postgres")
    try lake.fill()
    let session = try lake.place.openedToLoad(files)
    try session.execute("CHECKPOINT")
    let data = "\(folder)/data/base"
    #expect(try !holders(data, "4@example.com").isEmpty)
    for (index, point) in Self.points.enumerated() {
      try erase(index + 3, killedAt: point, lake)
      try session.execute("CHECKPOINT")
      let left = try holders(data, "\(index + 3)@example.com").map { path in
        try session.rows(
          "SELECT relname FROM pg_class WHERE pg_relation_filepath(oid) = $1",
          [.string("base/" + path.split(separator: "/").suffix(2).joined(separator: "/"))])
      }
      #expect(left.isEmpty, "\(point): \(left)")
    }
  }

  /// The files below `folder` in which `text` stands, as it lies.
  private func holders(_ folder: String, _ text: String) throws -> [String] {
    try files.list(folder).flatMap { name -> [String] in
      let path = "\(folder)/\(name)"
      if try files.status(of: path)?.isDirectory == true { return try holders(path, text) }
      return try files.read(path).firstRange(of: Array(text.utf8)) == nil ? [] : [path]
    }
  }
}
