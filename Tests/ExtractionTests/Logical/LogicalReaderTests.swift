import Core
import Database
import LakeJobs
import LakeSupport
import PostgreSQL
import TestSupport
import Testing

@testable import Extraction

@Suite(.enabled(if: LoggedSource.isPossible, "no PostgreSQL server to start here"))
struct LogicalReaderTests {
  private static let items = """
    CREATE TABLE items (id int PRIMARY KEY, name text, note text);
    ALTER TABLE items ALTER note SET STORAGE EXTERNAL;
    INSERT INTO items SELECT g, 'n' || g, NULL FROM generate_series(1, 10) g
    """

  @Test func `a snapshot goes over into the log without a gap, each change once`() throws {
    let source = try LoggedSource(Self.items, [("items", "id")])
    #expect(try source.extract().map(\.kind) == [.configuration])
    try source.setUp()
    try source.execute("INSERT INTO items VALUES (11, 'before the snapshot')")
    #expect(try source.extract(chunk: 4) == [])
    #expect(try source.changes("items").count == 11)
    #expect(try source.extract() == [])
    try source.execute(
      """
      BEGIN; UPDATE items SET name = 'two' WHERE id = 2; SAVEPOINT s; DELETE FROM items;
      ROLLBACK TO s; DELETE FROM items WHERE id = 3; UPDATE items SET id = 40 WHERE id = 4; COMMIT;
      INSERT INTO items VALUES (12, NULL)
      """)
    #expect(try source.extract() == [])
    #expect(try source.extract() == [])
    #expect(
      try Array(source.changes("items").dropFirst(11))
        == ["u|2|two", "d|3|~", "d|4|~", "c|40|n4", "c|12|NULL"])
    #expect(try source.folded("items") == source.source("items"))
    #expect(
      try source.lake.rows(
        "SELECT count(DISTINCT __committed_at) FROM bronze.shop_items "
          + "WHERE __op IN ('u', 'd') OR id = '40'") == ["1"])
  }

  @Test func `what is written to other tables is not kept by the server`() throws {
    let source = try LoggedSource(Self.items, [("items", "id")])
    try source.setUp()
    #expect(try source.extract() == [])
    try source.execute(
      "CREATE TABLE others AS SELECT g, repeat('x', 200) FROM generate_series(1, 20000) g; "
        + "CHECKPOINT")
    let session = try LogicalSession(#require(try source.lake.workspace().sources().systems.first))
    let end = try session.server().logEnd
    #expect(try source.extract() == [])
    #expect(try session.slotFacts()?.confirmed ?? end >= end)
    try source.execute("CHECKPOINT")
    #expect(try source.extract() == [])
    #expect(try session.slotFacts()?.restart ?? end >= end)
    #expect(try source.changes("items").count == 10)
    // In another database, of whose changes the slot is told nothing at all, and for long.
    try source.execute("CREATE DATABASE busy")
    let busy = try PostgreSQLConnection(
      source.address.replacing("dbname=postgres", with: "dbname=busy"))
    for round in 0..<3 {
      try busy.execute(
        "CREATE TABLE t\(round) AS SELECT repeat('x', 200) FROM generate_series(1, 20000)")
      try source.execute("CHECKPOINT")
      #expect(try source.extract() == [])
      try source.execute("CHECKPOINT")
      #expect(try source.extract() == [])
      let facts = try #require(try session.slotFacts()?.restart)
      let held = try session.server().logEnd.byteOffset - facts.byteOffset
      #expect(held < 2 << 20, "round \(round): \(held) bytes")
    }
  }

  @Test func `a large value that a change does not tell is absent, and follows its key`() throws {
    let source = try LoggedSource(Self.items, [("items", "id")])
    try source.setUp()
    try source.execute("UPDATE items SET note = repeat('x', 5000) WHERE id < 4")
    #expect(try source.extract() == [])
    try source.execute(
      """
      UPDATE items SET name = 'a' WHERE id = 1;
      UPDATE items SET name = 'b' WHERE id = 2;
      UPDATE items SET id = 20 WHERE id = 2;
      UPDATE items SET note = repeat('y', 4000) WHERE id = 3; UPDATE items SET id = 30 WHERE id = 3
      """)
    #expect(try source.extract() == [])
    #expect(
      try Array(source.changes("items", ["id", "note"]).dropFirst(10)) == [
        "u|1|~", "u|2|~", "d|2|~", "c|20|5000", "u|3|4000", "d|3|~", "c|30|4000",
      ])
    #expect(try source.folded("items") == source.source("items"))
  }

  @Test func `values of a wide row that the server keeps outside are told by its transaction`()
    throws
  {
    let names = (1...40).map { "c\($0)" }
    let values = names.map { "'\($0) of a hundred ' || md5('\($0)') || md5('x\($0)')" }
    let columns = names.map { "\($0) TEXT" }.joined(separator: ", ")
    let source = try LoggedSource(
      "CREATE TABLE wide (id INT PRIMARY KEY, \(columns))", [("wide", "id")])
    try source.setUp()
    #expect(try source.extract() == [])
    try source.execute(
      """
      BEGIN; INSERT INTO wide VALUES (1, \(values.joined(separator: ", ")));
      UPDATE wide SET c1 = 'short'; COMMIT
      """)
    #expect(try source.extract() == [])
    let changes = try source.changes("wide", names)
    #expect(changes.map { $0.first } == ["c", "u"] && !changes.contains { $0.contains("~") })
  }

  @Test func `a truncate deletes every row that bronze has, if a person agrees`() throws {
    let source = try LoggedSource(Self.items, [("items", "id")])
    try source.setUp()
    #expect(try source.extract() == [])
    try source.execute("INSERT INTO items VALUES (11, 'eleven')")
    try source.execute(
      "BEGIN; INSERT INTO items VALUES (12, 'in it'); "
        + "TRUNCATE items; INSERT INTO items VALUES (1, 'new'); COMMIT")
    #expect(try source.extract().map(\.kind) == [.verdict])
    #expect(try source.changes("items").last == "c|11|eleven")
    #expect(try source.extract().map(\.kind) == [.verdict])
    #expect(try source.extract(accepting: 12) == [])
    #expect(try source.folded("items") == ["1|new|NULL"])
    #expect(try source.changes("items").filter { $0.hasPrefix("d") }.count == 12)
    #expect(try source.extract() == [])
  }
}
