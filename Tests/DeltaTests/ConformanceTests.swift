import Columnar
import Core
import Delta
import JSON
import TestSupport
import Testing

/// Tables of other writers, each with what it holds.
@Suite struct ConformanceTests {
  private static func open(_ path: String) -> Table { Table(path, LocalFileSystem()) }

  private static func json(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: LocalFileSystem().read(path))
  }

  // MARK: Delta acceptance tests

  private static let dat = "conformance/dat"

  private static func datCases() throws -> [String] {
    guard Shared.has(dat) else { return [] }
    let files = LocalFileSystem()
    return try files.list(Shared.path(dat)).filter { !$0.hasSuffix(".md") }.flatMap { table in
      try files.list(Shared.path("\(dat)/\(table)/expected")).map { "\(table)/expected/\($0)" }
    }
  }

  @Test(.shared(dat), arguments: try datCases())
  func `an acceptance table reads as it must at each version`(_ name: String) throws {
    let parts = name.split(separator: "/")
    let folder = Shared.path("\(Self.dat)/\(name)")
    let wanted = try Self.json("\(folder)/table_version_metadata.json")
    let version = try #require(wanted["version"]?.int64)
    let table = Self.open(Shared.path("\(Self.dat)/\(parts[0])/delta"))
    let snapshot = try #require(
      try table.snapshot(at: parts[2] == "latest" ? .latest : .version(version)))
    #expect(snapshot.version == version)
    #expect(snapshot.tableProtocol.readerVersion == wanted["min_reader_version"]?.int)
    #expect(snapshot.tableProtocol.writerVersion == wanted["min_writer_version"]?.int)
    let properties = wanted["properties"]?.object?.dictionary.compactMapValues(\.string) ?? [:]
    #expect(snapshot.properties == properties)
    let rows = try CanonicalRows.ofParquet(in: "\(folder)/table_content", like: snapshot.schema)
    #expect(try CanonicalRows.of(snapshot) == rows)
  }

  // MARK: Golden tables

  private static let golden = "conformance/delta-golden"

  /// Tables that hold no rows to compare: the words of the fault, or the live files.
  private static let goldenFaults = [
    "data-reader-absolute-paths-escaped-chars": "metadata",
    "deltalog-invalid-protocol-version": "reader version 99",
    "deltalog-state-reconstruction-without-metadata": "metadata",
    "versions-not-contiguous": "gap",
  ]
  private static let goldenFiles: [String: [String]] = [
    "canonicalized-paths-normal-b": [], "canonicalized-paths-special-a": [],
    "delete-re-add-same-file-different-transactions": ["bar", "foo"],
  ]

  private static func goldenCases() throws -> [String] {
    guard Shared.has(golden) else { return [] }
    return try json(Shared.path("\(golden)/peer_result.json")).object?.keys.sorted() ?? []
  }

  @Test(.shared(golden), arguments: try goldenCases())
  func `a golden table gives the rows Spark wrote, or a fault that names the cause`(
    _ name: String
  ) throws {
    let folder = Shared.path("\(Self.golden)/\(name)")
    let table = Self.open("\(folder)/delta")
    if let words = Self.goldenFaults[name] {
      let fault = #expect(throws: Fault.self) { try table.snapshot() }
      #expect(fault?.kind == .data)
      #expect(fault?.problem.contains(words) == true, "\(fault?.description ?? "")")
      return
    }
    let snapshot = try table.snapshot()
    if name == "no-delta-log-folder" {
      #expect(snapshot == nil)
      return
    }
    let live = try #require(snapshot)
    if let files = Self.goldenFiles[name] {
      #expect(live.files.map(\.path).sorted() == files)
      return
    }
    let rows = try CanonicalRows.ofParquet(in: "\(folder)/expected", like: live.schema)
    #expect(try CanonicalRows.of(live) == rows)
  }

  // MARK: Tables of several writers

  private static let tables = "conformance/delta-tables"

  /// Tables we refuse, by the words of the fault.
  private static let refused = [
    "delta-rs-bad-logs/table_c": "gap",
    "delta-rs-bad-logs/table_d": "catalogOwned", "delta-rs-bad-logs/table_e": "catalogOwned",
    "delta-rs-bad-logs/table_f": "catalogOwned", "delta-rs-bad-logs/table_i": "catalogOwned",
  ]

  /// Tables whose dump is not right, with the reason; their rows are not compared.
  private static let wrongDumps = [
    "delta-rs/table_with_edge_timestamps":
      "its INT96 instants of the year 9999 are wrapped around into 1816 by 64-bit nanoseconds"
  ]

  /// A schema without metadata that is JSON, whose members may stand in any order.
  private static func plain(_ schema: Schema) -> Schema {
    Schema(
      schema.fields.map { field in
        var field = field
        field.metadata = field.metadata.filter { !$0.key.hasPrefix("json:") }
        return field
      })
  }

  private static func tableCases() throws -> [String] {
    guard Shared.has(tables) else { return [] }
    return try json(Shared.path("\(tables)/expected.json")).object?.keys.sorted() ?? []
  }

  @Test(.shared(tables), arguments: try tableCases())
  func `a table of another writer reads as its peer reads it`(_ name: String) throws {
    let root = Shared.path(Self.tables)
    let wanted = try #require(try Self.json("\(root)/expected.json")[name])
    let table = Self.open("\(root)/\(name)")
    if let words = Self.refused[name] {
      let fault = #expect(throws: Fault.self) { try table.snapshot() }
      #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
      return
    }
    let snapshot = try #require(try table.snapshot())
    if let version = wanted["version"]?.int64 { #expect(snapshot.version == version) }
    #expect(snapshot.files.count == wanted["num_files"]?.int)
    #expect(
      snapshot.partitionColumns == wanted["partition_columns"]?.array?.compactMap(\.string))
    if let schema = wanted["schema"] {
      let other = try SchemaJSON.decode(JSONWriter.text(schema), at: Place("expected"))
      #expect(Self.plain(snapshot.schema) == Self.plain(other))
    }
    guard let dump = wanted["dump"]?.string, Self.wrongDumps[name] == nil else { return }
    let rows = try CanonicalRows.of(snapshot)
    let dumped = try CanonicalRows.ofDump("\(root)/expected/\(dump)", like: snapshot.schema)
    #expect(rows.count == wanted["num_rows"]?.int)
    if rows.count <= 5_000 {
      #expect(rows == dumped)
    } else {
      #expect(Set(rows).isSuperset(of: dumped))
    }
  }
}
