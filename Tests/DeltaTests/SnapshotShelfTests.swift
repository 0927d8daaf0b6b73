import Core
import Delta
import TestSupport
import Testing

@Suite struct SnapshotShelfTests {
  private let definition = TableDefinition(
    schema: salesSchema, partitionColumns: ["day"],
    properties: ["delta.checkpointInterval": "4", "note": "kept"], name: "sales")

  /// One more version of any kind.
  private func change(_ table: Table, _ version: Int64, _ random: inout SeededRandom) throws {
    try table.update(.test(1_000_000 + version)) { change in
      if change.snapshot == nil { return try change.create(definition) }
      let rows = (0..<3).map { sale(Int.random(in: 1...5, using: &random), version * 10 + $0) }
      if Bool.random(using: &random) {
        try change.append(sales(rows))
      } else {
        try change.overwritePartitions(sales(rows))
      }
      change.setTransaction("job-\(version % 3)", version: version)
    }
  }

  private func isSame(_ left: Snapshot, _ right: Snapshot) -> Bool {
    left.version == right.version && files(of: left) == files(of: right)
      && left.metadata == right.metadata && left.transactions == right.transactions
      && left.timestamp == right.timestamp
  }

  /// A checkpoint says of every file that it changes no data; a commit says what it did.
  private func files(of snapshot: Snapshot) -> [AddedFile] {
    snapshot.files.map { file in
      var file = file
      file.dataChange = false
      return file
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `a shelf and a summary tell what a whole reading tells`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let test = TestTable()
    let shelved = Table(test.table.path, LocalFileSystem(), SnapshotShelf())
    for version in 0...14 as ClosedRange<Int64> {
      // By the reader itself, or by somebody else.
      try change(Bool.random(using: &random) ? shelved : test.table, version, &random)
      let whole = try #require(try test.table.snapshot())
      for table in [test.table, shelved] {
        let summary = try #require(try table.summary())
        #expect(summary.version == version && summary.properties == whole.properties)
        for job in ["job-0", "job-1", "job-2", "none"] {
          #expect(summary.transactionVersion(job) == whole.transactionVersion(job))
        }
        #expect(try table.latestVersion() == version)
      }
      if Bool.random(using: &random) { continue }
      #expect(isSame(try #require(try shelved.snapshot()), whole), "seed \(seed)")
      #expect(isSame(try #require(try shelved.snapshot(at: .version(version))), whole))
    }
  }

  @Test func `a table that does not exist has no summary`() throws {
    #expect(try TestTable().table.summary() == nil)
    #expect(try TestTable().table.latestVersion() == nil)
  }

  @Test func `a table that was made anew is read anew`() throws {
    let test = TestTable()
    let shelved = Table(test.table.path, LocalFileSystem(), SnapshotShelf())
    for second in 1...2 as ClosedRange<Int64> {
      try test.table.update(.test(second)) { change in
        try change.create(definition)
        try change.append(sales((0..<second).map { sale(1, $0) }))
      }
      #expect(try #require(try shelved.snapshot()).rowCount == Int(second))
      try LocalFileSystem().remove("\(test.table.path)/_delta_log/00000000000000000000.json")
      #expect(try shelved.snapshot() == nil)
    }
  }

  @Test func `a summary needs nothing that the log says of files`() throws {
    let test = TestTable()
    try test.table.update(.test()) { try $0.overwriteAll(sales([sale(1, 1)]), as: definition) }
    let path = "\(test.table.path)/_delta_log/00000000000000000000.json"
    let text = String(decoding: try LocalFileSystem().read(path), as: UTF8.self)
    let damaged = text.replacing("{\"add\":{", with: "{\"add\":{{")
    #expect(damaged != text)
    try LocalFileSystem().replace(path, Array(damaged.utf8))
    #expect(try test.table.summary()?.properties["note"] == "kept")
    #expect(throws: Fault.self) { try test.table.snapshot() }
  }
}
