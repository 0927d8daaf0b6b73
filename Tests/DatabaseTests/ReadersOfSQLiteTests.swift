import CSQLite
import Core
import TestSupport
import Testing

@testable import Database

@Suite struct ReadersOfSQLiteTests {
  @Test func `a file is read where nothing may be written beside it, its log being empty`() throws {
    let work = Workdir()
    let path = work.file("a %?#b.db")
    do {
      let writer = try SQLiteConnection(path, .create)
      try writer.execute("CREATE TABLE t (n); INSERT INTO t VALUES (7)")
    }
    let handle = try #require(try SQLiteConnection.openUnchanging(path, Place(path)))
    #expect(sqlite3_exec(handle, "SELECT n FROM t", nil, nil, nil) == SQLITE_OK)
    #expect(sqlite3_exec(handle, "INSERT INTO t VALUES (9)", nil, nil, nil) == SQLITE_READONLY)
    sqlite3_close_v2(handle)
    let writer = try SQLiteConnection(path, .create)
    try writer.execute("INSERT INTO t VALUES (8)")
    #expect(try SQLiteConnection.openUnchanging(path, Place(path)) == nil)
    #expect(try SQLiteConnection(path, .readOnly).integer("SELECT count(*) FROM t") == 2)
  }

  @Test func `what a schema of others asks for and is not here is told as theirs`() throws {
    let work = Workdir()
    let path = work.file("theirs.db")
    do {
      let writer = try SQLiteConnection(path, .create)
      try writer.execute(
        """
        CREATE TABLE t (n); INSERT INTO t VALUES (7);
        PRAGMA writable_schema = ON;
        INSERT INTO sqlite_schema
        VALUES ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING no_such(a)')
        """)
    }
    let database = try SQLiteConnection(path, .readOnly)
    #expect(try database.tables() == ["t", "v"])
    #expect(try database.integer("SELECT n FROM t") == 7)
    let fault = #expect(throws: Fault.self) { try database.rows("SELECT * FROM v") }
    #expect(fault?.kind == .data)
    #expect(fault?.problem.contains("no such module: no_such") == true)
  }

  @Test func `a file that is damaged in its midst is told as damaged`() throws {
    let work = Workdir()
    let path = work.file("damaged.db")
    do {
      let writer = try SQLiteConnection(path, .create)
      try writer.execute(
        """
        CREATE TABLE t (n);
        WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000)
        INSERT INTO t SELECT hex(randomblob(20)) FROM c;
        PRAGMA wal_checkpoint(TRUNCATE)
        """)
    }
    var bytes = try LocalFileSystem().read(path)
    for index in bytes.indices.dropFirst(3 * 4_096) { bytes[index] = 0xFF }
    try LocalFileSystem().replace(path, bytes)
    let database = try SQLiteConnection(path, .readOnly)
    let fault = #expect(throws: Fault.self) { try database.rows("SELECT n FROM t") }
    #expect(fault?.kind == .data)
  }
}
