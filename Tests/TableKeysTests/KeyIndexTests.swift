import Columnar
import Core
import Delta
import TableKeys
import TestSupport
import Testing

@Suite struct KeyIndexTests {
  private let folder = Workdir()
  private let schema = Schema([
    Field("id", .string), Field("line", .int), Field("day", .date),
  ])
  private var table: Table { Table(folder.file("t"), LocalFileSystem()) }
  private var index: KeyIndex {
    KeyIndex(table, columns: ["id", "line"], scratchFolder: folder.file("spill"))
  }

  /// Rows with the keys `numbers`, of days that follow from these.
  private func batch(_ numbers: some Sequence<Int>) -> Batch {
    let builders = schema.fields.map { ColumnBuilder($0.type) }
    var count = 0
    for number in numbers {
      builders[0].append(.string("event-\(number / 3)"))
      builders[1].append(.integer(Int64(number % 3)))
      builders[2].append(.date(CivilDate(dayNumber: Int32(number % 5))))
      count += 1
    }
    return Batch(schema, builders.map { $0.finish() }, rowCount: count)
  }

  private func context(_ second: Int64) -> CommitContext {
    CommitContext(
      engine: "test", operation: "WRITE", runID: "r",
      clock: Clock(now: Timestamp(microseconds: second * 1_000_000)))
  }

  private func write(_ numbers: some Sequence<Int>, replacing: Bool = false) throws {
    let rows = batch(numbers)
    try table.update(context(1)) { transaction in
      let definition = TableDefinition(schema: schema, partitionColumns: ["day"])
      if transaction.snapshot == nil { try transaction.create(definition) }
      if replacing {
        try transaction.overwriteAll(BatchList(schema, [rows]))
      } else {
        try transaction.append(BatchList(schema, [rows]))
      }
    }
  }

  @Test func `a column is not taken for another that had its name`() throws {
    let schema = Schema([Field("id", .string), Field("line", .int), Field("code", .string)])
    let rows = batch(0..<9)
    var codes = ByteRuns()
    for number in 0..<9 { codes.append(Array("code-\(number)".utf8)) }
    let code = Column(.string, count: 9, .bytes(codes))
    let written = Batch(schema, [rows.columns[0], rows.columns[1], code], rowCount: 9)
    try table.update(context(1)) { transaction in
      try transaction.create(
        TableDefinition(schema: schema, properties: ["delta.columnMapping.mode": "name"]))
      try transaction.append(BatchList(schema, [written]))
    }
    #expect(try held(0..<9).allSatisfy { $0 })
    for (old, name) in [("id", "former"), ("code", "id")] {
      try table.update(context(2)) { try $0.renameColumn(old, to: name) }
    }
    let hashes = KeyHash.hashes(of: [code, rows.columns[1]], count: 9)
    #expect(try lookup().mayHold(hashes).allSatisfy { $0 })
    #expect(try held(0..<9).allSatisfy { !$0 })
  }

  private func lookup() throws -> KeyLookup {
    let snapshot = try #require(try table.snapshot())
    return try #require(try index.caughtUp(to: snapshot))
  }

  private func held(_ numbers: Range<Int>) throws -> [Bool] {
    let rows = batch(numbers)
    return try lookup().mayHold(
      KeyHash.hashes(of: [rows.columns[0], rows.columns[1]], count: rows.rowCount))
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `what is absent is absent, and what is there is known, after any commits`(
    seed: UInt64
  ) throws {
    var random = SeededRandom(seed)
    var known: Set<Int> = []
    for _ in 0..<8 {
      let count = [3, 200, 30_000].randomElement(using: &random) ?? 3
      let numbers = (0..<count).map { _ in Int.random(in: 0..<100_000, using: &random) }
      try write(numbers)
      known.formUnion(numbers)
      // Several commits may be taken in at once.
      if Bool.random(using: &random) { continue }
      let held = try held(0..<100_000)
      #expect(
        held.indices.allSatisfy { held[$0] == known.contains($0) }, "seed \(seed)")
    }
  }

  @Test func `keys lead to their partitions only`() throws {
    try write(0..<1_000)
    for number in [0, 7, 13] {
      guard case .partitions(let found) = try lookup().whereabouts(of: batch([number])) else {
        Issue.record("partitions are known")
        return
      }
      let files = try #require(try table.snapshot()).files
      #expect(found.count == 1)
      let whereabouts = try lookup().whereabouts(of: batch([number]))
      #expect(whereabouts.files(files, partitionedBy: ["day"]).count == 1)
    }
    guard case .partitions(let none) = try lookup().whereabouts(of: batch([5_000])) else { return }
    #expect(none.isEmpty)
  }

  @Test func `an index that was deleted, damaged or replaced comes back`() throws {
    try write(0..<70_000)
    #expect(try held(69_990..<70_010) == (0..<20).map { $0 < 10 })
    let root = folder.file("t/_keys")
    let name = try #require(try LocalFileSystem().list(root).first)
    for file in try LocalFileSystem().list("\(root)/\(name)") where file.hasPrefix("run-") {
      try LocalFileSystem().replace("\(root)/\(name)/\(file)", [1, 2, 3])
    }
    #expect(try held(69_990..<70_010) == (0..<20).map { $0 < 10 })
    try LocalFileSystem().replace("\(root)/\(name)/manifest", Array("?".utf8))
    #expect(try held(69_990..<70_010) == (0..<20).map { $0 < 10 })
    try write(0..<10, replacing: true)
    try write(20..<30)
    #expect(try held(0..<40) == (0..<40).map { $0 < 10 || 20..<30 ~= $0 })
    removeTree(folder.file("t"))
    try write(5..<6)
    #expect(try held(0..<40) == (0..<40).map { $0 == 5 })
  }

  @Test func `an older version is told only what the index still knows of it`() throws {
    try write(0..<100)
    let first = try #require(try table.snapshot())
    try write(100..<200)
    #expect(try index.caughtUp(to: first) != nil)
    removeTree(folder.file("t/_keys"))
    _ = try lookup()
    #expect(try index.caughtUp(to: first) == nil)
  }

  @Test func `equal keys have equal hashes in every encoding`() {
    let texts = Column(
      .string, count: 3, .bytes(ByteRuns(offsets: [0, 1, 3, 3], bytes: [1, 2, 3])))
    let coded = Column(
      .string, count: 3,
      .dictionary(
        codes: [2, 0, 1],
        dictionary: ByteDictionary(ByteRuns(offsets: [0, 2, 2, 3], bytes: [2, 3, 1]))))
    #expect(KeyHash.hashes(of: [texts], count: 3) == KeyHash.hashes(of: [coded], count: 3))
    let zeros = Column(.double, count: 4, .double([0, -0.0, .nan, -.nan]))
    let hashes = KeyHash.hashes(of: [zeros], count: 4)
    #expect(hashes[0] == hashes[1] && hashes[2] == hashes[3] && hashes[0] != hashes[2])
    let nulls = Column.nulls(.bigint, count: 2)
    #expect(KeyHash.hashes(of: [nulls], count: 2) == [KeyHash.none, KeyHash.none])
  }
}
