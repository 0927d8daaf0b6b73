import Columnar
import Core
import Database
import TestSupport
import Testing

/// Which columns change rows have: those that the source has, and no others.
@Suite struct SourceColumnsTests {
  private let workdir = Workdir()
  private let own = ["__op", "__sequence", "__committed_at"]

  @Test func `a column that the source lost is absent, and a delete has what was last known`()
    throws
  {
    let source = try SourceCopy(
      workdir, "CREATE TABLE t (id TEXT, city TEXT, tier TEXT)", updatedAt: nil)
    try source.run(
      "INSERT INTO t VALUES ('a', 'Oslo', 'x'), ('b', 'Rome', 'y'), ('c', 'Bonn', 'z')")
    _ = try source.take()
    try source.run("ALTER TABLE t DROP COLUMN tier; UPDATE t SET city = 'Kiel' WHERE id = 'a'")
    #expect(columns(try source.take()) == [["id", "city"] + own])
    #expect(source.summary.removedColumns == ["tier"])
    #expect(try source.extract() == [])
    #expect(source.summary.removedColumns == [])
    try source.run("DELETE FROM t WHERE id <> 'c'; UPDATE t SET city = 'Trier'")
    let files = try source.take()
    // Row a was last seen without the column; what it held before stays known.
    #expect(files.map { rows($0) } == [["a Kiel x d", "b Rome y d"], ["c Trier u"]])
  }

  @Test func `a column that comes back is compared with what it held`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id TEXT, city TEXT, n)", updatedAt: nil)
    try source.run("INSERT INTO t VALUES ('a', 'Oslo', 1), ('b', 'Rome', 1)")
    _ = try source.take()
    try source.run("ALTER TABLE t DROP COLUMN city; UPDATE t SET n = 2 WHERE id = 'a'")
    _ = try source.take()
    source.loseState()
    try source.run("ALTER TABLE t ADD COLUMN city TEXT; UPDATE t SET city = 'Rome' WHERE id = 'b'")
    // Bronze says Oslo of a, the source NULL.
    #expect(try source.take().map { rows($0) } == [["a 2 NULL u"]])
  }

  @Test func `generated columns come with their values, as keys too`() throws {
    let source = try SourceCopy(
      workdir,
      "CREATE TABLE t (a TEXT, n INTEGER, twice INTEGER AS (n * 2) STORED, id TEXT AS (a || n))",
      updatedAt: nil)
    try source.run("INSERT INTO t (a, n) VALUES ('x', 2)")
    #expect(try source.take().map { rows($0) } == [["x 2 4 x2 r"]])
    try source.run("UPDATE t SET n = 3")
    #expect(try source.take().map { rows($0) } == [["x 2 4 x2 d", "x 3 6 x3 c"]])
  }

  @Test func `names of our own are taken under another name`() throws {
    let source = try SourceCopy(
      workdir, "CREATE TABLE t (id TEXT, __OP TEXT, ingest_date TEXT, source_ingest_date TEXT)",
      updatedAt: nil)
    source.spec.reservedColumns = ["ingest_date"]
    try source.run("INSERT INTO t VALUES ('a', 'sail', '2020-01-01', 'y')")
    #expect(
      columns(try source.take()) == [
        ["id", "source___OP", "source_source_ingest_date", "source_ingest_date"] + own
      ])
    #expect(source.summary.renamedColumns.map(\.name) == ["__OP", "ingest_date"])
    try source.run("UPDATE t SET __OP = 'sink'")
    #expect(try source.take().map { rows($0) } == [["a sink 2020-01-01 y u"]])
    #expect(source.summary.renamedColumns.isEmpty)
  }

  @Test(arguments: ["", "WHERE id < 0"])
  func `a view without an end is given up`(_ condition: String) throws {
    let source = try SourceCopy(
      workdir,
      """
      CREATE VIEW t AS WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c)
        SELECT id FROM c \(condition)
      """, updatedAt: nil)
    let fault = #expect(throws: Fault.self) { _ = try source.take() }
    #expect(fault?.kind == .data && fault?.problem.contains("no end") == true)
    // The connection serves the other tables.
    #expect(try source.source.rows("SELECT 1") == [[.integer(1)]])
  }

  @Test func `what a virtual table hides is told, and read where it is asked for`() throws {
    let source = try SourceCopy(
      workdir, "CREATE VIRTUAL TABLE t USING fts5(id, body)", updatedAt: nil)
    try source.run("INSERT INTO t VALUES ('a', 'tea')")
    #expect(columns(try source.take()) == [["id", "body"] + own])
    #expect(source.summary.hiddenColumns == ["t", "rank"])
    source.spec.askedColumns = ["rank"]
    try source.run("UPDATE t SET body = 'cup'")
    #expect(columns(try source.take()) == [["id", "body", "rank"] + own])
  }

  @Test func `a view that fails names the row before`() throws {
    let source = try SourceCopy(
      workdir,
      "CREATE TABLE base (id INTEGER PRIMARY KEY, j TEXT); "
        + "CREATE VIEW t AS SELECT id, json_extract(j, '$.n') AS n FROM base", updatedAt: nil)
    try source.run("INSERT INTO base VALUES (1, '{\"n\": 1}'), (2, '{\"n\"')")
    let fault = #expect(throws: Fault.self) { try source.take() }
    #expect(fault?.kind == .data)
    #expect(fault?.problem == "the source cannot give its rows after the row (1): malformed JSON")
    try source.run("DROP TABLE base")
    let broken = #expect(throws: Fault.self) { try source.take() }
    #expect(broken?.kind == .data)
    #expect(broken?.problem.contains("no such table: main.base") == true)
  }

  private func columns(_ files: [[Batch]]) -> [[String]] { files.map { $0[0].schema.names } }

  /// The source's columns and the operation of each row.
  private func rows(_ file: [Batch]) -> [String] {
    file.flatMap { batch in
      (0..<batch.rowCount).map { row in
        batch.scalars(at: row).prefix(batch.columns.count - 2).map { scalar in
          if case .string(let text) = scalar { text } else { "NULL" }
        }.joined(separator: " ")
      }
    }
  }
}
