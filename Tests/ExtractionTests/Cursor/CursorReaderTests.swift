import Core
import Database
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

@Suite struct CursorReaderTests {
  private func source(
    _ sql: String, _ entry: String = "keys: [id], cursor: [extra]"
  ) throws -> ExtractedSource {
    try ExtractedSource(sql, [("items", entry)], by: "cursor")
  }

  private static let columns = ["id", "name", "extra"]

  @Test func `rows are taken once, whatever the window shows again`() throws {
    let source = try source(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra TEXT);
      INSERT INTO items VALUES (1, 'a', '2026-01-01 10:00:00'), (2, 'b', '2026-01-02 10:00:00');
      """, "keys: [id], cursor: [extra], lag_seconds: 86400")
    source.time = try #require(Timestamp(parsing: "2027-01-01"))
    #expect(try source.extract().isEmpty)
    // Of the same time as the last, late by less than the lag, later, and too late.
    try source.execute(
      """
      INSERT INTO items VALUES (3, 'c', '2026-01-02 10:00:00'), (4, 'd', '2026-01-01 12:00:00'),
        (5, 'e', '2026-01-03T00:00:00+02:00'), (6, 'f', '2025-12-01');
      UPDATE items SET name = 'B', extra = '2026-01-02 11:00:00' WHERE id = 2;
      """)
    #expect(try source.extract().isEmpty)
    #expect(try source.findsNothing())
    #expect(
      try source.changes("items").sorted()
        == ["c|3|c", "c|4|d", "c|5|e", "r|1|a", "r|2|b", "u|2|B"])
  }

  @Test func `rows behind the source's time wait, and those without a time are compared`() throws {
    let source = try source(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra TEXT, at TEXT);
      INSERT INTO items VALUES (1, 'a', NULL, NULL), (2, 'b', '2026-06-02', '2026-01-01'),
        (3, 'c', '2026-01-01', NULL), (4, 'd', 'soon', NULL);
      """, "keys: [id], cursor: [extra, at]")
    source.time = try #require(Timestamp(parsing: "2026-06-01"))
    var notes: [String] = []
    try source.extract { notes += $0.notes }
    #expect(notes.count == 3)
    #expect(try source.changes("items").sorted() == ["r|1|a", "r|3|c", "r|4|d"])
    try source.execute("UPDATE items SET name = 'A' WHERE id = 1")
    source.time = try #require(Timestamp(parsing: "2026-06-03"))
    try source.extract()
    #expect(try source.changes("items").suffix(2).sorted() == ["c|2|b", "u|1|A"])
  }

  @Test func `numbers and mixed times are cursors too`() throws {
    for (first, second, third) in [
      ("7", "8", "9"), ("'2026-01-01 00:00:00.0000001'", "1767225601", "'2026-01-02T00:00Z'"),
      ("2461041.5", "2461042.25", "2461043.5"),
    ] {
      let source = try source(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra); "
          + "INSERT INTO items VALUES (1, 'a', \(first))")
      source.time = try #require(Timestamp(parsing: "2027-01-01"))
      #expect(try source.extract().isEmpty)
      try source.execute("INSERT INTO items VALUES (2, 'b', \(second)), (3, 'c', \(third))")
      #expect(try source.extract().isEmpty)
      #expect(try source.findsNothing())
      #expect(try source.changes("items").sorted() == ["c|2|b", "c|3|c", "r|1|a"])
    }
  }

  @Test func `deletes come by a column or by the list of all keys`() throws {
    let source = try source(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra INTEGER, gone INTEGER);
      INSERT INTO items VALUES (1, 'a', 1, 0), (2, 'b', 2, 0), (3, 'c', 3, NULL), (4, 'd', 4, 0);
      """, "keys: [id], cursor: [extra], deleted: gone, deletes: keys")
    try source.extract()
    try source.execute(
      "UPDATE items SET gone = 1, extra = 5 WHERE id = 1; DELETE FROM items WHERE id = 2")
    #expect(try source.extract().isEmpty)
    #expect(try source.changes("items").suffix(2) == ["d|1|a", "d|2|~"])
    // The row is back as it was, which no window shows.
    try source.execute(
      "INSERT INTO items VALUES (2, 'b', 2, 0); UPDATE items SET gone = 0, extra = 6 WHERE id = 1")
    #expect(try source.extract().isEmpty)
    #expect(
      try source.folded("items", keys: ["id"], Self.columns)
        == source.source("items", Self.columns))
    #expect(try source.findsNothing())
    try source.execute("DELETE FROM items")
    #expect(try source.extract().map(\.kind) == [.verdict])
    #expect(try source.extract(accepting: 4).isEmpty)
    #expect(try source.folded("items", keys: ["id"], Self.columns).isEmpty)
  }

  @Test func `every so many runs what windows missed is found, told and taken`() throws {
    let source = try source(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra INTEGER);
      INSERT INTO items VALUES (1, 'a', 10), (2, 'b', 20);
      """, "keys: [id], cursor: [extra], audit_every: 3")
    try source.extract()
    try source.execute("INSERT INTO items VALUES (3, 'late', 5); DELETE FROM items WHERE id = 1")
    #expect(try source.extract().isEmpty)
    let faults = try source.extract()
    #expect(faults.map(\.kind) == [.verdict])
    #expect(
      faults.first?.problem
        == "the audit found that 1 row of closed windows had not been taken, and were now, and "
        + "1 row that bronze has is gone")
    #expect(try source.changes("items").suffix(1) == ["c|3|late"])
  }

  @Test func `a source that was restored and written on is read whole`() throws {
    let source = try ExtractedSource(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra INTEGER);
      WITH RECURSIVE n (i) AS (VALUES (4) UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO items SELECT i, 'old', -i FROM n;
      INSERT INTO items VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);
      """, [("items", "keys: [id], cursor: [extra]")], by: "cursor")
    #expect(try source.extract().isEmpty)
    let file = source.lake.folder.file("copy.db")
    try source.execute("VACUUM INTO '\(file)'")
    try source.execute(
      "UPDATE items SET name = 'lost', extra = 4 WHERE id = 1; "
        + "UPDATE items SET name = 'last', extra = 5 WHERE id = 2")
    #expect(try source.extract().isEmpty)
    // A row that changes again is no restored source, and one that was deleted may be.
    try source.execute("UPDATE items SET name = 'again', extra = 6 WHERE id = 2")
    var read = 0
    #expect(try source.extract { read = $0.summary.read }.isEmpty)
    #expect(read < 20)
    for suffix in ["-wal", "-shm"] { try LocalFileSystem().remove(source.path + suffix) }
    try LocalFileSystem().replace(source.path, LocalFileSystem().read(file))
    try source.execute("UPDATE items SET name = 'new', extra = 7 WHERE id = 2")
    #expect(try source.extract().isEmpty)
    let columns = ["id", "name", "extra"]
    #expect(
      try source.folded("items", keys: ["id"], columns) == source.source("items", columns))
    #expect(try source.changes("items", columns).suffix(2) == ["u|2|new|7", "u|1|a|1"])
    #expect(try source.findsNothing())
    try source.execute("DELETE FROM items WHERE id = 2")
    #expect(try source.extract().isEmpty)
    #expect(try source.findsNothing())
  }

  @Test func `without its state a cursor does not guess`() throws {
    let tables = [("items", "keys: [id], cursor: [extra]")]
    let sql = """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra INTEGER);
      INSERT INTO items VALUES (1, 'a', 10), (2, 'b', 20);
      """
    for (resumption, expected) in [
      (Resumption.adopt, ["c|4|d"]), (.rebuild, ["c|3|c", "c|4|d"]),
    ] {
      let source = try ExtractedSource(sql, [("items", "keys: [id]")], by: "compare")
      try source.extract()
      try source.execute("INSERT INTO items VALUES (3, 'c', 15), (4, 'd', 25)")
      try source.use("cursor", tables)
      #expect(try source.extract().map(\.kind) == [.configuration])
      #expect(try source.extract(resuming: resumption).isEmpty)
      #expect(try source.extract().isEmpty)
      #expect(try source.changes("items").dropFirst(2) == expected[...])
      // And back: what the cursor brought is what is remembered.
      try source.use("compare", [("items", "keys: [id]")])
      #expect(try source.extract().isEmpty)
      #expect(
        try source.folded("items", keys: ["id"], Self.columns)
          == source.source("items", Self.columns))
    }
  }

  @Test func `what a cursor remembers is made anew from bronze`() throws {
    let source = try source(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra INTEGER);
      INSERT INTO items VALUES (1, 'a', 10), (2, 'b', 20);
      """, "keys: [id], cursor: [extra], lag_seconds: 1000")
    try source.extract()
    let file = source.lake.folder.file("lake/bronze/shop/items/_state/cursor.db")
    try LocalFileSystem().remove(file)
    #expect(try source.findsNothing())
    // A new column changes those rows alone that have a value there.
    try source.execute("ALTER TABLE items ADD COLUMN more; UPDATE items SET more = 1 WHERE id = 1")
    #expect(try source.extract().isEmpty)
    #expect(try source.changes("items").dropFirst(2) == ["u|1|a"])
  }
}
