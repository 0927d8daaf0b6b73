import Core
import Database
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

/// Tables of every form, and that change their form.
@Suite(.enabled(if: LoggedSource.isPossible, "no PostgreSQL server to start here"))
struct LogicalSchemaTests {
  @Test func `columns come, go, and change name and type in mid-stream`() throws {
    let source = try LoggedSource(
      "CREATE TABLE items (id int PRIMARY KEY, name text, note text); "
        + "INSERT INTO items VALUES (1, 'one', 'n')",
      [("items", "id")])
    try source.setUp()
    #expect(try source.extract() == [])
    for statement in [
      "UPDATE items SET name = 'a'", "ALTER TABLE items ADD COLUMN extra int DEFAULT 7",
      "UPDATE items SET name = 'b'", "ALTER TABLE items DROP COLUMN note",
      "UPDATE items SET name = 'c'", "ALTER TABLE items RENAME name TO title",
      "UPDATE items SET title = 'd'",
      "ALTER TABLE items ALTER extra DROP DEFAULT, ALTER extra TYPE boolean USING true",
      "UPDATE items SET title = 'e'", "ALTER TABLE items RENAME TO renamed",
      "UPDATE renamed SET title = 'f'", "ALTER TABLE renamed RENAME TO items",
    ] { try source.execute(statement) }
    var added: [String] = []
    #expect(try source.extract(told: { added += $0.summary.addedColumns }) == [])
    #expect(added == ["title", "extra"] || added == ["extra", "title"])
    #expect(
      try Array(source.changes("items", ["name", "title", "note", "extra"]).dropFirst()) == [
        "u|a|~|n|~", "u|b|~|n|7", "u|c|~|~|7", "u|~|d|~|7", "u|~|e|~|true", "u|~|f|~|true",
      ])
  }

  @Test func `a key's column that is renamed between the writes of one transaction goes on`() throws
  {
    let source = try LoggedSource(
      """
      CREATE TABLE items (id int, part int, name text, note text, PRIMARY KEY (id, part));
      ALTER TABLE items ALTER note SET STORAGE EXTERNAL;
      INSERT INTO items SELECT g, g, 'n', repeat('x', 3000) FROM generate_series(1, 3) g
      """, [("items", "id, part")])
    try source.setUp()
    #expect(try source.extract() == [])
    try source.execute(
      """
      BEGIN; UPDATE items SET name = 'a' WHERE id = 1; DELETE FROM items WHERE id = 2;
      ALTER TABLE items RENAME part TO extra; ALTER TABLE items RENAME id TO number;
      UPDATE items SET name = 'b' WHERE number = 1; UPDATE items SET number = 4 WHERE number = 3;
      COMMIT
      """)
    #expect(try source.extract().map(\.kind) == [.configuration])
    let entries = try source.lake.read("sources.yml")
    try source.lake.write("sources.yml", entries.replacing("[id, part]", with: "[number, extra]"))
    #expect(try source.extract() == [])
    let columns = ["number", "extra", "id", "name", "note"]
    #expect(
      try Array(source.changes("items", columns).dropFirst(3)) == [
        "u|1|1|~|a|~", "d|2|2|~|~|~", "u|1|1|~|b|~", "d|3|3|~|~|~", "c|4|3|~|n|3000",
      ])
  }

  @Test func `text of any bytes is taken and told, and text of another encoding is the same`()
    throws
  {
    let odd = try LoggedSource(
      "CREATE TABLE items (id int PRIMARY KEY, name text, note text); "
        + "INSERT INTO items VALUES (1, E'M\\xFCn', 'plain')",
      [("items", "id")], encoding: "SQL_ASCII")
    try odd.setUp()
    var told: [String] = []
    func extract(_ source: LoggedSource) throws {
      let faults = try source.extract(told: { outcome in
        told += outcome.foreignTexts.map { "\($0.column) \($0.found.count) \($0.found.key)" }
      })
      #expect(faults == [])
    }
    try extract(odd)
    try odd.execute("INSERT INTO items VALUES (2, E'\\xFC', E'\\xC3\\xBC'), (3, 'a', E'\\xFC')")
    try extract(odd)
    #expect(told == ["name 1 1", "name 1 2", "note 1 3"])
    #expect(
      try odd.changes("items", ["name", "note"])
        == ["r|M\u{FFFD}FCn|plain", "c|\u{FFFD}FC|ü", "c|a|\u{FFFD}FC"])

    let latin = try LoggedSource(
      "CREATE TABLE items (id int PRIMARY KEY, name text, note text); "
        + "INSERT INTO items VALUES (1, 'Müller', NULL)",
      [("items", "id")], encoding: "LATIN1")
    try latin.setUp()
    try extract(latin)
    try latin.execute("INSERT INTO items VALUES (2, 'Möller', NULL)")
    try extract(latin)
    #expect(told.count == 3)
    #expect(try latin.changes("items", ["name"]) == ["r|Müller", "c|Möller"])
  }

  @Test func `partitions are one table, and any identity that tells the key will do`() throws {
    let source = try LoggedSource(
      """
      CREATE TABLE parts (id int PRIMARY KEY, name text, note text) PARTITION BY RANGE (id);
      CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (100);
      CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (100) TO (200);
      CREATE TABLE whole (
        id int, name text, note text, made text GENERATED ALWAYS AS (name) STORED);
      ALTER TABLE whole REPLICA IDENTITY FULL;
      ALTER TABLE whole ALTER note SET STORAGE EXTERNAL;
      CREATE TABLE named (id int NOT NULL, name text, note text);
      CREATE UNIQUE INDEX named_id ON named (id);
      ALTER TABLE named REPLICA IDENTITY USING INDEX named_id;
      INSERT INTO parts VALUES (1, 'low'), (101, 'high');
      INSERT INTO whole VALUES (1, 'one', repeat('x', 3000)), (NULL, 'none', NULL);
      INSERT INTO named VALUES (1, 'one')
      """,
      [("parts", "id"), ("whole", "id"), ("named", "id")])
    try source.setUp()
    #expect(try source.extract(chunk: 1) == [])
    #expect(try source.changes("whole", ["id", "name", "made"]) == ["r|1|one|~", "r|NULL|none|~"])
    try source.execute(
      """
      UPDATE parts SET id = 102 WHERE id = 1; DELETE FROM parts WHERE id = 101;
      UPDATE whole SET id = 2 WHERE id = 1; DELETE FROM whole WHERE id IS NULL;
      UPDATE named SET name = 'two', id = 2
      """)
    #expect(try source.extract() == [])
    #expect(try source.folded("parts") == ["102|low|NULL"])
    #expect(
      try Array(source.changes("whole", ["id", "name", "note"]).dropFirst(2))
        == ["d|1|one|3000", "c|2|one|3000", "d|NULL|none|NULL"])
    #expect(try Array(source.changes("named").dropFirst()) == ["d|1|~", "c|2|two"])
  }

  @Test func `a snapshot and the log spell every type alike`() throws {
    let source = try LoggedSource(Self.types, [("every", "id")])
    try source.setUp()
    #expect(try source.extract() == [])
    let list = Self.columns.map(\.name).joined(separator: ", ")
    try source.execute("INSERT INTO every (id, \(list)) SELECT id + 1, \(list) FROM every")
    #expect(try source.extract().isEmpty)
    let columns = Self.columns.map(\.name)
    let rows = try source.changes("every", columns)
    #expect(rows.count == 2)
    for (index, column) in Self.columns.enumerated() {
      let texts = rows.map { row in
        String(row.split(separator: "|", omittingEmptySubsequences: false)[index + 1])
      }
      #expect(texts == [column.text, column.text], "\(column.name)")
    }
  }

  /// Types with a value as SQL spells it, and as bronze does: all of which Debezium's documentation
  /// says how it writes them, but for those of PostGIS and pgvector, which are rarely installed.
  private static let columns: [(name: String, type: String, value: String, text: String)] = [
    ("i2", "int2", "-32768", "-32768"),
    ("i8", "int8", "9223372036854775807", "9223372036854775807"),
    ("f4", "float4", "0.1", "0.1"), ("f8", "float8", "'Infinity'", "Infinity"),
    ("fn", "float8", "'NaN'", "NaN"),
    (
      "n", "numeric", "123456789012345678901234567890.0010",
      "123456789012345678901234567890.0010"
    ),
    ("nn", "numeric", "'NaN'", "NaN"), ("ni", "numeric", "'-Infinity'", "-Infinity"),
    ("n2", "numeric(10,2)", "-1.5", "-1.50"), ("b", "bool", "true", "true"),
    ("by", "bytea", "'\\x00ffAb'", "00FFAB"), ("c5", "char(5)", "'ab'", "ab   "),
    ("vc", "varchar(9)", "'é\"\\'", "é\"\\"), ("d", "date", "'2026-03-01'", "2026-03-01"),
    ("dbc", "date", "'0044-03-15 BC'", "-0043-03-15"),
    ("d1", "date", "'0001-01-01 BC'", "0000-01-01"),
    ("dbig", "date", "'12026-03-01'", "+12026-03-01"), ("dinf", "date", "'infinity'", "infinity"),
    ("t", "time", "'24:00:00'", "24:00:00"), ("tt", "timetz", "'08:30:00.5+01'", "08:30:00.5+01"),
    ("ts", "timestamp", "'2026-03-01 08:30:00.123456'", "2026-03-01 08:30:00.123456"),
    ("tsbc", "timestamp", "'0044-03-15 12:00:00 BC'", "-0043-03-15 12:00:00"),
    ("tz", "timestamptz", "'2026-03-01 08:30:00+01'", "2026-03-01 07:30:00+00"),
    ("tzbc", "timestamptz", "'0044-03-15 12:00:00+00 BC'", "-0043-03-15 12:00:00+00"),
    ("tzinf", "timestamptz", "'-infinity'", "-infinity"),
    ("iv", "interval", "'1 mon 2 days 03:04:05.5'", "P1M2DT3H4M5.5S"),
    ("u", "uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("j", "json", "'{\"a\": 1.0}'", "{\"a\": 1.0}"),
    ("jb", "jsonb", "'{\"a\":1.0}'", "{\"a\": 1.0}"),
    ("x", "xml", "'<a/>'", "<a/>"), ("ia", "int[]", "'{1,NULL,3}'", "{1,NULL,3}"),
    ("ta", "timestamptz[]", "'{\"2026-03-01 08:30:00+01\"}'", "{\"2026-03-01 07:30:00+00\"}"),
    ("r4", "int4range", "'[1,5]'", "[1,6)"),
    ("tr", "tstzrange", "'[2026-03-01 08:30:00+01,)'", "[\"2026-03-01 07:30:00+00\",)"),
    ("m", "money", "'-1234.5'", "-1234.50"), ("bi", "bit(4)", "B'1010'", "1010"),
    ("bv", "varbit", "B'101'", "101"), ("mo", "mood", "'so so'", "so so"),
    ("dm", "flag", "false", "false"), ("pt", "point", "'(1,2)'", "(1,2)"),
    ("ip", "inet", "'10.0.0.1/8'", "10.0.0.1/8"),
    (
      "mac", "macaddr", "'08:00:2b:01:02:03'",
      "08:00:2b:01:02:03"
    ),
    ("tv", "tsvector", "'b a'", "'a' 'b'"), ("cmp", "pair", "ROW(1,'x')", "(1,x)"),
    ("b1", "bit(1)", "B'1'", "1"), ("oi", "oid", "4294967295", "4294967295"),
    ("cid", "cidr", "'10.0.0.0/8'", "10.0.0.0/8"),
    ("m8", "macaddr8", "'08:00:2b:01:02:03:04:05'", "08:00:2b:01:02:03:04:05"),
    ("r8", "int8range", "'(1,5]'", "[2,6)"), ("rn", "numrange", "'[1.50,2)'", "[1.50,2)"),
    ("rd", "daterange", "'[2026-03-01,2026-03-02]'", "[2026-03-01,2026-03-03)"),
    ("rt", "tsrange", "'[2026-03-01 08:30:00,)'", "[\"2026-03-01 08:30:00\",)"),
    ("li", "line", "'{1,-2,3}'", "{1,-2,3}"), ("ls", "lseg", "'[(0,0),(1,1)]'", "[(0,0),(1,1)]"),
    ("bx", "box", "'(1,1),(0,0)'", "(1,1),(0,0)"),
    ("ph", "path", "'[(0,0),(1,1)]'", "[(0,0),(1,1)]"),
    ("pg", "polygon", "'((0,0),(1,1),(1,0))'", "((0,0),(1,1),(1,0))"),
    ("ci", "circle", "'<(0,0),1.5>'", "<(0,0),1.5>"),
    ("dc", "decimal(4,1)", "12.5", "12.5"),
    ("mp", "hstore", "'a=>1,b=>NULL'", "\"a\"=>\"1\", \"b\"=>NULL"),
    ("ct", "citext", "'Ab'", "Ab"), ("lt", "ltree", "'Top.Science'", "Top.Science"),
  ]

  private static var types: String {
    let list = columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    let values = columns.map(\.value).joined(separator: ", ")
    return """
      CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION ltree;
      SET TIME ZONE 'UTC'; CREATE TYPE mood AS ENUM ('so so'); CREATE DOMAIN flag AS bool;
      CREATE TYPE pair AS (a int, b text);
      CREATE TABLE every (id int PRIMARY KEY, \(list));
      INSERT INTO every VALUES (1, \(values))
      """
  }
}
