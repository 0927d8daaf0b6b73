import Bronze
import Columnar
import Core
import Delta
import JSON
import LakeJobs
import LakeSupport
import Parquet
import TestSupport
import Testing

/// A lake with one bronze table of changes and one streaming table that they are folded into.
struct ChangeLake {
  /// How the bronze table is written, and what its rows may leave out.
  enum Format: CaseIterable {
    /// Lines, which give every column.
    case lines
    /// Lines in which a NULL says nothing.
    case silentNulls
    /// Files of Parquet, each of which may lack columns.
    case parquet
  }

  /// How changes are folded.
  struct Shape {
    var scd = 1
    /// The column that the target is partitioned by.
    var partitions: String?
    /// The columns whose changes start a version; nil when all.
    var tracked: [String]?
    var format = Format.lines
    var keys = ["id"]
    /// Whether changes bear numbers.
    var isNumbered = false
  }

  let lake: TestLake
  let shape: Shape
  var fileSystem: any FileSystem = LocalFileSystem()
  var memoryLimit = 512 << 20
  var threadCount = 1

  init(scd type: Int = 1, partitions: String? = nil) throws {
    try self.init(Shape(scd: type, partitions: partitions))
  }

  init(_ shape: Shape) throws {
    self.shape = shape
    lake = try TestLake(
      setup: """
        CREATE SCHEMA IF NOT EXISTS bronze;
        CREATE TABLE bronze.changes (id STRING, part STRING, seq BIGINT, value STRING, op STRING
          \(shape.isNumbered ? ", __sequence BIGINT" : ""))
          USING \(shape.format == .parquet ? "parquet" : "json") LOCATION 'changes';
        """)
    try write(shape)
  }

  /// Writes the job that folds so.
  func write(_ shape: Shape) throws {
    var properties = shape.partitions.map { ["'partition.by' = '\($0)'"] } ?? []
    if shape.format == .silentNulls { properties.append("'null.updates' = 'ignore'") }
    let list = properties.isEmpty ? "" : " TBLPROPERTIES (\(properties.joined(separator: ", ")))"
    let tracked = shape.tracked.map { "TRACK HISTORY ON (\($0.joined(separator: ", ")))" } ?? ""
    try lake.write(
      "silver/state.sql",
      """
      CREATE STREAMING TABLE silver.state\(list);

      CREATE FLOW state_flow AS AUTO CDC INTO silver.state FROM STREAM(bronze.changes)
      KEYS (\(shape.keys.joined(separator: ", "))) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY seq
      COLUMNS * EXCEPT (op\(shape.isNumbered ? ", __sequence" : ""))
      STORED AS SCD TYPE \(shape.scd) \(tracked);
      """)
  }

  /// Adds a bronze file of changes for each of `files`.
  func add(_ files: [[Change]]) throws {
    let contract = try lake.contract("changes")
    let log = BronzeLog(folder: contract.folder, fileSystem: LocalFileSystem())
    let latest = try log.latest()
    var entries: [JSONValue] = []
    for (number, changes) in files.enumerated() {
      let name = "changes-\((latest?.endFile ?? 0) + Int64(number))"
      let file = shape.format == .parquet ? "\(name).parquet" : "\(name).ndjson"
      try write(changes, to: "\(contract.folder)/\(file)")
      entries.append([
        "path": .string(file), "rows": JSONValue(changes.count), "bytes": 0, "sha256": "",
      ])
    }
    let commit = try #require(
      BronzeCommit(
        [
          "version": JSONValue((latest?.version ?? -1) + 1),
          "committed_at": .string("\(Timestamp.ofTests)"), "run_id": "r", "tool": "t",
          "first_file": JSONValue(latest?.endFile ?? 0), "files": .array(entries),
          "rejected": .array([]), "inputs": .array([]), "state": .null,
        ]))
    #expect(try log.append(commit))
  }

  private func write(_ changes: [Change], to path: String) throws {
    guard shape.format == .parquet else {
      try LocalFileSystem().replace(path, changes.flatMap { [UInt8]($0.line.utf8) })
      return
    }
    let absent = changes.first?.absent ?? []
    let fields = [
      Field("id", .string), Field("part", .string), Field("seq", .bigint),
      Field("value", .string), Field("op", .string), Field("__sequence", .bigint),
    ].filter { !absent.contains($0.name) }
    let draft = try LocalFileSystem().draft(path, replacing: false)
    let writer = try FileWriter(draft, schema: Schema(fields))
    let columns = fields.map { field in
      let column = ColumnBuilder(field.type)
      for change in changes { column.append(change.scalar(field.name)) }
      return column.finish()
    }
    try writer.append(Batch(Schema(fields), columns, rowCount: changes.count))
    _ = try writer.finish()
    _ = try draft.publish()
  }

  /// Takes in what is new.
  @discardableResult
  func refresh(isFull: Bool = false) throws -> [CommitReport] {
    try lake.refresh(
      isFull: isFull, lake.context(memoryLimit: memoryLimit, threadCount: threadCount), fileSystem)
  }

  var table: Table { Table(lake.folder.file("lake/silver/state"), LocalFileSystem()) }

  /// The rows of the target, sorted.
  func rows() throws -> [String] {
    guard let snapshot = try table.snapshot() else { return [] }
    var rows: [String] = []
    for source in try snapshot.scan().sources() {
      while let batch = try source.next() {
        rows += (0..<batch.rowCount).map { row in
          batch.columns.map { "\($0.scalar(at: row))" }.joined(separator: " ")
        }
      }
    }
    return rows.sorted()
  }

  /// What was set aside as a conflict, sorted.
  func conflicts() throws -> [String] {
    guard try Table(lake.folder.file("lake/quarantine/state"), LocalFileSystem()).exists()
    else { return [] }
    return try lake.rows("SELECT raw FROM quarantine.state WHERE rule = 'conflict'")
  }

  /// The data files of the target, by path.
  func files() throws -> [String] { try #require(try table.snapshot()).files.map(\.path).sorted() }
}

/// One change. A column that is nil is NULL; those that are `absent` are not given.
struct Change: Hashable {
  var id: String
  var part: String?
  var seq: Int
  var value: String?
  var isDelete = false
  var absent: Set<String> = []
  /// Its number, which tells the order of changes of one key and sequence.
  var number: Int?

  var line: String {
    func text(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "null" }
    return #"{"id":"\#(id)","part":\#(text(part)),"seq":\#(seq),"value":\#(text(value)),"#
      + #""op":"\#(isDelete ? "d" : "u")""#
      + (number.map { #","__sequence":\#($0)"# } ?? "") + "}\n"
  }

  func scalar(_ column: String) -> Scalar {
    switch column {
    case "id": .string(id)
    case "part": part.map { .string($0) } ?? .null
    case "seq": .integer(Int64(seq))
    case "value": value.map { .string($0) } ?? .null
    case "__sequence": number.map { .integer(Int64($0)) } ?? .null
    default: .string(isDelete ? "d" : "u")
    }
  }

  /// Changes of few keys or many, some sent twice, some late, some deletes.
  static func random(
    _ count: Int, keys: Int, deletes: Double, using random: inout SeededRandom
  ) -> [Change] {
    var changes: [Change] = []
    for number in 0..<count {
      if let old = changes.randomElement(using: &random), Int.random(in: 0..<10, using: &random) < 2
      {
        changes.append(Bool.random(using: &random) ? changes[changes.count - 1] : old)
        continue
      }
      let key = Int.random(in: 0..<keys, using: &random)
      changes.append(
        Change(
          id: "k\(key)", part: "p\(Int.random(in: 0..<4, using: &random))",
          seq: number / 4 + Int.random(in: 0..<6, using: &random),
          value: "v\(Int.random(in: 0..<3, using: &random))",
          isDelete: Double.random(in: 0..<1, using: &random) < deletes))
    }
    return changes
  }
}
