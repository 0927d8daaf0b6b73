import Columnar
import Core
import Delta
import TestSupport
import Testing

@Suite struct CheckpointTests {
  private let definition = TableDefinition(
    schema: salesSchema, partitionColumns: ["day"],
    properties: ["delta.checkpointInterval": "4", "note": "kept"], name: "sales")

  /// A table after `count` changes of all kinds.
  private func grow(_ test: TestTable, versions count: Int64, seed: UInt64) throws {
    var random = SeededRandom(seed)
    try test.table.update(.test()) { try $0.create(definition) }
    for version in 1...count {
      try test.table.update(.test(1_000_000 + version, run: "run-\(version)")) { change in
        let rows = (0..<3).map { sale(Int.random(in: 1...5, using: &random), version * 10 + $0) }
        if Bool.random(using: &random) {
          try change.append(sales(rows))
        } else {
          try change.overwritePartitions(sales(rows))
        }
        change.setTransaction("job-\(version % 3)", version: version)
      }
    }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `a table reads the same from its checkpoint as from its commits`(seed: UInt64) throws {
    let test = TestTable()
    try grow(test, versions: 10, seed: seed)
    let log = "\(test.table.path)/_delta_log"
    let files = LocalFileSystem()
    let names = try files.list(log).filter { $0.contains(".checkpoint.parquet") }
    #expect(names == ["4", "8"].map { "0000000000000000000\($0).checkpoint.parquet" })
    #expect(try test.folder.read("t/_delta_log/_last_checkpoint").contains("\"version\":8"))
    let withCheckpoint = try #require(try test.table.snapshot())
    for name in names { try files.remove("\(log)/\(name)") }
    let fromCommits = try #require(try test.table.snapshot())
    #expect(withCheckpoint.files.map(\.path) == fromCommits.files.map(\.path))
    #expect(withCheckpoint.files.map(\.statisticsText) == fromCommits.files.map(\.statisticsText))
    #expect(withCheckpoint.metadata == fromCommits.metadata)
    #expect(withCheckpoint.transactions == fromCommits.transactions)
    #expect(withCheckpoint.timestamp == fromCommits.timestamp)
    #expect(try withCheckpoint.rows() == fromCommits.rows(), "seed \(seed)")
  }

  @Test func `a table whose early commits are gone reads from its checkpoint`() throws {
    let test = TestTable()
    try grow(test, versions: 9, seed: 7)
    let whole = try #require(try test.table.snapshot()).rows()
    for version in 0...7 {
      try LocalFileSystem().remove(
        "\(test.table.path)/_delta_log/0000000000000000000\(version).json")
    }
    #expect(try #require(try test.table.snapshot()).rows() == whole)
    #expect(try test.table.history().map(\.version) == [9, 8])
    let fault = #expect(throws: Fault.self) { try test.table.snapshot(at: .version(2)) }
    #expect(fault?.description.contains("give a version from 4 to 9") == true)
    #expect(throws: Fault.self) { try test.table.changes(from: 3, to: 9) }
  }

  // MARK: Version 2

  /// A table with checkpoints of version 2, to which so many files were added that nobody reads.
  private func tableOfMany(_ count: Int) throws -> TestTable {
    let test = TestTable()
    try test.table.update(.test()) { change in
      try change.create(
        TableDefinition(
          schema: salesSchema,
          properties: ["delta.checkpointPolicy": "v2", "delta.checkpointInterval": "1"]))
    }
    let adds = (0..<count).map {
      #"{"add":{"path":"part-\#($0).parquet","partitionValues":{},"size":1,"#
        + #""modificationTime":1,"dataChange":true,"stats":"{\"numRecords\":1}"}}"#
    }
    try test.folder.write(
      "t/_delta_log/00000000000000000001.json",
      lines: [#"{"commitInfo":{"inCommitTimestamp":2000000000000}}"#] + adds)
    return test
  }

  private func sidecars(_ test: TestTable) throws -> [String] {
    try LocalFileSystem().list("\(test.table.path)/_delta_log/_sidecars").sorted()
  }

  @Test func `one of version 2 holds files apart, and costs what is new`() throws {
    let test = try tableOfMany(20_100)
    let files = LocalFileSystem()
    func append(_ id: Int64) throws {
      let outcome = try test.table.update(.test(run: "\(id)")) {
        try $0.append(sales([sale(1, id)]))
      }
      #expect(outcome == .committed(version: id, checkpointFault: nil))
    }
    try append(2)
    let first = try sidecars(test)
    #expect(first.count == 2)
    let before = try first.map {
      try #require(try files.status(of: "\(test.table.path)/_delta_log/_sidecars/\($0)"))
    }
    try append(3)
    let second = try sidecars(test)
    #expect(second.count == 3 && Set(first).isSubset(of: second))
    for (name, status) in zip(first, before) {
      let now = try files.status(of: "\(test.table.path)/_delta_log/_sidecars/\(name)")
      #expect(now == status)
    }
    // Without commits before it, all is read from it.
    let whole = try #require(try test.table.snapshot())
    for version in 0...2 {
      try files.remove("\(test.table.path)/_delta_log/\(padded(version, 20)).json")
    }
    let read = try #require(try Table(test.table.path, files).snapshot())
    #expect(read.files.map(\.path) == whole.files.map(\.path) && read.files.count == 20_102)
    #expect(read.tableProtocol.readerFeatures == ["v2Checkpoint"])
    #expect(read.metadata == whole.metadata)
    // What the older checkpoint alone names may go with it.
    #expect(try test.table.sidecars(notNamedFrom: 3).count == 1)
    #expect(try test.table.sidecars(notNamedFrom: 2).isEmpty)
    #expect(try CheckpointAudit(of: test.table).findings().isEmpty)
  }

  @Test func `one of version 2 whose file is gone is passed over while the commits are there`()
    throws
  {
    let test = TestTable()
    var wanted = definition
    wanted.properties["delta.checkpointPolicy"] = "v2"
    wanted.properties["delta.enableDeletionVectors"] = "true"
    try test.table.update(.test()) { try $0.create(wanted) }
    for id in 1...5 as ClosedRange<Int64> {
      try test.table.update(.test(run: "\(id)")) { change in
        change.leastMarkedByteCount = 0
        let rows = [id, id + 10, id + 1].map { sale(1, $0, "of \(id)") }
        _ = try change.merge(on: ["id"], upserts: sales(rows))
      }
    }
    let rows = try #require(try test.table.snapshot()).rows()
    let names = try sidecars(test)
    #expect(names.count == 2)
    for name in names {
      try LocalFileSystem().remove("\(test.table.path)/_delta_log/_sidecars/\(name)")
    }
    #expect(try #require(try Table(test.table.path, LocalFileSystem()).snapshot()).rows() == rows)
    let finding = try #require(try CheckpointAudit(of: test.table).findings().first)
    #expect(finding.isSpare && finding.problem == "a file that a checkpoint names is missing")
  }

  @Test func `a damaged checkpoint is passed over while the commits are there`() throws {
    let test = TestTable()
    try grow(test, versions: 9, seed: 3)
    let whole = try #require(try test.table.snapshot()).rows()
    try test.folder.write("t/_delta_log/00000000000000000008.checkpoint.parquet", "damaged")
    try test.folder.write("t/_delta_log/_last_checkpoint", "{\"version\":77")
    #expect(try #require(try test.table.snapshot()).rows() == whole)
  }

  @Test func `a missing commit is a fault, never older rows`() throws {
    let test = TestTable()
    try grow(test, versions: 3, seed: 3)
    try LocalFileSystem().remove("\(test.table.path)/_delta_log/00000000000000000002.json")
    let fault = #expect(throws: Fault.self) { try test.table.snapshot() }
    #expect(fault?.kind == .data)
    #expect(fault?.problem.contains("version 2 is missing") == true)
  }
}
