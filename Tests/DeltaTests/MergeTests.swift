import Columnar
import Core
import Delta
import TestSupport
import Testing

@Suite struct MergeTests {
  private let definition = TableDefinition(schema: salesSchema, partitionColumns: ["day"])
  private let keySchema = Schema([Field("id", .bigint)])

  private func keys(_ ids: [Int64?]) -> BatchList {
    let rows = ids.map { [$0.map { Scalar.integer($0) } ?? .null] }
    return BatchList(keySchema, [Batch(keySchema, rows: rows)])
  }

  @Test func `rows come new, replace, go, or stay by key`() throws {
    let test = TestTable()
    try test.table.update(.test()) { change in
      let rows = [sale(1, 1), sale(1, 2), sale(2, 3), sale(3, 4)]
      try change.overwriteAll(sales(rows), as: definition)
    }
    let before = try #require(try test.table.snapshot()).files.map(\.path)
    var result = MergeResult()
    try test.table.update(.test()) { change in
      result = try change.merge(
        on: ["id"], upserts: sales([sale(1, 2, "changed"), sale(2, 3), sale(3, 5)]),
        deletions: keys([1, 99, nil]))
    }
    #expect(result.updated == 1)
    #expect(result.deleted == 1)
    #expect(result.unchanged == 1)
    #expect(result.inserted == 1)
    let snapshot = try #require(try test.table.snapshot())
    #expect(
      try sorted(snapshot.rows())
        == sorted([sale(1, 2, "changed"), sale(2, 3), sale(3, 4), sale(3, 5)]))
    // Days 2 and 3 keep their files: nothing in them changed.
    #expect(Set(before[1...]).isSubset(of: snapshot.files.map(\.path)))
  }

  @Test func `a row that moves to another partition leaves its old one`() throws {
    let test = TestTable()
    try test.table.update(.test()) { try $0.overwriteAll(sales([sale(1, 1)]), as: definition) }
    try test.table.update(.test()) { change in
      _ = try change.merge(on: ["id"], upserts: sales([sale(2, 1)]))
    }
    #expect(try #require(try test.table.snapshot()).rows() == [sale(2, 1)])
  }

  @Test func `an upsert of what is there makes no version`() throws {
    let test = TestTable()
    let rows = [sale(1, 1), sale(1, 2, nil), sale(2, 3)]
    try test.table.update(.test()) { try $0.overwriteAll(sales(rows), as: definition) }
    let outcome = try test.table.update(.test()) { change in
      let result = try change.merge(on: ["id"], upserts: sales(rows), deletions: keys([50]))
      #expect(result.unchanged == 3)
    }
    #expect(outcome == .unchanged(version: 0))
  }

  @Test func `several rows for one key are a fault that names it, equal ones are not`() throws {
    let test = TestTable()
    try test.table.update(.test()) { try $0.create(definition) }
    func merge(_ rows: [[Scalar]], _ deletions: BatchList? = nil) throws -> CommitOutcome {
      try test.table.update(.test()) { change in
        _ = try change.merge(on: ["id"], upserts: sales(rows), deletions: deletions)
      }
    }
    let fault = #expect(throws: Fault.self) { try merge([sale(1, 7), sale(1, 7, "b")]) }
    #expect(fault?.kind == .verdict)
    #expect(fault?.problem.contains("id = 7") == true)
    #expect(throws: Fault.self) { try merge([sale(1, 7)], keys([7])) }
    #expect(try merge([sale(1, 7), sale(1, 7)]) == .committed(version: 1, checkpointFault: nil))
    #expect(try #require(try test.table.snapshot()).rows() == [sale(1, 7)])
  }

  @Test func `a key with NULL matches nothing`() throws {
    let test = TestTable()
    let row = [day(1), .null, .string("a"), .null] as [Scalar]
    try test.table.update(.test()) { try $0.overwriteAll(sales([row]), as: definition) }
    try test.table.update(.test()) { change in
      let result = try change.merge(on: ["id"], upserts: sales([row]), deletions: keys([nil]))
      #expect(result.inserted == 1)
    }
    #expect(try #require(try test.table.snapshot()).rows() == [row, row])
  }

  @Test(arguments: 1...16 as ClosedRange<UInt64>)
  func `random upserts leave what a dictionary would hold`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let test = TestTable()
    try test.table.update(.test()) { change in
      try change.create(
        TableDefinition(schema: salesSchema, partitionColumns: seed % 2 == 0 ? ["day"] : []))
    }
    var model: [Int64: [Scalar]] = [:]
    for round in 0..<6 {
      var upserts: [Int64: [Scalar]] = [:]
      var deletions: Set<Int64> = []
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        let id = Int64.random(in: 0..<40, using: &random)
        if Bool.random(using: &random) {
          let day = Int.random(in: 1...4, using: &random)
          upserts[id] = sale(day, id, Bool.random(using: &random) ? "x" : nil)
        } else {
          deletions.insert(id)
        }
      }
      deletions.subtract(upserts.keys)
      try test.table.update(.test(run: "\(round)")) { change in
        _ = try change.merge(
          on: ["id"], upserts: sales(upserts.values.shuffled(using: &random)),
          deletions: keys(deletions.map { $0 }))
      }
      for id in deletions { model[id] = nil }
      model.merge(upserts) { _, new in new }
      let rows = try #require(try test.table.snapshot()).rows()
      #expect(sorted(rows) == sorted(Array(model.values)), "seed \(seed), round \(round)")
    }
  }
}
