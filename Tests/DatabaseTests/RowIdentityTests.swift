import Columnar
import Core
import Database
import TestSupport
import Testing

/// Rows of a source are told apart by the texts of their keys, as bronze holds them.
@Suite struct RowIdentityTests {
  private let workdir = Workdir()

  @Test func `a key of another type is the same key`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id INTEGER PRIMARY KEY, x, changed)")
    try source.run("INSERT INTO t VALUES (1, 'a', NULL), (9, 'b', NULL), (10, 'c', NULL)")
    _ = try source.take()
    try source.run(
      "ALTER TABLE t RENAME TO old; CREATE TABLE t (id TEXT PRIMARY KEY, x, changed);"
        + "INSERT INTO t SELECT * FROM old; DROP TABLE old")
    #expect(try source.extract() == [])
    #expect(try source.extract() == [])
    try source.run("UPDATE t SET x = 'd' WHERE id = '10'; DELETE FROM t WHERE id = '9'")
    #expect(try source.extract().map { $0.prefix(2) } == ["9 ", "10"])
    #expect(source.summary.updated == 1)
    #expect(source.summary.deleted == 1)
  }

  @Test func `a row that goes and comes back under the same text is an update`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id, x, changed)")
    try source.run("INSERT INTO t VALUES (1, 'a', NULL), ('z', 'b', NULL)")
    _ = try source.take()
    try source.run("DELETE FROM t WHERE id = 1; INSERT INTO t VALUES ('1', 'new', NULL)")
    #expect(try source.extract().map { $0.suffix(1) } == ["u"])
    #expect(source.summary.created + source.summary.deleted == 0)
  }

  @Test func `a number that is written otherwise is another key, deleted before it is created`()
    throws
  {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id, x, changed)")
    try source.run("INSERT INTO t VALUES (1, 'a', NULL), (0.0, 'b', NULL)")
    _ = try source.take()
    try source.run("UPDATE t SET id = 1.0 WHERE id = 1; UPDATE t SET id = -0.0 WHERE id = 0")
    #expect(
      try source.extract(at: 60) == [
        "0.0 00:01:00Z d", "1 00:01:00Z d", "-0.0 00:01:00Z c", "1.0 00:01:00Z c",
      ])
  }

  @Test func `1 and 1 point 0 are two rows, and 1 and its text are one key`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id, x, changed)")
    try source.run("INSERT INTO t VALUES (1.0, 'a', NULL), (1, 'b', NULL), (1.5, 'c', NULL)")
    #expect(try source.extract().count == 3)
    for value in ["'1'", "'1.0'"] {
      try source.run("INSERT INTO t VALUES (\(value), 'd', NULL)")
      let fault = #expect(throws: Fault.self) { try source.take() }
      #expect(fault?.kind == .verdict)
      #expect(fault?.problem == "several rows have the key (\(value.dropFirst().dropLast()))")
      try source.run("DELETE FROM t WHERE x = 'd'")
    }
    try source.run("INSERT INTO t VALUES (x'41', 'e', NULL), ('41', 'f', NULL)")
    #expect(throws: Fault.self) { try source.take() }
  }

  @Test func `the order and the spelling of keys make no other rows`() throws {
    let source = try SourceCopy(
      workdir, "CREATE TABLE t (shop TEXT, line INTEGER, x, PRIMARY KEY (shop, line))",
      keys: ["shop", "line"], updatedAt: nil)
    try source.run("INSERT INTO t VALUES ('a', 2, 1), ('a', 10, 2), ('b', 1, 3)")
    _ = try source.take()
    source.spec.keyColumns = ["line", "shop"]
    #expect(try source.extract() == [])
    source.spec.keyColumns = ["LINE", "Shop"]
    #expect(try source.extract() == [])
    try source.run("ALTER TABLE t RENAME COLUMN line TO Line")
    #expect(try source.extract() == [])
    try source.run("UPDATE t SET x = 9 WHERE line = 10")
    #expect(try source.take().flatMap { $0 }.map(\.rowCount) == [1])
  }

  @Test func `reals past the whole numbers keep their order`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id REAL, x, changed)")
    try source.run(
      "INSERT INTO t VALUES (-1e300, 1, NULL), (-9.3e18, 1, NULL), (-1e19, 1, NULL), "
        + "(-9223372036854775808, 1, NULL), (9.3e18, 1, NULL), (1e300, 1, NULL), (9e999, 1, NULL)")
    #expect(try source.extract().count == 7)
    try source.run("DELETE FROM t WHERE id = -1e19")
    #expect(try source.extract().count == 1)
  }

  @Test(arguments: [
    "CREATE TABLE t (id PRIMARY KEY, x)", "CREATE TABLE t (id BLOB PRIMARY KEY, x)",
    "CREATE TABLE base (id, x); CREATE VIEW t AS SELECT '00' || id AS id, x FROM base;",
    "CREATE TABLE base (id TEXT, x); CREATE VIEW t AS SELECT CAST(id AS BLOB) AS id, x FROM base;",
    "CREATE TABLE t (n, x, id TEXT GENERATED ALWAYS AS ('n' || n) VIRTUAL)",
    "CREATE TABLE t (id REAL, x)", "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
  ])
  func `what is remembered can be made anew, whatever the key`(schema: String) throws {
    let source = try SourceCopy(workdir, schema, updatedAt: nil)
    let table = schema.contains("base") ? "base" : "t"
    let column = schema.contains("(n,") ? "n" : "id"
    for number in 1...13 {
      try source.run("INSERT INTO \(table) (\(column), x) VALUES (\(number), 'a')")
    }
    _ = try source.take()
    source.loseState()
    #expect(try source.extract() == [])
    try source.run("UPDATE \(table) SET x = 'b' WHERE \(column) = 7")
    source.loseState()
    #expect(try source.extract().count == 1)
    #expect(source.summary.updated == 1)
  }

  @Test func `a table whose text is UTF-16 is compared in its own order`() throws {
    let source = try SourceCopy(
      workdir, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (id TEXT PRIMARY KEY, x, changed)")
    for (index, id) in ["a", "\u{101}", "\u{FF}", "\u{1F600}", "b", "ab"].enumerated() {
      try source.run("INSERT INTO t VALUES (?1, ?2, NULL)", [.string(id), .integer(Int64(index))])
    }
    #expect(try source.extract().count == 6)
    #expect(try source.extract() == [])
    try source.run("DELETE FROM t WHERE x = 1; UPDATE t SET x = 9 WHERE x = 3")
    #expect(try source.extract().map { $0.suffix(1) } == ["d", "u"])
  }
}
