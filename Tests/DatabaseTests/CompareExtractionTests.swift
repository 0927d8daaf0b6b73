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
      try CompareState(workdir.file("state.db"), committed: "another")
    }
    #expect(fault?.kind == .configuration)
    removeTree(workdir.file("state.db"))
    try CompareState.rebuild(
      workdir.file("state.db"), from: BatchList(bronze[0].schema, bronze), of: spec, in: source,
      committed: "run@5")
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
    #expect(try extract(4_000) == ["b 2.0 d 4 1970-01-01T01:06:40Z"])
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

  /// Any values of any storage class, compared with the difference that plain dictionaries tell.
  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `changes applied to the last state give the source`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let source = try SQLiteConnection(workdir.file("s\(seed).db"), .create)
    try source.execute("CREATE TABLE t (id, part, x)")
    let spec = CompareSpec(
      "t", keyColumns: ["id", "part"],
      deleteLimit: DeleteLimit(share: 1, rows: 1_000_000, atLeast: 1_000_000))
    var mirror: [String: String] = [:]
    var token: String?
    for round in 0..<5 {
      try shuffle(source, &random)
      let sealed = try compare(source, spec, token, seed, &mirror)
      let expected = try all(source.query("SELECT id, part, x FROM t"))
      #expect(
        mirror == Dictionary(uniqueKeysWithValues: expected.map { (key($0), "\($0[2])") }),
        "seed \(seed), round \(round)")
      guard let sealed else { continue }
      if Bool.random(using: &random) {
        token = sealed
      } else {
        mirror = try previous(token, seed)
      }
    }
  }

  private func compare(
    _ source: SQLiteConnection, _ spec: CompareSpec, _ token: String?,
    _ seed: UInt64, _ mirror: inout [String: String]
  ) throws -> String? {
    let state = try CompareState(workdir.file("state\(seed).db"), committed: token)
    let changes = try CompareExtraction(
      of: spec, in: source, since: state, Clock(now: Timestamp(microseconds: 5)))
    for row in try all(changes) { apply(row, to: &mirror) }
    guard changes.summary.changeCount > 0 else { return nil }
    return try state.seal("run")
  }

  private func previous(_ token: String?, _ seed: UInt64) throws -> [String: String] {
    guard token != nil else { return [:] }
    // What the state holds is what a fresh comparison with an empty table deletes.
    let empty = try SQLiteConnection(workdir.file("empty\(seed).db"), .create)
    try empty.execute("CREATE TABLE IF NOT EXISTS t (id, part, x)")
    let state = try CompareState(workdir.file("state\(seed).db"), committed: token)
    var spec = CompareSpec("t", keyColumns: ["id", "part"])
    spec.acceptedDeletes = state.rowCount
    guard state.rowCount > 0 else { return [:] }
    let rows = try all(
      CompareExtraction(
        of: spec, in: empty, since: state, Clock(now: Timestamp(microseconds: 5))))
    return Dictionary(uniqueKeysWithValues: rows.map { (key($0), "\($0[2])") })
  }

  private func shuffle(_ source: SQLiteConnection, _ random: inout SeededRandom) throws {
    let values: [Scalar] = [
      .null, .integer(1), .integer(-3), .integer(.max), .double(1.5), .double(-2.25), .string(""),
      .string("a"), .string("a\u{0}b"), .string("ab"), .string("é"), .binary([0]), .binary([0, 1]),
    ]
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let id = values.randomElement(using: &random)!
      let part = values.randomElement(using: &random)!
      try source.run("DELETE FROM t WHERE id IS ?1 AND part IS ?2", [id, part])
      if Int.random(in: 0..<4, using: &random) > 0 {
        try source.run(
          "INSERT INTO t VALUES (?1, ?2, ?3)", [id, part, values.randomElement(using: &random)!])
      }
    }
  }

  private func key(_ row: [Scalar]) -> String { "\(row[0]), \(row[1])" }

  private func apply(_ row: [Scalar], to mirror: inout [String: String]) {
    let isKnown = mirror[key(row)] != nil
    switch row[3] {
    case .string("d"):
      #expect(mirror.removeValue(forKey: key(row)) == "\(row[2])")
    case .string("u"):
      #expect(isKnown)
      mirror[key(row)] = "\(row[2])"
    default:
      #expect(!isKnown)
      mirror[key(row)] = "\(row[2])"
    }
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
    let state = try CompareState(workdir.file("state.db"), committed: token)
    var spec = spec
    spec.acceptedDeletes = accepting
    let changes = try CompareExtraction(
      of: spec, in: source, since: state, Clock(now: Timestamp(microseconds: seconds * 1_000_000)))
    var batches: [Batch] = []
    while let batch = try changes.next() { batches.append(batch) }
    if changes.summary.changeCount > 0 {
      let token = try state.seal("run")
      if commit { try workdir.write("token", token) }
    }
    return batches
  }
}
