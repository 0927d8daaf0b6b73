import Columnar
import Core
import Database
import TestSupport
import Testing

@Suite struct CompareExtractionTests {
  private let workdir = Workdir()
  private let spec = CompareSpec("t", keyColumns: ["id"], updatedAtColumn: "changed")

  @Test func `a snapshot, then inserts, updates and deletes, then nothing`() throws {
    let source = try source("('a', 1, '2020-01-01'), ('b', NULL, '2030-01-01')")
    #expect(
      try extract(1_000) == [
        "a 1.5 r 1 1970-01-01T00:16:40Z", "b NULL r 2 1970-01-01T00:16:40Z",
      ])
    try source.execute(
      "DELETE FROM t WHERE id = 'a'; UPDATE t SET x = 2 WHERE id = 'b'; "
        + "INSERT INTO t VALUES ('c', 3, '1970-01-01 00:30:00')")
    #expect(
      try extract(2_000) == [
        "a 1.5 d 3 1970-01-01T00:33:20Z", "b 2.0 u 4 1970-01-01T00:33:20Z",
        "c 3.0 c 5 1970-01-01T00:30:00Z",
      ])
    #expect(try extract(3_000) == [])
  }

  @Test func `a clock that stands still still moves the commit time on`() throws {
    let source = try source("('a', 1, NULL)")
    _ = try extract(1_000)
    try source.execute("UPDATE t SET x = 2")
    #expect(try extract(1_000) == ["a 2.0 u 2 1970-01-01T00:16:40.000001Z"])
  }

  @Test func `an extraction that bronze did not commit is forgotten`() throws {
    _ = try source("('a', 1, NULL)")
    let first = try extract(1_000, commit: false)
    #expect(try extract(1_000) == first)
  }

  @Test func `an unknown token asks for a rebuild, and a rebuild from bronze serves`() throws {
    let source = try source("('a', 1, NULL), ('b', 2, NULL), ('c', 3, NULL)")
    var bronze = try batches(1_000)
    try source.execute("DELETE FROM t WHERE id = 'b'; UPDATE t SET x = 9 WHERE id = 'c'")
    bronze += try batches(2_000)
    let fault = #expect(throws: Fault.self) {
      try CompareState(workdir.file("state.db"), keys: ["id"], committed: "another")
    }
    #expect(fault?.kind == .configuration)
    removeTree(workdir.file("state.db"))
    try CompareState.rebuild(
      workdir.file("state.db"), from: bronze.map { batch in { BatchList(batch.schema, [batch]) } },
      of: spec, in: source, committed: "run@5")
    #expect(try extract(3_000) == [])
    try source.execute("UPDATE t SET x = 10 WHERE id = 'c'")
    #expect(try extract(4_000) == ["c 10.0 u 6 1970-01-01T01:06:40Z"])
  }

  @Test func `a new column of NULLs changes no row, and its values do`() throws {
    let source = try source("('a', 1, NULL), ('b', 2, NULL)")
    _ = try extract(1_000)
    try source.execute("ALTER TABLE t ADD COLUMN tier TEXT")
    #expect(try extract(2_000) == [])
    try source.execute("UPDATE t SET tier = 'gold' WHERE id = 'b'")
    #expect(try extract(3_000) == ["b 2.0 gold u 3 1970-01-01T00:50:00Z"])
    try source.execute("ALTER TABLE t DROP COLUMN tier; DELETE FROM t WHERE id = 'b'")
    #expect(try extract(4_000) == ["b 2.0 gold d 4 1970-01-01T01:06:40Z"])
  }

  @Test func `too many deletes are a verdict until their number is confirmed`() throws {
    let source = try source((0..<100).map { "('k\($0)', 1, NULL)" }.joined(separator: ","))
    _ = try extract(1_000)
    try source.execute("DELETE FROM t WHERE rowid <= 11")
    let fault = #expect(throws: Fault.self) { try extract(2_000) }
    #expect(fault?.kind == .verdict)
    #expect(fault?.remedy.contains("--accept-deletes 11") == true)
    #expect(try extract(2_000, accepting: 11).count == 11)
    try source.execute("DELETE FROM t")
    let empty = #expect(throws: Fault.self) { try extract(3_000) }
    #expect(empty?.problem.contains("no rows") == true)
  }

  @Test func `a key that is not unique is a verdict`() throws {
    let source = try source("('a', 1, NULL)")
    try source.execute("INSERT INTO t VALUES ('a', 2, NULL)")
    let fault = #expect(throws: Fault.self) { try extract(1_000) }
    #expect(fault?.kind == .verdict)
    #expect(fault?.problem.contains("(a)") == true)
  }

  private func source(_ rows: String) throws -> SQLiteConnection {
    let source = try SQLiteConnection(workdir.file("source.db"), .create)
    try source.execute(
      "CREATE TABLE t (id TEXT, x REAL, changed TEXT); INSERT INTO t VALUES \(rows)")
    try source.execute("UPDATE t SET x = 1.5 WHERE id = 'a' AND x = 1")
    return source
  }

  private func extract(
    _ seconds: Int64, commit: Bool = true, accepting: Int? = nil
  ) throws -> [String] {
    try batches(seconds, commit: commit, accepting: accepting).flatMap { batch in
      (0..<batch.rowCount).map { batch.scalars(at: $0) }
    }.map(text)
  }

  /// All columns but `changed`.
  private func text(_ row: [Scalar]) -> String {
    row.enumerated().filter { $0.offset != 2 }.map { "\(plain($0.element))" }
      .joined(separator: " ")
  }

  private func plain(_ scalar: Scalar) -> String {
    switch scalar {
    case .null: "NULL"
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .timestamp(let moment): "\(moment)"
    default: "\(scalar)"
    }
  }

  private func batches(
    _ seconds: Int64, commit: Bool = true, accepting: Int? = nil
  ) throws -> [Batch] {
    let token = try? workdir.read("token")
    let source = try SQLiteConnection(workdir.file("source.db"), .readOnly)
    try source.beginSnapshot()
    let state = try CompareState(workdir.file("state.db"), keys: ["id"], committed: token)
    var spec = spec
    spec.acceptedDeletes = accepting
    let changes = try CompareExtraction(
      of: spec, in: source, since: state, Clock(now: Timestamp(microseconds: seconds * 1_000_000)))
    try changes.find()
    var batches: [Batch] = []
    for file in try changes.files() {
      while let batch = try file.next() { batches.append(batch) }
    }
    if changes.summary.changeCount > 0 {
      let token = try state.seal("run")
      if commit { try workdir.write("token", token) }
    } else {
      try state.keep()
    }
    return batches
  }
}
