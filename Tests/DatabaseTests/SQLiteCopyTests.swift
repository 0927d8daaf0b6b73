import Core
import Database
import TestSupport
import Testing

@Suite struct SQLiteCopyTests {
  private let workdir = Workdir()

  @Test func `who reads a copy keeps nobody from writing, and sees one moment`() throws {
    let path = workdir.file("source.db")
    let source = try SQLiteConnection(path, .create)
    try source.turn(to: .behind)
    try source.execute(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, name);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO items SELECT i, hex(zeroblob(100)) FROM n;
      """)
    let copy = try SQLiteCopy(of: path, stepPageCount: 5, largerThan: 0).opened(
      in: workdir.file("lake"), LocalFileSystem())
    try copy.execute("BEGIN")
    #expect(try copy.integer("SELECT count(*) FROM items") == 1_000)
    #expect(copy.place == Place(path))
    try source.execute("DELETE FROM items")
    #expect(try copy.integer("SELECT count(*) FROM items") == 1_000)
    // Nobody finds the copy.
    #expect(try LocalFileSystem().list(workdir.file("lake")).isEmpty)
  }

  @Test func `a small database, and one with a write-ahead log, are read themselves`() throws {
    let path = workdir.file("source.db")
    let source = try SQLiteConnection(path, .create)
    try source.execute("CREATE TABLE items (id)")
    let folder = workdir.file("lake")
    let files = LocalFileSystem()
    let first = try SQLiteCopy(of: path, largerThan: 0).opened(in: folder, files)
    try source.execute("INSERT INTO items VALUES (1)")
    #expect(try first.integer("SELECT count(*) FROM items") == 1)
    let second = try SQLiteCopy(of: path).opened(in: folder, files)
    #expect(try second.integer("SELECT count(*) FROM items") == 1)
    #expect(try !files.exists(folder))
  }
}
