import Columnar
import Core
import Database
import PostgreSQL
import TestSupport
import Testing

@Suite(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
struct PostgreSQLConnectionTests {
  @Test func `values, tables, transactions and faults are as on SQLite`() throws {
    let server = try #require(PostgreSQLServer())
    let database = try PostgreSQLConnection(server.address)
    let schema = Schema([
      Field("id", .bigint), Field("flag", .boolean), Field("small", .int),
      Field("price", .decimal(precision: 18, scale: 2)), Field("ratio", .double),
      Field("name", .string), Field("raw", .binary), Field("day", .date),
      Field("moment", .timestamp),
    ])
    try create("t", schema, in: database)
    try database.execute("ALTER TABLE t ADD PRIMARY KEY (id)")
    let rows: [[Scalar]] = [
      [
        .integer(1), .boolean(true), .integer(-7),
        .decimal(Decimal(unscaled: 1_234_567_890_123_456, scale: 2)),
        .double(0.1), .string("tab\tback\\slash\nZoë"), .binary([0, 255]),
        .date(CivilDate(dayNumber: -1)), .timestamp(Timestamp(microseconds: 1_234_567_890_123_456)),
      ],
      [.integer(2)] + [Scalar](repeating: .null, count: 8),
    ]
    #expect(try database.append(BatchList(schema, [batch(schema, rows)]), to: "t") == 2)
    #expect(try all(database.query("SELECT * FROM t ORDER BY id", [], as: schema)) == rows)
    #expect(try database.rows("SELECT * FROM t WHERE id = $1", [.integer(1)]) == [rows[0]])
    #expect(try database.schema(of: "t").fields.map(\.type) == schema.fields.map(\.type))
    #expect(try database.primaryKey(of: "t") == ["id"])
    #expect(try database.tables() == ["t"])
    #expect(try database.run("UPDATE t SET small = $1", [.integer(3)]) == 2)

    let broken = #expect(throws: Fault.self) {
      try database.transaction {
        try database.run("DELETE FROM t WHERE id = 2")
        try database.run("INSERT INTO t (id) VALUES (1)")
      }
    }
    #expect(broken?.kind == .verdict)
    #expect(try database.integer("SELECT count(*) FROM t") == 2)
    let copied = #expect(throws: Fault.self) {
      try database.append(BatchList(schema, [batch(schema, [rows[1]])]), to: "t")
    }
    #expect(copied?.kind == .verdict)
  }

  @Test func `long values come in batches of few rows, and a zero byte is refused`() throws {
    let server = try #require(PostgreSQLServer())
    let database = try PostgreSQLConnection(server.address)
    let long = try database.query(
      "SELECT g, repeat('x', 1 << 20) FROM generate_series(1, 100) g")
    var counts: [Int] = []
    while let batch = try long.next() { counts.append(batch.rowCount) }
    #expect(counts.reduce(0, +) == 100 && counts.count > 1 && counts.allSatisfy { $0 > 0 })

    let refused = #expect(throws: Fault.self) {
      try database.rows("SELECT $1::text", [.string("a\0b")])
    }
    #expect(refused?.kind == .verdict && refused?.problem.contains("U+0000") == true)
    #expect(throws: Fault.self) { try database.execute("SELECT 1; \0 SELECT 2") }
    #expect(try database.rows("SELECT $1::text", [.string("ab")]) == [[.string("ab")]])
    // What copies instead of answering is told, and the connection is of use afterwards.
    #expect(throws: Fault.self) { try database.rows("COPY (SELECT 1) TO STDOUT") }
    #expect(throws: Fault.self) {
      let rows = try PostgreSQLRows("COPY (SELECT 1) TO STDOUT", from: database)
      while try rows.next() {}
    }
    #expect(try database.integer("SELECT 1") == 1)
  }

  @Test func `a large result comes in batches, and may be left early`() throws {
    let server = try #require(PostgreSQLServer())
    let database = try PostgreSQLConnection(server.address)
    var count = 0
    let numbers = try database.query("SELECT g, g / 2.0 FROM generate_series(1, 20000) g")
    while let batch = try numbers.next() { count += batch.rowCount }
    #expect(count == 20_000)
    var early: (any BatchSource)? = try database.query("SELECT g FROM generate_series(1, 90000) g")
    #expect(try early?.next()?.rowCount == Batch.standardRowCount)
    early = nil
    #expect(try database.integer("SELECT 7") == 7)
    let missing = #expect(throws: Fault.self) {
      try PostgreSQLConnection(server.address + " dbname=nothing")
    }
    #expect(missing?.kind == .missing)
    let away = #expect(throws: Fault.self) {
      try PostgreSQLConnection("host=/nowhere-at-all user=x dbname=y")
    }
    #expect(away?.kind == .temporary)
  }
}
