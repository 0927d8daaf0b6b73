import Columnar
import Core
import Engine
import LakeQuery
import LakeSupport
import TestSupport
import Testing

/// Files as tables, by their paths.
@Suite struct PathTableTests {
  private let lake: TestLake

  init() throws { lake = try TestLake() }

  private func path(_ name: String) -> String { lake.folder.file(name) }

  private func fault(_ sql: String, over catalog: LakeCatalog? = nil) -> Fault? {
    #expect(throws: Fault.self) { try lake.rows(sql, over: catalog) }
  }

  /// The names and types of the columns of a table.
  private func columns(_ table: String) throws -> [String] {
    let runner = try lake.catalog().runner(lake.context())
    return try runner.plan(sql: "SELECT * FROM \(table)", name: "test").schema.fields
      .map { "\($0.name) \($0.type.sql)" }
  }

  @Test func `folders give columns: decoded, typed, NULL where they say so`() throws {
    let folders = [
      "m=9/c=a%2Fb%20c", "m=10/c=__HIVE_DEFAULT_PARTITION__", "m=2/c=x%3Dy",
    ]
    for (id, folder) in folders.enumerated() {
      try lake.folder.write("year=1999/t/\(folder)/f.csv", "id\n\(id)\n")
    }
    let table = "csv.`\(path("year=1999/t"))`"
    #expect(try columns(table) == ["id STRING", "m INT", "c STRING"])
    #expect(
      try lake.orderedRows("SELECT m, c, id FROM \(table) ORDER BY m")
        == ["2|x=y|2", "9|a/b c|0", "10|NULL|1"])
    #expect(try lake.rows("SELECT count(*) FROM \(table) WHERE c IS NULL") == ["1"])
    #expect(try lake.rows("SELECT id FROM \(table) WHERE m > '5'") == ["0", "1"])
  }

  @Test(arguments: [
    (["1", "2"], "INT"), (["1", "3000000000"], "BIGINT"), (["1", "2.5"], "DOUBLE"),
    (["3000000000", "2.5"], "STRING"), (["99999999999999999999", "1"], "DECIMAL(20,0)"),
    (["2024-01-31", "2024-02-01"], "DATE"), (["2024-01-31", "2024-01-31 10:00:00"], "TIMESTAMP"),
    (["2024-01", "1"], "STRING"), (["__HIVE_DEFAULT_PARTITION__"], "STRING"),
    (["__HIVE_DEFAULT_PARTITION__", "7"], "INT"), (["north"], "STRING"), (["1d", "2"], "STRING"),
  ])
  func `the type of a folder's column holds all its values`(
    _ values: [String], _ type: String
  ) throws {
    for value in values { try lake.folder.write("t/p=\(value)/f.csv", "id\n1\n") }
    #expect(try columns("csv.`\(path("t"))`") == ["id STRING", "p \(type)"])
    let isNull = values.count { $0.hasPrefix("__") }
    #expect(
      try lake.rows("SELECT count(*) - count(p) FROM csv.`\(path("t"))`") == ["\(isNull)"])
  }

  @Test func `folders of two layouts are no table`() throws {
    try lake.folder.write("t/a=1/f.csv", "id\n1\n")
    try lake.folder.write("t/f.csv", "id\n1\n")
    #expect(fault("SELECT * FROM csv.`\(path("t"))`")?.kind == .data)
  }

  @Test func `a declared partition column has its declared type, and no other value`() throws {
    try lake.write(
      "setup.sql",
      """
      CREATE SCHEMA bronze;
      CREATE TABLE bronze.m (id STRING, month STRING) USING csv OPTIONS (header 'true')
      PARTITIONED BY (month) LOCATION 'm';
      CREATE TABLE bronze.n (id STRING, month INT) USING csv OPTIONS (header 'true')
      PARTITIONED BY (month) LOCATION 'm';
      """)
    try lake.folder.write("lake/bronze/m/month=02/f.csv", "id\n1\n")
    try lake.folder.write("lake/bronze/m/month=__HIVE_DEFAULT_PARTITION__/f.csv", "id\n2\n")
    #expect(try lake.rows("SELECT id, month FROM bronze.m") == ["1|02", "2|NULL"])
    #expect(try lake.rows("SELECT id, month FROM bronze.n") == ["1|2", "2|NULL"])
    try lake.folder.write("lake/bronze/m/month=may/f.csv", "id\n3\n")
    #expect(fault("SELECT * FROM bronze.n")?.problem.contains("no INT") == true)
  }

  @Test func `a folder of a Delta table, or a part of one, is not read as plain files`() throws {
    try lake.folder.write("t/_delta_log/00000000000000000000.json", "{}")
    try lake.folder.write("t/p=1/f.csv", "id\n1\n")
    for place in ["t", "t/", "t/p=1", "", "*"] {
      let found = fault("SELECT * FROM csv.`\(path(place))`")
      #expect(found?.problem.hasPrefix("incompatible format") == true, "\(place)")
      #expect(found?.remedy == "read it as delta.`\(path("t"))`")
    }
  }

  @Test func `files keep no versions, and say so`() throws {
    try lake.folder.write("a.csv", "id\n1\n")
    let table = "csv.`\(path("a.csv"))`"
    let catalog = try lake.catalog()
    try catalog.read(version: 0, time: nil, now: .ofTests)
    #expect(fault("SELECT * FROM \(table)", over: catalog)?.kind == .usage)
    #expect(fault("SELECT * FROM \(table) VERSION AS OF 1")?.kind == .usage)
  }

  @Test func `a pattern names several files`() throws {
    for name in ["a1", "a2", "b1", "_c", ".d"] {
      try lake.folder.write("f/\(name).csv", "id\n\(name)\n")
    }
    for (pattern, names) in [
      ("f/*.csv", ["a1", "a2", "b1"]), ("f/a?.csv", ["a1", "a2"]), ("f/[^a]1.csv", ["b1"]),
      ("{f,g}/{a1,b1}.csv", ["a1", "b1"]), ("?/a[2-9].*", ["a2"]),
    ] {
      #expect(try lake.rows("SELECT id FROM csv.`\(path(pattern))`") == names, "\(pattern)")
    }
    #expect(fault("SELECT * FROM csv.`\(path("f/z*"))`")?.kind == .missing)
    #expect(fault("SELECT * FROM csv.`s3://bucket/a.csv`")?.kind == .usage)
    #expect(fault("SELECT * FROM orc.`a`")?.kind == .usage)
    #expect(try lake.rows("SELECT id FROM csv.`file:\(path("f/a1.csv"))`") == ["a1"])
  }

  @Test func `lines that are no JSON are kept, counted and told`() throws {
    try lake.folder.write("a.json", "{\"a\":1}\nno\n{\"a\":1e3}\n")
    try lake.folder.write("empty.json", "")
    let catalog = try lake.catalog()
    var notes: [String] = []
    catalog.note = { notes.append($0) }
    #expect(
      try lake.orderedRows("SELECT * FROM json.`\(path("a.json"))`", over: catalog)
        == ["NULL|1.0", "no|NULL", "NULL|1000.0"])
    #expect(notes.first?.hasPrefix("1 line of json.`") == true)
    #expect(try lake.rows("SELECT * FROM json.`\(path("empty.json"))`", over: catalog).isEmpty)
    #expect(notes.last?.hasSuffix("is empty: it has no columns and no rows") == true)
  }
}
