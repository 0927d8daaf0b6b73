import Bronze
import Columnar
import Core
import Database
import LakeJobs
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

/// A SQLite database with a lake that takes its changes.
final class ExtractedSource {
  let lake: TestLake
  let path: String
  /// The time of the machine, as the extractions are told.
  var time = Timestamp.ofTests

  /// Runs `sql`, then extracts `tables`, lines of `sources.yml` by name, in the way of `method`.
  init(
    _ sql: String, _ tables: [(name: String, entry: String)], by method: String
  ) throws {
    lake = try TestLake(setup: tables.map { ExtractedSource.contract($0.name) }.joined())
    path = lake.folder.file("shop.db")
    try SQLiteConnection(path, .create).turn(to: .behind)
    try use(method, tables)
    try execute(sql)
  }

  /// Has the lake extract `tables` in the way of `method` from now on.
  func use(_ method: String, _ tables: [(name: String, entry: String)]) throws {
    let entries = tables.map { "      \($0.name): {\($0.entry)}\n" }.joined()
    try lake.write(
      "sources.yml",
      "systems:\n  shop:\n    kind: sqlite\n    cdc: \(method)\n    location: '\(path)'\n"
        + "    tables:\n\(entries)")
  }

  private static func contract(_ table: String) -> String {
    """
    CREATE TABLE bronze.shop_\(table) (
      id STRING, name STRING, extra STRING, __op STRING, __sequence BIGINT,
      __committed_at TIMESTAMP, ingest_date DATE
    ) USING parquet PARTITIONED BY (ingest_date) LOCATION 'shop/\(table)';

    """
  }

  /// Runs statements in the source, as someone who uses it.
  func execute(_ sql: String) throws { try SQLiteConnection(path, .guest).execute(sql) }

  private func run(
    _ files: any FileSystem, _ accepted: Int?, _ resumption: Resumption?
  ) throws -> ExtractionRun {
    let workspace = try lake.workspace(files)
    let system = try #require(try workspace.sources().systems.first)
    return ExtractionRun(
      system: system, workspace: workspace, tool: "cdc-extract", acceptedDeletes: accepted,
      resumption: resumption, systemTime: { [time] in time }, progress: { _ in })
  }

  @discardableResult
  func setUp() throws -> [String] {
    let run = try run(LocalFileSystem(), nil, nil)
    return try SourceSetup(of: run.system, run.workspace).make()
  }

  func takeDown() throws {
    let run = try run(LocalFileSystem(), nil, nil)
    _ = try SourceSetup(of: run.system, run.workspace).remove()
  }

  /// One extraction; the faults that were told.
  @discardableResult
  func extract(
    _ files: any FileSystem = LocalFileSystem(), accepting: Int? = nil,
    resuming resumption: Resumption? = nil,
    told: (TableOutcome) throws -> Void = { _ in }
  ) throws -> [Fault] {
    let run = try run(files, accepting, resumption)
    var faults: [Fault] = []
    try SourceExtraction(run).take(run.system.tables, told) {
      faults.append($0 as? Fault ?? Fault(.internal, "\($0)", remedy: "see the test"))
    }
    return faults
  }

  /// Whether an extraction takes nothing and finds nothing wrong.
  func findsNothing() throws -> Bool {
    var commitCount = 0
    let faults = try extract { commitCount += $0.commit == nil ? 0 : 1 }
    return faults.isEmpty && commitCount == 0
  }

  /// Change rows of a table in the order of their sequence, as their files have them: `__op` and
  /// the named columns, `~` for one that the row does not give.
  func changes(_ table: String, _ columns: [String] = ["id", "name"]) throws -> [String] {
    try rows(of: table).map { row in
      (["__op"] + columns).map { row[$0] ?? "~" }.joined(separator: "|")
    }
  }

  /// The rows that bronze's changes leave, by the columns of their keys.
  func folded(_ table: String, keys: [String], _ columns: [String]) throws -> [String] {
    var known: [String: [String: String]] = [:]
    for row in try rows(of: table) {
      let key = keys.map { row[$0] ?? "~" }.joined(separator: "|")
      if row["__op"] == "d" {
        known[key] = nil
      } else {
        known[key] = (known[key] ?? [:]).merging(row) { $1 }
      }
    }
    return known.values.map { row in
      columns.map { row[$0] ?? "NULL" }.joined(separator: "|")
    }.sorted()
  }

  /// The rows of the source, spelled as `folded` does.
  func source(_ table: String, _ columns: [String]) throws -> [String] {
    let source = try SQLiteConnection(path, .guest)
    let names = columns.map(source.dialect.quoted).joined(separator: ", ")
    let rows = try source.query("SELECT \(names) FROM \(source.dialect.quoted(table))")
    var texts: [String] = []
    while let batch = try rows.next() {
      texts += (0..<batch.rowCount).map { row in
        batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
          .joined(separator: "|")
      }
    }
    return texts.sorted()
  }

  private func rows(of table: String) throws -> [[String: String]] {
    let workspace = try lake.workspace()
    let bronze = try BronzeTable(
      workspace.contract(named: "shop_\(table)"), lake: workspace.lake)
    var rows: [(sequence: Int64, values: [String: String])] = []
    for open in bronze.parquetFiles {
      let file = try open()
      while let batch = try file.next() {
        for row in 0..<batch.rowCount {
          var values: [String: String] = [:]
          for (name, column) in zip(batch.schema.names, batch.columns) {
            values[name] = column.isNull(row) ? "NULL" : column.sparkText(at: row)
          }
          rows.append((Int64(values["__sequence"] ?? "") ?? 0, values))
        }
      }
    }
    #expect(Set(rows.map(\.sequence)).count == rows.count)
    return rows.sorted { $0.sequence < $1.sequence }.map(\.values)
  }
}
