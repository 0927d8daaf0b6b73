import Columnar
import Core
import Delta
import Foundation
import Synchronization
import TestSupport
import Testing

/// Tables of many commits, files and partitions. Small here; `LARGE_TABLE=1` makes 10,000 commits
/// of 100,000 files in 10,000 partitions, and tells how long each step takes.
@Suite struct LargeTableTests {
  private static let isLarge = ProcessInfo.processInfo.environment["LARGE_TABLE"] != nil
  private static let schema = Schema([Field("part", .int), Field("id", .bigint)])
  private static let filesPerCommit = 10

  /// Writes a log of so many commits; its files are named and not there.
  private static func makeLog(_ test: TestTable, commitCount: Int, partitionCount: Int) throws {
    let definition = TableDefinition(
      schema: schema, partitionColumns: ["part"],
      properties: ["delta.checkpointInterval": "\(commitCount)"])
    try test.table.update(.test(0)) { try $0.create(definition) }
    for version in 1..<commitCount {
      var lines = #"{"commitInfo":{"inCommitTimestamp":\#(version),"operation":"WRITE"}}"# + "\n"
      for number in 0..<filesPerCommit {
        let part = (version * filesPerCommit + number) % partitionCount
        let bounds =
          #"{\"numRecords\":1,\"minValues\":{\"id\":\#(version)},"#
          + #"\"maxValues\":{\"id\":\#(version)},\"nullCount\":{\"id\":0}}"#
        lines +=
          #"{"add":{"path":"part=\#(part)/part-\#(version)-\#(number).parquet","#
          + #""partitionValues":{"part":"\#(part)"},"size":1000,"modificationTime":0,"#
          + #""dataChange":true,"stats":"\#(bounds)"}}"# + "\n"
      }
      let name = String(repeating: "0", count: 20 - "\(version)".count) + "\(version).json"
      try test.folder.write("t/_delta_log/\(name)", lines)
    }
  }

  private static func row(_ part: Int64, _ id: Int64) -> BatchList {
    BatchList(schema, [Batch(schema, rows: [[.integer(part), .integer(id)]])])
  }

  private static func timed<Result>(
    _ what: String, _ body: () throws -> Result
  ) rethrows -> (Result, Duration) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    let span = clock.now - start
    if isLarge { FileHandle.standardError.write(Data("\(what): \(span)\n".utf8)) }
    return (result, span)
  }

  @Test func `a table opens from its checkpoint, and an append adds what it adds`() throws {
    let commitCount = Self.isLarge ? 10_000 : 60
    let partitionCount = Self.isLarge ? 10_000 : 100
    let test = TestTable()
    try Self.makeLog(test, commitCount: commitCount, partitionCount: partitionCount)
    // The commit that is due for a checkpoint reads all of them.
    let (_, first) = try Self.timed("all commits, and a checkpoint") {
      try test.table.update(.test()) { try $0.append(Self.row(0, 0)) }
    }
    let reading = CountingFiles()
    let (snapshot, opened) = try Self.timed("open from the checkpoint") {
      try Table(test.table.path, reading).snapshot()
    }
    #expect(snapshot?.files.count == (commitCount - 1) * Self.filesPerCommit + 1)
    // The checkpoint, its own commit, and no other.
    #expect(reading.readPaths.count <= 2, "\(reading.readPaths)")
    if Self.isLarge { #expect(opened < .seconds(1)) } else { #expect(opened < first * 20) }
    let (_, appended) = try Self.timed("append of a row") {
      try test.table.update(.test(2_000_000)) { try $0.append(Self.row(1, 1)) }
    }
    if Self.isLarge { #expect(appended < .seconds(2)) }
    let step = try test.table.step(Int64(commitCount) + 1)
    #expect(step.added.count == 1 && step.removed.isEmpty)
    // One partition of many is found without a look at the others' files.
    let (files, _) = try Self.timed("files of a partition") {
      try test.table.snapshot()?.scan(
        predicates: [ColumnPredicate("part", .equal(.integer(1)))]
      ).files
    }
    #expect(files?.allSatisfy { $0.partitionValues["part"] == "1" } == true)
    #expect(files?.count ?? 0 > 1)
  }

  @Test func `rows of many partitions are written, one file each, and made anew alone`() throws {
    let count = Self.isLarge ? 10_000 : 900
    let test = TestTable()
    let rows = (0..<Int64(count * 2)).map {
      [.integer($0 % Int64(count)), .integer($0)] as [Scalar]
    }
    _ = try Self.timed("write \(count) partitions") {
      try test.table.update(.test()) { change in
        try change.overwriteAll(
          BatchList(Self.schema, [Batch(Self.schema, rows: rows)]),
          as: TableDefinition(schema: Self.schema, partitionColumns: ["part"]))
      }
    }
    #expect(try test.table.snapshot()?.files.count == count)
    _ = try Self.timed("make one anew") {
      try test.table.update(.test()) { try $0.overwritePartitions(Self.row(7, 1_000_000)) }
    }
    let step = try test.table.step(1)
    #expect(step.added.count == 1 && step.removed.count == 1)
    #expect(try test.table.snapshot()?.rows().count == count * 2 - 1)
  }
}

/// Notes which files of a log are read.
private final class CountingFiles: ForwardingFileSystem {
  let files: any FileSystem = LocalFileSystem()
  private let opened = Mutex<[String]>([])
  var readPaths: [String] { opened.withLock { $0 } }

  func open(_ path: String) throws(Fault) -> any ReadableFile {
    opened.withLock { $0.append(path) }
    return try files.open(path)
  }
}
