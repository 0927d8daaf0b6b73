import Core
import LakeJobs
import LakeSupport
import PostgreSQL
import TestSupport
import Testing

@testable import Extraction

@Suite(.enabled(if: PostgreSQLServer.programs != nil, "there is no PostgreSQL"))
struct ServerCursorTests {
  private let server: PostgreSQLServer
  private let database: PostgreSQLConnection
  private let source: ExtractedSource

  init() throws {
    server = try #require(PostgreSQLServer(settings: ["max_prepared_transactions=2"]))
    database = try PostgreSQLConnection(server.address)
    source = try ExtractedSource(
      "SELECT 1", [("items", "keys: [id], cursor: [extra]")], by: "cursor")
    try source.lake.write(
      "sources.yml",
      """
      systems:
        shop:
          kind: postgresql
          cdc: cursor
          location: '\(server.address)'
          tables:
            items: {keys: [id], cursor: [extra]}
      """)
  }

  @Test func `a transaction that commits late is not passed by`() throws {
    try database.execute(
      """
      CREATE TABLE items (
        id int PRIMARY KEY, name text, extra timestamptz DEFAULT now(), flag boolean, raw bytea);
      INSERT INTO items VALUES (1, 'a', now(), true, '\\x00ff'), (2, NULL, NULL, false, NULL);
      """)
    #expect(try source.extract().isEmpty)
    let late = try PostgreSQLConnection(server.address)
    try late.execute("BEGIN; SELECT now()")
    try database.execute("SELECT pg_sleep(0.01); INSERT INTO items (id, name) VALUES (3, 'early')")
    #expect(try source.extract().isEmpty)
    try late.execute("INSERT INTO items (id, name) VALUES (4, 'late'); COMMIT")
    #expect(try source.extract().isEmpty)
    #expect(try source.findsNothing())
    #expect(
      try source.changes("items", ["id", "name", "flag", "raw"]).sorted()
        == ["c|3|early|NULL|NULL", "c|4|late|NULL|NULL", "r|1|a|true|00FF", "r|2|NULL|false|NULL"])
  }

  @Test func `numbers count as taken when the transactions beside them have ended`() throws {
    try database.execute(
      """
      CREATE TABLE items (id int PRIMARY KEY, name text, extra bigserial);
      INSERT INTO items (id, name) VALUES (1, 'a');
      """)
    #expect(try source.extract().isEmpty)
    let late = try PostgreSQLConnection(server.address)
    try late.execute("BEGIN; INSERT INTO items (id, name) VALUES (2, 'late')")
    try database.execute("INSERT INTO items (id, name) VALUES (3, 'early')")
    #expect(try source.extract().isEmpty)
    try late.execute("COMMIT")
    #expect(try source.extract().isEmpty)
    #expect(try source.changes("items").sorted() == ["c|2|late", "c|3|early", "r|1|a"])
  }

  @Test func `types without an order in time are refused, and a change of type is told`() throws {
    try database.execute("CREATE TABLE items (id int PRIMARY KEY, name text, extra text)")
    #expect(try source.extract().map(\.kind) == [.configuration])
    try database.execute(
      """
      ALTER TABLE items ALTER extra TYPE timestamp USING extra::timestamp;
      INSERT INTO items VALUES (1, 'a', '2026-01-01 00:00:00.123456'), (2, 'b', '-infinity');
      """)
    #expect(try source.extract().isEmpty)
    try database.execute(
      "INSERT INTO items VALUES (3, 'c', '2026-01-01 00:00:00.123456'), (4, 'd', '2025-12-31')")
    #expect(try source.extract().isEmpty)
    #expect(try source.changes("items").sorted() == ["c|3|c", "r|1|a", "r|2|b"])
    try database.execute("ALTER TABLE items ALTER extra TYPE date")
    #expect(try source.extract().map(\.kind) == [.configuration])
    #expect(try source.extract(resuming: .rebuild).isEmpty)
    #expect(try source.changes("items").contains("c|4|d"))
  }
}
