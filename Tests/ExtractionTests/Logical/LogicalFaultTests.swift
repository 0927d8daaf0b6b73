import Core
import Database
import Glibc
import LakeJobs
import LakeSupport
import PostgreSQL
import TestSupport
import Testing

@testable import Extraction

/// What someone else does to slot, publication or server, and the way out of it.
@Suite(.enabled(if: LoggedSource.isPossible, "no PostgreSQL server to start here"))
struct LogicalFaultTests {
  private func source() throws -> LoggedSource {
    let source = try LoggedSource(
      "CREATE TABLE items (id int PRIMARY KEY, name text, note text); "
        + "INSERT INTO items SELECT g, 'n' || g FROM generate_series(1, 5) g",
      [("items", "id")])
    try source.setUp()
    #expect(try source.extract() == [])
    return source
  }

  /// That `source` cannot be followed for `reason`, until it is set up again; what was changed
  /// meanwhile is found by comparison.
  private func expectWayOut(_ source: LoggedSource, _ reason: String) throws {
    let faults = try source.extract()
    #expect(faults.map(\.kind) == [.configuration])
    #expect(faults.first?.problem.contains(reason) == true, "\(faults)")
    #expect(faults.first?.remedy.contains("cdc-extract --setup shop") == true)
    try source.setUp()
    #expect(try source.extract() == [])
    #expect(try source.folded("items") == source.source("items"))
    let count = try source.changes("items").count
    try source.execute("UPDATE items SET name = 'after' WHERE id = 1")
    #expect(try source.extract() == [])
    #expect(try source.changes("items").dropFirst(count) == ["u|1|after"])
  }

  private let changes = """
    UPDATE items SET name = 'two' WHERE id = 2; DELETE FROM items WHERE id = 3;
    INSERT INTO items VALUES (6, 'six')
    """

  @Test func `a slot that was dropped or moved, a publication or memory that is gone`() throws {
    let source = try source()
    try source.execute("SELECT pg_drop_replication_slot('medallion_shop')")
    try source.execute(changes)
    try expectWayOut(source, "was dropped")
    #expect(
      try Array(source.changes("items").dropFirst(5).prefix(3).sorted())
        == ["c|6|six", "d|3|n3", "u|2|two"])

    try source.execute("UPDATE items SET name = 'moved' WHERE id = 2")
    try source.execute(
      "SELECT pg_replication_slot_advance('medallion_shop', pg_current_wal_lsn())")
    try expectWayOut(source, "someone else has moved")

    try source.execute("DROP PUBLICATION medallion_shop")
    try source.execute("UPDATE items SET name = 'unpublished' WHERE id = 2")
    try expectWayOut(source, "there is no publication")

    try source.execute("ALTER PUBLICATION medallion_shop DROP TABLE items")
    try source.execute("UPDATE items SET name = 'between' WHERE id = 2")
    try source.execute("ALTER PUBLICATION medallion_shop ADD TABLE items")
    try expectWayOut(source, "put back")

    let memory = source.lake.folder.file("lake/bronze/shop/_slot.json")
    try LocalFileSystem().remove(memory)
    try source.execute("UPDATE items SET name = 'forgotten' WHERE id = 2")
    #expect(try source.extract().first?.problem.contains("does not know") == true)
    #expect(throws: Fault.self) { try source.setUp() }
    try source.tearDown()
    try expectWayOut(source, "no publication")
  }

  @Test func `a server that was restored is known by where its log ends, and by its last word`()
    throws
  {
    let source = try source()
    let system = try #require(try source.lake.workspace().sources().systems.first)
    let lake = try source.lake.workspace().lake
    var memory = try #require(try SlotMemory.read(of: system, in: lake))
    let position = memory.confirmed
    memory.confirmed = LogPosition(byteOffset: position.byteOffset + 1 << 30)
    try memory.write(of: system, in: lake)
    try expectWayOut(source, "restored from an older copy")

    // Others were committed where the last transaction stood.
    memory = try #require(try SlotMemory.read(of: system, in: lake))
    try source.execute("UPDATE items SET name = 'other' WHERE id = 2")
    memory.last = SlotMemory.LoggedMark(position: memory.confirmed, time: .ofTests)
    memory.confirmed = try LogicalSession(system).server().logEnd
    try memory.write(of: system, in: lake)
    try expectWayOut(source, "restored from an older copy")

    memory = try #require(try SlotMemory.read(of: system, in: lake))
    memory.system = "1"
    try memory.write(of: system, in: lake)
    try expectWayOut(source, "another one")
  }

  @Test func `a slot whose log the server threw away, and one that someone else reads`() throws {
    let source = try LoggedSource(
      "CREATE TABLE items (id int PRIMARY KEY, name text, note text); "
        + "INSERT INTO items SELECT g, 'n' || g FROM generate_series(1, 5) g",
      [("items", "id")], settings: ["max_slot_wal_keep_size=1MB"])
    try source.setUp()
    #expect(try source.extract() == [])
    let reader = try ToolRun(
      program: "/bin/sh",
      [
        "-c",
        """
        setsid "$0/pg_recvlogical" -d "$1" -S medallion_shop --start -f /dev/null \
          -o proto_version=1 -o publication_names=medallion_shop >/dev/null 2>&1 & echo $!
        """, PostgreSQLServer.programs ?? "", source.address,
      ])
    let process = try #require(reader.text.split(separator: "\n").first.flatMap { pid_t($0) })
    defer { kill(process, SIGKILL) }
    let isRead = "SELECT count(*) FROM pg_replication_slots WHERE active"
    for _ in 0..<100 where try source.database.integer(isRead) == 0 { usleep(50_000) }
    let busy = try source.extract()
    #expect(busy.map(\.kind) == [.temporary])
    #expect(busy.first?.problem.contains("is being read by process") == true)
    kill(process, SIGTERM)
    for _ in 0..<100 where try source.database.integer(isRead) > 0 { usleep(50_000) }

    try source.execute(changes)
    for _ in 0..<4 {
      try source.execute("INSERT INTO items VALUES (7, 'seven') ON CONFLICT DO NOTHING")
      try source.execute("SELECT pg_switch_wal()")
      try source.execute("CHECKPOINT")
    }
    try expectWayOut(source, "thrown away log")
    #expect(
      try Array(source.changes("items").dropFirst(5).dropLast().sorted())
        == ["c|6|six", "c|7|seven", "d|3|n3", "u|2|two"])
  }

  @Test func `a role that does not see all rows is refused, and so is a key of several rows`()
    throws
  {
    let source = try source()
    try source.execute(
      """
      CREATE ROLE reader LOGIN REPLICATION; GRANT SELECT ON items TO reader;
      ALTER TABLE items ENABLE ROW LEVEL SECURITY;
      CREATE POLICY early ON items TO reader USING (id < 3);
      INSERT INTO items VALUES (6, 'six')
      """)
    try source.use(role: "reader")
    #expect(try source.extract().map(\.kind) == [.denied])
    let entries = try source.lake.read("sources.yml")
    try source.lake.write(
      "sources.yml",
      entries.replacing("    tables:", with: "    cdc: cursor\n    tables:")
        .replacing("{keys: [id]}", with: "{keys: [id], cursor: [id]}"))
    #expect(try source.take(resuming: .rebuild).map(\.kind) == [.denied])
    // The log tells of all rows.
    #expect(try source.folded("items") == source.source("items"))

    let doubled = try LoggedSource(
      """
      CREATE TABLE items (id int, name text, note text); ALTER TABLE items REPLICA IDENTITY FULL;
      INSERT INTO items VALUES (1, 'a'), (1, 'b')
      """, [("items", "id")])
    let fault = #expect(throws: Fault.self) { try doubled.setUp() }
    #expect(fault?.kind == .verdict && fault?.problem.contains("several rows have one key") == true)
  }

  @Test func `what was not followed is counted before it is taken, and any table can be compared`()
    throws
  {
    let source = try source()
    try source.execute("SELECT pg_drop_replication_slot('medallion_shop')")
    try source.execute(changes)
    try source.setUp()
    #expect(try source.look() == ["items": 3])
    #expect(try source.changes("items").count == 5)
    #expect(try source.extract() == [])
    #expect(try source.changes("items").count == 8)
    try source.execute("TRUNCATE items; INSERT INTO items VALUES (1, 'one')")
    #expect(try source.extract(accepting: 5) == [])
    try source.execute("INSERT INTO items VALUES (2, 'two'); TRUNCATE items")
    #expect(try source.look() == ["items": 3])
    // A comparison asks as a truncation does, and what it was asked to do is not forgotten.
    #expect(try source.look(resuming: .rebuild) == ["items": 1])
    #expect(try source.extract(resuming: .rebuild).map(\.kind) == [.verdict])
    #expect(try source.extract().map(\.kind) == [.verdict])
    #expect(try source.extract(accepting: 1) == [])
    #expect(try source.folded("items") == source.source("items"))
  }

  @Test func `bronze that was restored from an older copy is compared`() throws {
    let source = try source()
    try source.execute("UPDATE items SET name = 'two' WHERE id = 2")
    #expect(try source.extract() == [])
    #expect(try source.extract() == [])
    let files = LocalFileSystem()
    for part in ["_commits", "ingest_date=\(Timestamp.ofTests.date)"] {
      let folder = source.lake.folder.file("lake/bronze/shop/items/\(part)")
      let names = try files.list(folder).filter { !$0.hasPrefix(".") }
      try files.remove("\(folder)/\(#require(names.last))")
    }
    #expect(try source.folded("items") != source.source("items"))
    #expect(try source.extract() == [])
    #expect(try source.folded("items") == source.source("items"))
  }

  @Test func `a server that crashes may forget how far it was told, and nothing comes twice`()
    throws
  {
    let source = try source()
    try source.execute("CHECKPOINT; UPDATE items SET name = 'two' WHERE id = 2")
    #expect(try source.extract() == [])
    #expect(source.server.crash())
    #expect(try source.extract() == [])
    #expect(try source.changes("items").count == 6)
  }

  @Test func `too many rows that are gone when a table is compared ask a person`() throws {
    let source = try source()
    try source.execute("INSERT INTO items SELECT g, 'n' || g FROM generate_series(6, 40) g")
    #expect(try source.extract() == [])
    try source.execute("SELECT pg_drop_replication_slot('medallion_shop')")
    try source.execute("DELETE FROM items WHERE id > 5")
    try source.setUp()
    #expect(try source.extract().map(\.kind) == [.verdict])
    #expect(try source.changes("items").count == 40)
    #expect(try source.extract(accepting: 35) == [])
    #expect(try source.folded("items") == source.source("items"))
    // That few may go; that none are left is an accident all the same.
    try source.execute("SELECT pg_drop_replication_slot('medallion_shop'); DELETE FROM items")
    try source.setUp()
    let emptied = "the source has no rows where it had 5"
    #expect(try source.extract().map(\.problem) == [emptied])
    #expect(try source.extract(accepting: 5) == [])
    #expect(try source.folded("items").isEmpty)
  }

  @Test func `setting up refuses what could not be followed`() throws {
    let source = try LoggedSource(
      """
      CREATE TABLE keyless (id int, name text); CREATE TABLE other (id int PRIMARY KEY, name text);
      CREATE TABLE refs (id int PRIMARY KEY, name regclass);
      CREATE TABLE made (id int GENERATED ALWAYS AS (1) STORED, name int PRIMARY KEY);
      CREATE VIEW seen AS SELECT * FROM other;
      CREATE UNLOGGED TABLE passing (id int PRIMARY KEY)
      """, [("other", "name")])
    func refusal(_ table: String, _ keys: String) throws -> String {
      try source.lake.write(
        "sources.yml",
        "systems:\n  shop:\n    kind: postgresql\n    location: '\(source.server.address)'\n"
          + "    tables:\n      \(table): {keys: [\(keys)]}\n")
      return #expect(throws: Fault.self) { try source.setUp() }?.problem ?? ""
    }
    #expect(try refusal("other", "name").contains("a delete does not tell 'name'"))
    #expect(try refusal("keyless", "id").contains("no primary key"))
    #expect(try refusal("refs", "id").contains("'name' is regclass"))
    #expect(try refusal("made", "id").contains("generated column"))
    #expect(try refusal("seen", "id").contains("this is no table"))
    #expect(try refusal("absent", "id").contains("has no table absent"))
    #expect(try refusal("passing", "id").contains("unlogged"))
  }
}
