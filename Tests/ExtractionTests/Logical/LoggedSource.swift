import Bronze
import Columnar
import Core
import Database
import LakeJobs
import LakeSupport
import PostgreSQL
import TestSupport
import Testing

@testable import Extraction

/// A PostgreSQL server with a lake that follows its log.
final class LoggedSource {
  static let isPossible = PostgreSQLServer.programs != nil

  let server: PostgreSQLServer
  let address: String
  let database: PostgreSQLConnection
  let lake: TestLake
  private let tables: [String]

  /// Runs `sql`, then follows `tables`: names with the columns of their keys.
  /// In an `encoding` other than UTF-8 the database is another one of the server.
  init(
    _ sql: String, _ tables: [(name: String, keys: String)], settings: [String] = [],
    encoding: String? = nil
  ) throws {
    server = try #require(PostgreSQLServer(settings: ["wal_level=logical"] + settings))
    if let encoding {
      try PostgreSQLConnection(server.address).execute(
        "CREATE DATABASE odd ENCODING '\(encoding)' TEMPLATE template0")
      address = server.address.replacing("dbname=postgres", with: "dbname=odd")
    } else {
      address = server.address
    }
    database = try PostgreSQLConnection(address)
    try database.execute(sql)
    self.tables = tables.map(\.name)
    let entries = tables.map { "      \($0.name): {keys: [\($0.keys)]}\n" }.joined()
    lake = try TestLake(
      setup: tables.map { LoggedSource.contract($0.name) }.joined(),
      jobs: [
        "sources.yml":
          "systems:\n  shop:\n    kind: postgresql\n    location: '\(address)'\n"
          + "    tables:\n\(entries)"
      ])
  }

  /// Has the lake connect as the user `role` from now on.
  func use(role: String) throws {
    let entries = try lake.read("sources.yml")
    try lake.write("sources.yml", entries.replacing("user=tester", with: "user=\(role)"))
  }

  /// A table of bronze with a column for all that the tests' tables have.
  private static func contract(_ table: String) -> String {
    """
    CREATE TABLE bronze.shop_\(table) (
      id STRING, name STRING, note STRING, extra STRING, __op STRING, __sequence BIGINT,
      __committed_at TIMESTAMP, ingest_date DATE
    ) USING parquet PARTITIONED BY (ingest_date) LOCATION 'shop/\(table)';

    """
  }

  private func run(
    _ files: any FileSystem, _ accepted: Int?, _ resumption: Resumption? = nil
  ) throws -> ExtractionRun {
    let workspace = try lake.workspace(files)
    let system = try #require(try workspace.sources().systems.first)
    return ExtractionRun(
      system: system, workspace: workspace, tool: "cdc-extract", acceptedDeletes: accepted,
      resumption: resumption, systemTime: { .ofTests }, progress: { _ in })
  }

  func execute(_ sql: String) throws { try database.execute(sql) }

  @discardableResult
  func setUp() throws -> [String] {
    let run = try run(LocalFileSystem(), nil)
    return try LogicalSetup(of: run.system, in: run.lake).make()
  }

  func tearDown() throws {
    let run = try run(LocalFileSystem(), nil)
    _ = try LogicalSetup(of: run.system, in: run.lake).remove()
  }

  /// One extraction; the faults that were told.
  @discardableResult
  func extract(
    _ files: any FileSystem = LocalFileSystem(), of chosen: [String]? = nil, accepting: Int? = nil,
    resuming resumption: Resumption? = nil, step: Int = 100_000, chunk: Int = 50_000,
    told: (TableOutcome) throws -> Void = { _ in }
  ) throws -> [Fault] {
    let run = try run(files, accepting, resumption)
    let tables = try run.system.tables.filter { chosen?.contains($0.name) ?? true }.map {
      try ExtractedTable($0, of: run.system, run.workspace)
    }
    var faults: [Fault] = []
    try LogicalReader(run, LogicalRun.Lengths(step: step, chunk: chunk)).take(tables, told) {
      faults.append($0 as? Fault ?? Fault(.internal, "\($0)", remedy: "see the test"))
    }
    return faults
  }

  /// One extraction by the method that sources.yml names; the faults that were told.
  func take(resuming resumption: Resumption? = nil) throws -> [Fault] {
    let run = try run(LocalFileSystem(), nil, resumption)
    var faults: [Fault] = []
    try SourceExtraction(run).take(run.system.tables) { _ in
    } fail: {
      faults.append($0 as? Fault ?? Fault(.internal, "\($0)", remedy: "see the test"))
    }
    return faults
  }

  /// What an extraction would find: how many changes of each table.
  func look(resuming resumption: Resumption? = nil) throws -> [String: Int] {
    let run = try run(LocalFileSystem(), nil, resumption)
    var counts: [String: Int] = [:]
    try SourceExtraction(run).look(run.system.tables) {
      counts[$0.table.source.name] = $0.summary.changeCount
    } fail: {
      Issue.record($0)
    }
    return counts
  }

  /// A change row as its file has it.
  private struct Change {
    let sequence: Int64
    let letter: String
    /// The columns that the file has; NULL stands as such.
    let values: [String: String]
  }

  private func allChanges(_ table: String) throws -> [Change] {
    let workspace = try lake.workspace()
    let bronze = try BronzeTable(
      workspace.contract(named: "shop_\(table)"), lake: workspace.lake)
    var changes: [Change] = []
    for open in bronze.parquetFiles {
      let file = try open()
      while let batch = try file.next() {
        for row in 0..<batch.rowCount {
          var values: [String: String] = [:]
          for (name, column) in zip(batch.schema.names, batch.columns) {
            values[name] = column.isNull(row) ? "NULL" : column.sparkText(at: row)
          }
          changes.append(
            Change(
              sequence: Int64(values["__sequence"] ?? "") ?? 0, letter: values["__op"] ?? "",
              values: values))
        }
      }
    }
    #expect(Set(changes.map(\.sequence)).count == changes.count)
    return changes.sorted { $0.sequence < $1.sequence }
  }

  /// Change rows of a table in the order of their sequence: letter, then the named columns, `~` for
  /// one that the row does not give; of long values the length.
  func changes(_ table: String, _ columns: [String] = ["id", "name"]) throws -> [String] {
    try allChanges(table).map { change in
      ([change.letter]
        + columns.map { name in
          let value = change.values[name] ?? "~"
          return value.count > 1_000 ? "\(value.count)" : value
        }).joined(separator: "|")
    }
  }

  /// The rows that bronze's changes leave, what is absent carried from change to change.
  func folded(_ table: String, _ columns: [String] = ["id", "name", "note"]) throws -> [String] {
    var known: [String: [String: String]] = [:]
    for change in try allChanges(table) {
      let key = change.values["id"] ?? ""
      if change.letter == "d" {
        known[key] = nil
      } else {
        known[key] = (known[key] ?? [:]).merging(change.values) { $1 }
      }
    }
    return known.values.map { row in
      columns.map { row[$0] ?? "?" }.joined(separator: "|")
    }.sorted()
  }

  /// The rows of the source, spelled as `folded` does.
  func source(_ table: String, _ columns: [String] = ["id", "name", "note"]) throws -> [String] {
    let list = columns.map { "coalesce(\($0)::text, 'NULL')" }.joined(separator: " || '|' || ")
    let rows = try database.rows("SELECT \(list) FROM \(table)")
    return rows.compactMap { row in
      if case .string(let text) = row[0] { text } else { nil }
    }.sorted()
  }
}
