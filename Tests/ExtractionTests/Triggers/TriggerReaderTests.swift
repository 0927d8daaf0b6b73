import Core
import Database
import TestSupport
import Testing

@testable import Extraction

@Suite struct TriggerReaderTests {
  private static let items = [("items", "keys: [id]")]

  private func source(_ sql: String) throws -> ExtractedSource {
    let source = try ExtractedSource(sql, Self.items, by: "triggers")
    try source.setUp()
    return source
  }

  @Test func `rows are read first, then each change comes as it was made`() throws {
    let source = try source(
      "CREATE TABLE items (id INTEGER PRIMARY KEY, name); INSERT INTO items VALUES (1, 'a')")
    #expect(try source.extract().isEmpty)
    try source.execute(
      """
      INSERT INTO items VALUES (2, 1.5), (3, x'00FF'), (4, NULL), (5, 'x');
      UPDATE items SET name = '2' WHERE id = 2; UPDATE items SET id = 6 WHERE id = 5;
      DELETE FROM items WHERE id = 1; INSERT INTO items VALUES (1, 'again');
      """)
    #expect(try source.extract().isEmpty)
    #expect(
      try source.changes("items") == [
        "r|1|a", "c|2|1.5", "c|3|00FF", "c|4|NULL", "c|5|x", "u|2|2", "d|5|x", "c|6|x", "d|1|a",
        "c|1|again",
      ])
  }

  @Test func `nothing is written where nothing changed, and what was taken goes`() throws {
    let source = try source("CREATE TABLE items (id INTEGER PRIMARY KEY, name)")
    try source.extract()
    try source.execute("INSERT INTO items VALUES (1, 'a')")
    try source.extract()
    let files = FaultyFileSystem()
    var told = 0
    #expect(try source.extract(files) { if $0.commit != nil { told += 1 } }.isEmpty)
    #expect(told == 0)
    #expect(try source.source("_medallion_changes", ["op"]).isEmpty)
  }

  @Test func `a row that gives way to another is deleted`() throws {
    let source = try source(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT UNIQUE COLLATE NOCASE, extra);
      INSERT INTO items VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1);
      """)
    try source.extract()
    try source.execute(
      """
      INSERT OR REPLACE INTO items VALUES (1, 'B', 2);
      UPDATE OR REPLACE items SET name = 'b' WHERE id = 3;
      INSERT OR IGNORE INTO items VALUES (3, 'z', 9);
      INSERT INTO items VALUES (3, 'z', 9) ON CONFLICT (id) DO UPDATE SET extra = 7;
      """)
    try source.extract()
    #expect(
      try source.changes("items", ["id", "name", "extra"]) == [
        "r|1|a|1", "r|2|b|1", "r|3|c|1", "d|2|b|1", "u|1|B|2", "d|1|B|2", "u|3|b|1", "u|3|b|7",
      ])
  }

  @Test func `triggers of the source's own and cascades are followed to the end`() throws {
    let source = try source(
      """
      CREATE TABLE items (
        id INTEGER PRIMARY KEY, name, extra REFERENCES items ON DELETE CASCADE,
        twice AS (name || name));
      CREATE TRIGGER stamp AFTER UPDATE OF name ON items BEGIN
        UPDATE items SET extra = NULL, name = upper(NEW.name) WHERE id = NEW.id; END;
      CREATE TRIGGER phoenix AFTER DELETE ON items WHEN OLD.id = 9 BEGIN
        INSERT INTO items VALUES (9, 'reborn', NULL); END;
      INSERT INTO items VALUES (1, 'a', NULL), (2, 'b', 1), (9, 'p', NULL);
      """)
    try source.extract()
    try source.execute(
      """
      PRAGMA foreign_keys = ON;
      UPDATE items SET name = 'new' WHERE id = 2; UPDATE items SET extra = 1 WHERE id = 2;
      DELETE FROM items WHERE id IN (1, 9);
      """)
    #expect(try source.extract().isEmpty)
    let columns = ["id", "name", "extra", "twice"]
    #expect(
      try source.folded("items", keys: ["id"], columns) == source.source("items", columns))
  }

  @Test func `a table that its triggers do not know is refused, and compared after set-up`() throws
  {
    let source = try source("CREATE TABLE items (id INTEGER PRIMARY KEY, name)")
    #expect(try source.setUp() == ["shop.items: its triggers stand already"])
    try source.execute("INSERT INTO items VALUES (1, 'a')")
    try source.extract()
    try source.execute(
      "ALTER TABLE items ADD COLUMN extra; INSERT INTO items VALUES (2, 'b', 'x')")
    #expect(try source.extract().map(\.kind) == [.configuration])
    try source.setUp()
    #expect(try source.extract().isEmpty)
    try source.execute("UPDATE items SET extra = 'y' WHERE id = 1")
    #expect(try source.extract().isEmpty)
    #expect(
      try source.changes("items", ["id", "name", "extra"])
        == ["r|1|a|~", "c|2|b|x", "u|1|a|y"])
    // A table that is made anew has lost its triggers.
    try source.execute(
      """
      CREATE TABLE other (id INTEGER PRIMARY KEY, name, extra);
      INSERT INTO other SELECT * FROM items; DROP TABLE items; ALTER TABLE other RENAME TO items;
      INSERT INTO items VALUES (3, 'c', NULL);
      """)
    #expect(try source.extract().map(\.kind) == [.configuration])
    try source.setUp()
    #expect(try source.extract().isEmpty)
    #expect(
      try source.changes("items", ["id", "name", "extra"]).suffix(1) == ["c|3|c|NULL"])
  }

  @Test func `a source restored from an older copy is compared, and nothing comes twice`() throws {
    let source = try source("CREATE TABLE items (id INTEGER PRIMARY KEY, name)")
    try source.execute("INSERT INTO items VALUES (1, 'a'), (2, 'b')")
    try source.extract()
    let copy = try LocalFileSystem().read(source.path)
    try source.execute("INSERT INTO items VALUES (3, 'c'); DELETE FROM items WHERE id = 1")
    try source.extract()
    try LocalFileSystem().replace(source.path, copy)
    // As many changes as were taken, and more: numbers alone would not tell.
    try source.execute(
      "INSERT INTO items VALUES (4, 'd'), (5, 'e'), (6, 'f'); UPDATE items SET name = 'B' "
        + "WHERE id = 2")
    #expect(try source.extract().isEmpty)
    #expect(try source.extract().isEmpty)
    #expect(
      try source.changes("items") == [
        "r|1|a", "r|2|b", "c|3|c", "d|1|a", "d|3|c", "c|1|a", "u|2|B", "c|4|d", "c|5|e", "c|6|f",
      ])
  }

  @Test func `a table without row numbers is followed by its key`() throws {
    let source = try ExtractedSource(
      """
      CREATE TABLE items (id TEXT, name TEXT COLLATE NOCASE, extra, PRIMARY KEY (name, id))
        WITHOUT ROWID;
      INSERT INTO items VALUES ('1', 'a', 1), ('2', 'b', 1);
      """, [("items", "keys: [id, name]")], by: "triggers")
    try source.setUp()
    #expect(try source.extract().isEmpty)
    try source.execute(
      """
      INSERT OR REPLACE INTO items VALUES ('1', 'A', 2); UPDATE items SET extra = 3 WHERE id = '2';
      UPDATE OR REPLACE items SET id = '1', name = 'a' WHERE id = '2';
      INSERT INTO items VALUES ('3', 'c', NULL); DELETE FROM items WHERE id = '3';
      """)
    #expect(try source.extract().isEmpty)
    let columns = ["id", "name", "extra"]
    #expect(
      try source.folded("items", keys: ["id", "name"], columns) == source.source("items", columns))
    #expect(try source.changes("items", columns).suffix(2) == ["c|3|c|NULL", "d|3|c|NULL"])
    #expect(try source.findsNothing())
  }

  @Test func `what cannot be followed is refused before anything is put up`() throws {
    for (sql, word) in [
      ("CREATE TABLE items (id, name)", "unique index"),
      (
        "CREATE TABLE items (id PRIMARY KEY, name); CREATE UNIQUE INDEX u ON items (lower(name))",
        "'u'"
      ),
      ("CREATE TABLE other (id, name); CREATE VIEW items AS SELECT * FROM other", "no table"),
    ] {
      let source = try ExtractedSource(sql, Self.items, by: "triggers")
      let fault = #expect(throws: Fault.self) { _ = try source.setUp() }
      #expect(fault?.kind == .configuration)
      let words = "\(fault?.problem ?? "") \(fault?.remedy ?? "")"
      #expect(words.contains(word))
      #expect(try !source.source("sqlite_master", ["type"]).contains("trigger"))
    }
  }

  @Test func `taken down, nothing of it is left`() throws {
    let source = try source("CREATE TABLE items (id INTEGER PRIMARY KEY, name)")
    try source.takeDown()
    #expect(
      try source.source("sqlite_master", ["name"]).filter { $0.contains("medallion") }.isEmpty)
  }
}
