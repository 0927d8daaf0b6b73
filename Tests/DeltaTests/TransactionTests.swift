import Columnar
import Core
import Delta
import TestSupport
import Testing

@Suite struct TransactionTests {
  private let definition = TableDefinition(
    schema: salesSchema, partitionColumns: ["day"], description: "sales of a shop")

  @Test func `a table that does not exist has no snapshot`() throws {
    #expect(try TestTable().table.snapshot() == nil)
  }

  @Test func `what was appended is read back, with its partitions and types`() throws {
    let test = TestTable()
    let rows = [sale(1, 1), sale(2, 2, nil), sale(1, 3, "ü", -250)]
    let outcome = try test.table.update(.test()) { change in
      try change.create(definition)
      try change.append(sales(rows))
    }
    #expect(outcome == .committed(version: 0, checkpointFault: nil))
    let snapshot = try #require(try test.table.snapshot())
    #expect(snapshot.schema == salesSchema)
    #expect(snapshot.partitionColumns == ["day"])
    #expect(snapshot.metadata.description == "sales of a shop")
    #expect(snapshot.files.count == 2)
    #expect(snapshot.rowCount == 3)
    #expect(try sorted(snapshot.rows()) == sorted(rows))
    #expect(snapshot.tableProtocol.readerVersion == 1)
    #expect(snapshot.tableProtocol.writerVersion == 7)
    #expect(snapshot.tableProtocol.writerFeatures == ["inCommitTimestamp", "invariants"])
    #expect(snapshot.timestamp == Timestamp(microseconds: 1_000_000_000_000))
  }

  @Test func `the same rows appended twice are there twice`() throws {
    let test = TestTable()
    try test.table.update(.test()) { try $0.create(definition) }
    for _ in 1...3 { try test.table.update(.test()) { try $0.append(sales([sale(1, 1)])) } }
    let snapshot = try #require(try test.table.snapshot())
    #expect(try snapshot.rows().count == 3)
    #expect(snapshot.version == 3)
  }

  @Test func `commit times rise though the clock stands or goes back`() throws {
    let test = TestTable()
    try test.table.update(.test(100)) { try $0.create(definition) }
    try test.table.update(.test(100)) { try $0.append(sales([sale(1, 1)])) }
    try test.table.update(.test(50)) { try $0.append(sales([sale(1, 2)])) }
    let times = try test.table.history().map(\.timestamp.milliseconds)
    #expect(times == [100_002, 100_001, 100_000])
    #expect(try test.table.snapshot(at: .timestamp(Timestamp(milliseconds: 100_001)))?.version == 1)
    #expect(try test.table.snapshot(at: .timestamp(Timestamp(milliseconds: 999_999)))?.version == 2)
    #expect(throws: Fault.self) {
      try test.table.snapshot(at: .timestamp(Timestamp(milliseconds: 99_999)))
    }
  }

  @Test func `overwriting partitions leaves the others alone`() throws {
    let test = TestTable()
    try test.table.update(.test()) { change in
      try change.create(definition)
      try change.append(sales([sale(1, 1), sale(2, 2), sale(3, 3)]))
    }
    try test.table.update(.test()) { change in
      try change.overwritePartitions(
        sales([sale(2, 20), sale(2, 21)]), alsoEmptying: [["2017-01-03"]])
    }
    let snapshot = try #require(try test.table.snapshot())
    #expect(try sorted(snapshot.rows()) == sorted([sale(1, 1), sale(2, 20), sale(2, 21)]))
    let changes = try test.table.changes(from: 0, to: 1)
    #expect(changes.partitions(by: ["day"]) == [["2017-01-02"], ["2017-01-03"]])
    #expect(!changes.areAppendsOnly)
    #expect(try sorted(#require(try test.table.snapshot(at: .version(0))).rows()).count == 3)
  }

  @Test func `an overwrite that changes nothing makes no version`() throws {
    let test = TestTable()
    let rows = [sale(1, 1), sale(2, 2)]
    try test.table.update(.test()) { try $0.overwriteAll(sales(rows), as: definition) }
    let again = try test.table.update(.test(2_000_000)) { change in
      try change.overwriteAll(sales(rows), as: definition)
    }
    #expect(again == .unchanged(version: 0))
    let partly = try test.table.update(.test()) { try $0.overwritePartitions(sales([sale(2, 2)])) }
    #expect(partly == .unchanged(version: 0))
    #expect(try test.table.update(.test()) { try $0.append(sales([])) } == .unchanged(version: 0))
    #expect(try #require(try test.table.snapshot()).rows().count == 2)
  }

  @Test func `a transaction of an application counts once`() throws {
    let test = TestTable()
    func load(_ version: Int64) throws -> CommitOutcome {
      try test.table.update(.test()) { change in
        if change.snapshot == nil { try change.create(definition) }
        try change.append(sales([sale(1, version)]))
        change.setTransaction("job", version: version)
      }
    }
    #expect(try load(7) == .committed(version: 0, checkpointFault: nil))
    #expect(try load(7) == .alreadyApplied(version: 0))
    #expect(try load(6) == .alreadyApplied(version: 0))
    #expect(try load(8) == .committed(version: 1, checkpointFault: nil))
    let snapshot = try #require(try test.table.snapshot())
    #expect(snapshot.transactionVersion("job") == 8)
    #expect(snapshot.transactionVersion("other") == nil)
    #expect(try snapshot.rows().count == 2)
  }

  @Test func `appends at the same time both count`() throws {
    let test = TestTable()
    try test.table.update(.test()) { try $0.create(definition) }
    let base = try test.table.snapshot()
    var slow = try Transaction(test.table, on: base, .test())
    try slow.append(sales([sale(1, 1)]))
    try test.table.update(.test()) { try $0.append(sales([sale(1, 2)])) }
    #expect(try slow.commit() == .committed(version: 2, checkpointFault: nil))
    #expect(try #require(try test.table.snapshot()).rows().count == 2)
  }

  @Test func `equal appends at the same time do not become one`() throws {
    let test = TestTable()
    try test.table.update(.test()) { try $0.create(definition) }
    var slow = try Transaction(test.table, on: test.table.snapshot(), .test())
    try slow.append(sales([sale(1, 1)]))
    try test.table.update(.test()) { try $0.append(sales([sale(1, 1)])) }
    guard case .conflicted(let version, _) = try slow.commit() else {
      Issue.record("the second writer must notice")
      return
    }
    #expect(version == 1)
  }

  @Test func `rewrites of one partition at the same time conflict, of two they do not`() throws {
    let test = TestTable()
    try test.table.update(.test()) {
      try $0.overwriteAll(sales([sale(1, 1), sale(2, 2)]), as: definition)
    }
    let base = try test.table.snapshot()
    var same = try Transaction(test.table, on: base, .test())
    try same.overwritePartitions(sales([sale(1, 10)]))
    var other = try Transaction(test.table, on: base, .test())
    try other.overwritePartitions(sales([sale(2, 20)]))
    try test.table.update(.test()) { try $0.overwritePartitions(sales([sale(1, 11)])) }
    #expect(try other.commit() == .committed(version: 2, checkpointFault: nil))
    guard case .conflicted = try same.commit() else {
      Issue.record("two rewrites of one partition must conflict")
      return
    }
    #expect(
      try sorted(#require(try test.table.snapshot()).rows()) == sorted([sale(1, 11), sale(2, 20)]))
  }

  @Test func `a change that conflicts is worked out anew, and given up at last`() throws {
    let test = TestTable()
    try test.table.update(.test()) { try $0.overwriteAll(sales([sale(1, 0)]), as: definition) }
    var runs: Int64 = 0
    try test.table.update(.test()) { change in
      runs += 1
      if runs < 3 {
        try test.table.update(.test()) { try $0.overwriteAll(sales([sale(1, runs)])) }
      }
      try change.overwriteAll(sales([sale(1, 100 + runs)]))
    }
    #expect(runs == 3)
    #expect(try #require(try test.table.snapshot()).rows() == [sale(1, 103)])
    let fault = #expect(throws: Fault.self) {
      try test.table.update(.test(), attemptCount: 2) { change in
        runs += 1
        try test.table.update(.test()) { try $0.overwriteAll(sales([sale(1, runs)])) }
        try change.overwriteAll(sales([sale(1, 200 + runs)]))
      }
    }
    #expect(fault?.kind == .temporary)
  }

  @Test func `predicates skip files by partition and by statistics`() throws {
    let test = TestTable()
    try test.table.update(.test()) { change in
      try change.create(definition)
      try change.append(sales([sale(1, 1), sale(2, 50, "m"), sale(3, 100, nil)]))
    }
    let snapshot = try #require(try test.table.snapshot())
    func fileCount(_ column: String, _ condition: ColumnPredicate.Condition) throws -> Int {
      try snapshot.scan(predicates: [ColumnPredicate(column, condition)]).files.count
    }
    #expect(try fileCount("day", .equal(day(2))) == 1)
    #expect(try fileCount("day", .greater(day(1))) == 2)
    #expect(try fileCount("day", .isIn([day(1), day(9)])) == 1)
    #expect(try fileCount("id", .lessOrEqual(.integer(50))) == 2)
    #expect(try fileCount("id", .equal(.integer(51))) == 0)
    #expect(try fileCount("sku", .isNull) == 1)
    #expect(try fileCount("sku", .isNotNull) == 2)
    #expect(try fileCount("sku", .less(.string("b"))) == 1)
    #expect(try fileCount("nothing", .isNull) == 3)
  }

  @Test func `what a scan would read is counted without reading it`() throws {
    let test = TestTable()
    try test.table.update(.test()) { change in
      try change.create(definition)
      try change.append(sales([sale(1, 1), sale(2, 50), sale(3, 100)]))
    }
    let snapshot = try #require(try test.table.snapshot())
    let counts = try snapshot.scanCounts(where: [
      ColumnPredicate("day", .less(day(3))), ColumnPredicate("id", .greater(.integer(9))),
    ])
    #expect(counts.fileCount == 3)
    #expect(counts.fileCountSkippedByPartition == 1)
    #expect(counts.fileCountSkippedByStatistics == 1)
    #expect(counts.rowGroupCount == 1)
    #expect(counts.rowGroupCountRead == 1)
  }

  @Test func `a scan tells where rows stand when asked`() throws {
    let test = TestTable()
    try test.table.update(.test()) { change in
      try change.overwriteAll(sales([sale(1, 1), sale(1, 2), sale(1, 3)]), as: definition)
    }
    let snapshot = try #require(try test.table.snapshot())
    let rows = try snapshot.rows(["id", TableScan.rowPositionColumn, TableScan.filePathColumn])
    let path = Scalar.string(snapshot.files[0].path)
    #expect(rows == (0..<3).map { [.integer($0 + 1), .integer($0), path] })
  }

  @Test func `columns can be added, not taken or retyped`() throws {
    let test = TestTable()
    try test.table.update(.test()) { change in
      try change.overwriteAll(sales([sale(1, 1)]), as: definition)
    }
    let wider = Schema(salesSchema.fields + [Field("note", .string)])
    try test.table.update(.test()) { change in
      try change.evolve(to: wider)
      try change.append(BatchList(wider, [Batch(wider, rows: [sale(1, 2) + [.string("new")]])]))
    }
    let snapshot = try #require(try test.table.snapshot())
    #expect(snapshot.schema == wider)
    #expect(
      try sorted(snapshot.rows(["id", "note"]))
        == sorted([[.integer(1), .null], [.integer(2), .string("new")]]))
    #expect(try test.table.update(.test()) { try $0.evolve(to: wider) } == .unchanged(version: 1))
    var retyped = wider
    retyped.fields[1].type = .string
    for schema in [salesSchema, retyped] {
      let fault = #expect(throws: Fault.self) {
        try test.table.update(.test()) { try $0.evolve(to: schema) }
      }
      #expect(fault?.kind == .configuration)
    }
  }

  @Test func `NULL in a column that allows none is refused by name`() throws {
    let test = TestTable()
    var schema = salesSchema
    schema.fields[2].isNullable = false
    let strict = TableDefinition(schema: schema)
    let fault = #expect(throws: Fault.self) {
      try test.table.update(.test()) { change in
        try change.overwriteAll(sales([sale(1, 1, nil)]), as: strict)
      }
    }
    #expect(fault?.kind == .verdict)
    #expect(fault?.problem.contains("'sku'") == true)
    #expect(try test.table.snapshot() == nil)
  }
}
