import Columnar
import Core
import Delta
import JSON
import TestSupport
import Testing

/// Rows that go from large files are marked, and the files stay.
@Suite struct DeletionVectorTests {
  private static let schema = Schema([Field("id", .bigint), Field("word", .string)])
  private static let keySchema = Schema([Field("id", .bigint)])
  private static let definition = TableDefinition(
    schema: schema,
    properties: ["delta.enableDeletionVectors": "true", "delta.checkpointInterval": "3"])

  private static func rows(_ ids: some Sequence<Int64>, _ word: String = "a") -> BatchList {
    let rows = ids.map { [Scalar.integer($0), .string(word)] }
    return BatchList(schema, [Batch(schema, rows: rows)])
  }

  private static func keys(_ ids: some Sequence<Int64>) -> BatchList {
    BatchList(keySchema, [Batch(keySchema, rows: ids.map { [.integer($0)] })])
  }

  /// A table of one file with the rows `0..<count`.
  private static func table(
    _ count: Int64, _ definition: TableDefinition = definition
  ) throws -> TestTable {
    let test = TestTable()
    try test.table.update(.test(run: "first")) {
      try $0.overwriteAll(rows(0..<count), as: definition)
    }
    return test
  }

  @discardableResult
  private static func delete(
    _ ids: some Sequence<Int64>, in table: Table, run: String = "delete", least: Int = 0
  ) throws -> CommitOutcome {
    try table.update(.test(run: run)) { change in
      change.leastMarkedByteCount = least
      _ = try change.merge(on: ["id"], upserts: rows([]), deletions: keys(ids))
    }
  }

  private static func ids(_ table: Table) throws -> [Int64] {
    try #require(try table.snapshot()).rows(["id"]).compactMap {
      if case .integer(let id) = $0[0] { id } else { nil }
    }
  }

  @Test func `a vector is spelled as other writers spell it`() throws {
    let test = try Self.table(40)
    try Self.delete([29, 3, 4, 18, 7, 11], in: test.table)
    let file = try #require(try test.table.snapshot()?.files.first)
    let vector = try #require(file.deletionVector)
    #expect(vector.storageType == "i")
    #expect(vector.pathOrInline == "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L")
    #expect(vector.byteCount == 44)
    #expect(vector.rowCount == 6)
    #expect(vector.offset == nil)
  }

  @Test func `the log says what the protocol asks of it`() throws {
    let test = try Self.table(40)
    let whole = try #require(try test.table.snapshot()?.files.first)
    try Self.delete([3, 4], in: test.table)
    let snapshot = try #require(try test.table.snapshot())
    #expect(snapshot.tableProtocol.readerVersion == 3)
    #expect(snapshot.tableProtocol.readerFeatures == ["deletionVectors"])
    #expect(snapshot.tableProtocol.writerFeatures?.contains("deletionVectors") == true)
    let file = try #require(snapshot.files.first)
    #expect(file.path == whole.path)
    #expect(file.statisticsText?.hasPrefix(#"{"numRecords":40,"minValues":{"id":0"#) == true)
    #expect(file.statisticsText?.hasSuffix(#""tightBounds":false}"#) == true)
    #expect(file.rowCount == 38)
    #expect(snapshot.rowCount == 38)
    let step = try test.table.step(1)
    #expect(step.removed.map(\.path) == [whole.path])
    #expect(step.removed[0].deletionVector == nil)
    let metrics = step.commit?.value["operationMetrics"]
    #expect(metrics?["numDeletionVectorsAdded"]?.string == "1")
    #expect(metrics?["numFiles"]?.string == "0")
    #expect(metrics?["numRemovedFiles"]?.string == "0")
  }

  @Test func `a row that changes is marked, and comes anew in a small file`() throws {
    let test = try Self.table(40)
    try test.table.update(.test()) { change in
      change.leastMarkedByteCount = 0
      let result = try change.merge(on: ["id"], upserts: Self.rows([5, 50], "b"))
      #expect(result.updated == 1 && result.inserted == 1)
    }
    let snapshot = try #require(try test.table.snapshot())
    #expect(snapshot.files.map { $0.deletionVector?.rowCount ?? 0 } == [1, 0])
    #expect(snapshot.files.map(\.rowCount) == [39, 2])
    #expect(try snapshot.rows().filter { $0[0] == .integer(5) } == [[.integer(5), .string("b")]])
    #expect(try Self.ids(test.table).sorted() == Array(0..<40) + [50])
  }

  @Test func `what is cheaper is done`() throws {
    // Small files are written anew, and so is one of which more than half is gone.
    let test = try Self.table(40)
    let path = try test.table.snapshot()?.files.first?.path
    try Self.delete([0], in: test.table, least: 1 << 20)
    #expect(try test.table.snapshot()?.files.allSatisfy { $0.deletionVector == nil } == true)
    #expect(try test.table.snapshot()?.files.first?.path != path)
    try Self.delete(1..<15, in: test.table)
    #expect(try test.table.snapshot()?.files.map(\.deletionVector?.rowCount) == [14])
    try Self.delete(15..<25, in: test.table)
    #expect(try test.table.snapshot()?.files.map(\.deletionVector?.rowCount) == [nil])
    #expect(try Self.ids(test.table) == Array(25..<40))
    // Of one whose last rows go nothing is left.
    try Self.delete(25..<30, in: test.table)
    try Self.delete(30..<40, in: test.table)
    #expect(try test.table.snapshot()?.files.isEmpty == true)
    #expect(try test.table.snapshot(at: .version(4))?.rows().count == 10)
  }

  @Test func `without the property no row is marked, and vectors that are there are kept`() throws {
    var plain = Self.definition
    plain.properties["delta.enableDeletionVectors"] = nil
    let test = try Self.table(40, plain)
    try Self.delete([1], in: test.table)
    #expect(try test.table.snapshot()?.files.first?.deletionVector == nil)
    #expect(try test.table.snapshot()?.tableProtocol.readerVersion == 1)
    // It may come, and go.
    func set(_ value: String) throws {
      try test.table.update(.test()) {
        $0.setProperties(["delta.enableDeletionVectors": value])
      }
    }
    try set("true")
    try Self.delete([2], in: test.table)
    #expect(try test.table.snapshot()?.files.first?.deletionVector?.rowCount == 1)
    try set("false")
    try test.table.update(.test()) { try $0.append(Self.rows([99])) }
    #expect(try test.table.snapshot()?.files.first?.deletionVector?.rowCount == 1)
    try Self.delete([3], in: test.table)
    #expect(try test.table.snapshot()?.files.allSatisfy { $0.deletionVector == nil } == true)
    #expect(try Self.ids(test.table).sorted() == [0] + Array(4..<40) + [99])
  }

  /// Rows to take away that make each kind of container, in a file and in the log.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `any rows can be marked, again and again`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let count: Int64 = 80_000
    let test = try Self.table(count)
    var left = Set(0..<count)
    for step in 0..<4 {
      var gone: Set<Int64> = []
      let kind = Int.random(in: 0..<4, using: &random)
      switch kind {
      case 0: gone = Set((0..<9_000).map { _ in Int64.random(in: 0..<count, using: &random) })
      case 1:
        for _ in 0..<30 {
          let start = Int64.random(in: 0..<count - 500, using: &random)
          gone.formUnion(start..<start + Int64.random(in: 1...300, using: &random))
        }
      case 2: gone = Set((0..<6).map { _ in Int64.random(in: 0..<count, using: &random) })
      default: gone = Set(stride(from: Int64(step), to: 66_000, by: 7))
      }
      try Self.delete(gone, in: test.table, run: "\(step)")
      left.subtract(gone)
      let words: Comment = "seed \(seed), step \(step), kind \(kind)"
      #expect(try Self.ids(test.table) == left.sorted(), words)
      let snapshot = try #require(try test.table.snapshot())
      #expect(snapshot.files.map(\.deletionVector?.rowCount) == [Int(count) - left.count], words)
      #expect(snapshot.rowCount == left.count, words)
      for file in snapshot.files {
        #expect(try test.table.vectorProblem(of: file, rowCount: Int(count)) == nil, words)
      }
    }
    // Nothing of it is lost to a checkpoint, and each version stays as it was.
    #expect(try Table(test.table.path, LocalFileSystem()).snapshot()?.rowCount == left.count)
    #expect(try test.table.snapshot(at: .version(0))?.rows().count == Int(count))
  }

  @Test func `a change of few bits in a vector's file is found`() throws {
    let test = try Self.table(20_000)
    try Self.delete(stride(from: Int64(0), to: 10_000, by: 3), in: test.table)
    let vector = try #require(try test.table.snapshot()?.files.first?.deletionVector)
    #expect(vector.storageType == "u" && vector.offset == 1)
    let files = LocalFileSystem()
    let name = try #require(try files.list(test.table.path).first(where: Table.isVectorName))
    let path = "\(test.table.path)/\(name)"
    let bytes = try files.read(path)
    for index in [1, bytes.count / 2, bytes.count - 1] {
      var damaged = bytes
      damaged[index] ^= 4
      try files.replace(path, damaged)
      let fault = #expect(throws: Fault.self) { try Self.ids(test.table) }
      #expect(fault?.kind == .data && fault?.place?.file == path)
    }
    try files.remove(path)
    let fault = #expect(throws: Fault.self) { try Self.ids(test.table) }
    #expect(fault?.kind == .data && fault?.place?.file == path)
    #expect(try test.table.readableVersions() == [0...0])
    try Self.check(test.table, gone: path)
  }

  /// A version that needs a vector's file that is gone is named as one that cannot be read.
  private static func check(_ table: Table, gone path: String) throws {
    try table.update(.test(run: "anew")) { try $0.overwriteAll(rows(0..<3), as: definition) }
    let old = try #require(try table.snapshot(at: .version(1)))
    let fault = #expect(throws: Fault.self) { try old.rows() }
    #expect(fault?.kind == .missing)
    #expect(fault?.problem.hasPrefix("version 1 cannot be read any more") == true)
    #expect(try table.readableVersions() == [0...0, 2...2])
  }

  @Test func `two who mark rows of one file do not overlook each other`() throws {
    let test = try Self.table(40)
    var first = try Transaction(test.table, on: test.table.snapshot(), .test(run: "one"))
    first.leastMarkedByteCount = 0
    _ = try first.merge(on: ["id"], upserts: Self.rows([]), deletions: Self.keys([1]))
    try Self.delete([2], in: test.table, run: "two")
    let outcome = try first.commit()
    #expect(
      outcome
        == .conflicted(version: 1, reason: "a file that this change removes was removed"))
    try Self.delete([1], in: test.table, run: "one")
    #expect(try Self.ids(test.table) == [0] + Array(3..<40))
  }

  @Test func `one change may mark rows of a file several times`() throws {
    let test = try Self.table(40)
    try test.table.update(.test()) { change in
      change.leastMarkedByteCount = 0
      _ = try change.merge(on: ["id"], upserts: Self.rows([3], "b"), deletions: Self.keys([1]))
      _ = try change.merge(on: ["id"], upserts: Self.rows([4, 3], "c"), deletions: Self.keys([2]))
    }
    let snapshot = try #require(try test.table.snapshot())
    #expect(try Self.ids(test.table).sorted() == [0] + Array(3..<40))
    #expect(
      try snapshot.rows().filter { $0[1] != .string("a") }.map { $0[0] }.sorted {
        "\($0)" < "\($1)"
      } == [.integer(3), .integer(4)])
    #expect(snapshot.files.first?.deletionVector?.rowCount == 4)
    #expect(try test.table.step(1).removed.count == 1)
  }

  @Test func `rows equal to those of a marked file get a file of another name`() throws {
    let test = try Self.table(10)
    try Self.delete([0, 1], in: test.table)
    try test.table.update(.test()) { try $0.append(Self.rows(0..<10)) }
    let snapshot = try #require(try test.table.snapshot())
    #expect(Set(snapshot.files.map(\.path)).count == 2)
    #expect(try Self.ids(test.table) == Array(2..<10) + Array(0..<10))
  }

  @Test func `a writer that dies leaves no vector that is taken for one of a version`() throws {
    let whole = try Self.table(3_000)
    let counting = FaultyFileSystem()
    let gone = stride(from: Int64(0), to: 2_900, by: 3)
    try Self.delete(gone, in: whole.through(counting))
    let new = try Self.ids(whole.table)
    #expect(counting.stepCount > 3)
    for mode in FaultyFileSystem.Mode.allCases {
      for fault in 1...counting.stepCount {
        let test = try Self.table(3_000)
        let faulty = FaultyFileSystem(faultAt: fault, mode)
        _ = try? Self.delete(gone, in: test.through(faulty))
        let words: Comment = "\(mode), step \(fault)"
        #expect([3_000, new.count].contains(try Self.ids(test.table).count), words)
        try test.table.removeOrphans()
        try Self.delete(gone, in: test.table)
        #expect(try Self.ids(test.table) == new, words)
        let vectors = try LocalFileSystem().list(test.table.path).filter(Table.isVectorName)
        #expect(vectors.count == 1, words)
      }
    }
  }

  @Test func `a copy finds the vectors of its origin`() throws {
    let test = try Self.table(20_000)
    try Self.delete(stride(from: Int64(0), to: 10_000, by: 3), in: test.table)
    let copy = TestTable()
    let origin = try #require(try test.table.snapshot())
    try LocalFileSystem().createDirectory(copy.table.path)
    try copy.table.update(.test()) { try $0.copy(origin) }
    #expect(try Self.ids(copy.table) == Self.ids(test.table))
    #expect(try copy.table.snapshot()?.files.first?.deletionVector?.storageType == "p")
    // It marks rows of files that are not its own.
    try Self.delete([1], in: copy.table)
    #expect(try Self.ids(copy.table) == Self.ids(test.table).filter { $0 != 1 })
  }
}
