import Columnar
import Core
import Database
import Glibc
import TestSupport
import Testing

@Suite struct SQLiteConnectionTests {
  @Test func `parameters that a server would number are numbered alike`() throws {
    let database = try SQLiteConnection(":memory:", .create)
    #expect(
      try database.rows("SELECT $2, $1, $2 || $3", [.integer(1), .string("b"), .string("c")])
        == [[.string("b"), .integer(1), .string("bc")]])
  }

  @Test func `a database that is somebody else's is damaged input, and no fault of ours`() throws {
    let workdir = Workdir()
    let database = try SQLiteConnection(workdir.file("a.db"), .create)
    try database.execute("CREATE VIEW v AS SELECT a FROM nothere")
    for query in ["SELECT nosuch FROM t", "SELECT * FROM v"] {
      let fault = #expect(throws: Fault.self) { try database.execute(query) }
      #expect(fault?.kind == .data)
    }
  }

  @Test(arguments: ["", "-wal", "-journal", "-shm"])
  func `a pipe in the place of a database or beside it is told, not waited for`(
    _ suffix: String
  ) throws {
    let workdir = Workdir()
    if !suffix.isEmpty {
      try SQLiteConnection(workdir.file("a.db"), .create).execute("CREATE TABLE t (id)")
      for name in ["a.db-wal", "a.db-shm"] { try LocalFileSystem().remove(workdir.file(name)) }
    }
    #expect(mkfifo(workdir.file("a.db\(suffix)"), 0o600) == 0)
    for mode in [SQLiteConnection.Mode.readOnly, .create] {
      let fault = #expect(throws: Fault.self) { try SQLiteConnection(workdir.file("a.db"), mode) }
      #expect(fault?.problem == "this is a pipe, not a database")
      #expect(fault?.kind == .configuration)
    }
  }

  @Test func `values come back as they were bound`() throws {
    let workdir = Workdir()
    let database = try SQLiteConnection(workdir.file("a.db"), .create)
    let schema = Schema([
      Field("flag", .boolean), Field("small", .int), Field("big", .bigint),
      Field("price", .decimal(precision: 12, scale: 2)),
      Field("wide", .decimal(precision: 38, scale: 6)), Field("ratio", .double),
      Field("name", .string), Field("raw", .binary), Field("day", .date),
      Field("moment", .timestamp),
    ])
    try create("t", schema, in: database)
    let rows: [[Scalar]] = [
      [
        .boolean(true), .integer(-7), .integer(.max), .decimal(Decimal(unscaled: -1_05, scale: 2)),
        .decimal(Decimal(unscaled: 123_456_789_000_001, scale: 6)), .double(0.1), .string("Zoë"),
        .binary([0, 255]), .date(CivilDate(dayNumber: -1)),
        .timestamp(Timestamp(microseconds: 1_234_567_890_123_456)),
      ],
      [Scalar](repeating: .null, count: 10),
      [
        .boolean(false), .integer(0), .integer(.min), .decimal(Decimal(unscaled: 700, scale: 2)),
        .decimal(Decimal(unscaled: 0, scale: 6)), .double(-3), .string(""), .binary([]),
        .date(CivilDate(dayNumber: 20_000)), .timestamp(Timestamp(microseconds: 0)),
      ],
    ]
    let count = try database.append(BatchList(schema, [batch(schema, rows)]), to: "t")
    #expect(count == 3)
    #expect(try database.schema(of: "t").fields.map(\.type) == schema.fields.map(\.type))
    #expect(try all(database.query("SELECT * FROM t", [], as: schema)) == rows)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `any column of at most fifteen digits reads back exactly`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let types = RandomColumns.flatTypes.filter {
      if case .decimal(let precision, _) = $0 {
        precision <= 15
      } else {
        $0 != .double && $0 != .float
      }
    }
    let schema = Schema(types.enumerated().map { Field("c\($0.offset)", $0.element) })
    let batch = Batch(schema, types.map { random.column($0, count: 50) }, rowCount: 50)
    let workdir = Workdir()
    let database = try SQLiteConnection(workdir.file("a.db"), .create)
    try create("t", schema, in: database)
    _ = try database.append(BatchList(schema, [batch]), to: "t")
    let found = try all(database.query("SELECT * FROM t", [], as: schema))
    #expect(found == (0..<50).map(batch.scalars), "seed \(seed)")
  }

  @Test func `a decimal that a double cannot hold is refused with its column`() throws {
    let workdir = Workdir()
    let database = try SQLiteConnection(workdir.file("a.db"), .create)
    let schema = Schema([Field("amount", .decimal(precision: 18, scale: 2))])
    try create("t", schema, in: database)
    let rows = batch(schema, [[.decimal(Decimal(unscaled: 1_234_567_890_123_456, scale: 2))]])
    let fault = #expect(throws: Fault.self) {
      try database.append(BatchList(schema, [rows]), to: "t")
    }
    #expect(fault?.kind == .verdict)
    #expect(fault?.problem.contains("row 1: amount is") == true)
  }

  @Test func `without a schema values are text exactly as the source gives them`() throws {
    let workdir = Workdir()
    let database = try SQLiteConnection(workdir.file("a.db"), .create)
    let values = "1, -5.0, 0.1, 1e300, 'x', x'00ff', NULL, 9223372036854775807"
    let found = try all(database.query("SELECT \(values)"))
    #expect(
      found == [
        [
          .string("1"), .string("-5.0"), .string("0.1"), .string("1e+300"), .string("x"),
          .string("00FF"), .null, .string("9223372036854775807"),
        ]
      ])
  }

  @Test func `long values come in batches of few rows`() throws {
    let workdir = Workdir()
    let database = try SQLiteConnection(workdir.file("long.db"), .create)
    let long = try database.query(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
        + "SELECT i, replace(hex(zeroblob(1 << 19)), '00', 'xx') FROM n")
    var counts: [Int] = []
    while let batch = try long.next() { counts.append(batch.rowCount) }
    #expect(counts.reduce(0, +) == 100 && counts.count > 1)
  }

  @Test func `tables tell their columns and keys`() throws {
    let workdir = Workdir()
    let database = try SQLiteConnection(workdir.file("a.db"), .create)
    try database.execute(
      "CREATE TABLE lines (line_no INTEGER, \"order\" TEXT NOT NULL, price NUMERIC(12,2), "
        + "PRIMARY KEY (\"order\", line_no)); CREATE TABLE b (x)")
    #expect(try database.tables() == ["b", "lines"])
    #expect(try database.primaryKey(of: "lines") == ["order", "line_no"])
    #expect(try database.columns(of: "nothing").isEmpty)
    #expect(
      try database.schema(of: "lines").fields.map(\.type)
        == [.bigint, .string, .decimal(precision: 12, scale: 2)])
  }

  @Test func `a transaction that fails leaves nothing`() throws {
    let workdir = Workdir()
    let database = try SQLiteConnection(workdir.file("a.db"), .create)
    try database.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
    let fault = #expect(throws: Fault.self) {
      try database.transaction {
        try database.run("INSERT INTO t VALUES (1)")
        try database.run("INSERT INTO t VALUES (1)")
      }
    }
    #expect(fault?.kind == .verdict)
    #expect(try database.integer("SELECT count(*) FROM t") == 0)
  }

  @Test func `what cannot be opened says why`() throws {
    let workdir = Workdir()
    let missing = #expect(throws: Fault.self) {
      try SQLiteConnection(workdir.file("no.db"), .readOnly)
    }
    #expect(missing?.kind == .missing)
    let garbage = try workdir.write("garbage.db", String(repeating: "garbage ", count: 1_000))
    let data = #expect(throws: Fault.self) { try SQLiteConnection(garbage, .readOnly) }
    #expect(data?.kind == .data)
    let folder = #expect(throws: Fault.self) { try SQLiteConnection(workdir.path, .create) }
    #expect(folder?.kind == .cannotCreate)
  }

  @Test func `a database that another writes is busy`() throws {
    let workdir = Workdir()
    let first = try SQLiteConnection(workdir.file("a.db"), .create)
    let second = try SQLiteConnection(workdir.file("a.db"), .readWrite, patience: .zero)
    try first.execute("BEGIN IMMEDIATE")
    let fault = #expect(throws: Fault.self) { try second.execute("BEGIN IMMEDIATE") }
    #expect(fault?.kind == .temporary)
  }

  @Test func `who holds a database is known to those that wait for it`() throws {
    let workdir = Workdir()
    let path = workdir.file("a.db")
    let files = [path, "\(path)-shm"]
    let first = try SQLiteConnection(path, .create)
    #expect(LockWaits.holder(ofFiles: files) == nil)
    try first.execute("BEGIN IMMEDIATE")
    #expect(LockWaits.holder(ofFiles: files)?.hasPrefix("process ") == true)
    try first.execute("COMMIT")
    #expect(LockWaits.holder(ofFiles: files) == nil)
    // Who waits gets on once the other is done.
    let second = try SQLiteConnection(path, .readWrite, patience: .milliseconds(50))
    try first.execute("BEGIN IMMEDIATE")
    _ = #expect(throws: Fault.self) { try second.execute("BEGIN IMMEDIATE") }
    try first.execute("COMMIT")
    try second.execute("BEGIN IMMEDIATE; COMMIT")
  }

  @Test func `a log that is kept is gone on with, and stays short`() throws {
    let workdir = Workdir()
    let path = workdir.file("a.db")
    func logByteCount() throws -> Int {
      try LocalFileSystem().status(of: "\(path)-wal")?.byteCount ?? 0
    }
    for number in 0..<100 {
      let database = try SQLiteConnection(path, .create)
      try database.keepLog(ofAtMost: 1 << 16)
      if number == 0 { try database.execute("CREATE TABLE t (n INT)") }
      try database.execute("INSERT INTO t VALUES (\(number))")
      let count = try logByteCount()
      #expect(count > 0 && count < 65_536 + 8 * 4_120, "after \(number): \(count) bytes")
    }
    #expect(try SQLiteConnection(path, .readOnly).integer("SELECT sum(n) FROM t") == 4_950)
    #expect(try logByteCount() > 0)
    // Who asks for nothing takes it in with the last close.
    _ = try SQLiteConnection(path, .readWrite).integer("SELECT count(*) FROM t")
    #expect(try logByteCount() == 0)
    #expect(try SQLiteConnection(path, .readOnly).integer("SELECT sum(n) FROM t") == 4_950)
  }
}
