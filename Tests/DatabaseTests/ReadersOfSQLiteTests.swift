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
}
