import Columnar
import Core
import Delta
import TestSupport
import Testing

@Suite struct ChangeFeedTests {
  private static let definition = TableDefinition(
    schema: salesSchema, partitionColumns: ["day"],
    properties: ["delta.enableChangeDataFeed": "true", "delta.checkpointInterval": "4"])

  /// The same, whose rows are marked when they go.
  private static var marking: TableDefinition {
    var marking = definition
    marking.properties["delta.enableDeletionVectors"] = "true"
    return marking
  }

  /// Rows of a feed as text: what became of the row, and its columns.
  private static func feed(
    _ table: Table, _ versions: ClosedRange<Int64>, columns: [String]
  ) throws -> [(kind: String, row: String)] {
    let last = try #require(try table.snapshot(at: .version(versions.upperBound)))
    let feed = try ChangeFeed(of: last, from: versions.lowerBound)
    #expect(feed.schema.names == last.schema.names + ChangeColumns.all.map(\.name))
    var rows: [(kind: String, row: String)] = []
    for source in try feed.sources(columns: ["_change_type"] + columns, atMost: 3) {
      while let batch = try source.next() {
        for row in batch.rows {
          guard case .string(let kind) = row[0] else { continue }
          rows.append((kind, "\(Array(row.dropFirst()))"))
        }
      }
    }
    return rows
  }

  private static func counted(_ rows: [String]) -> [String: Int] {
    rows.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// What `version` told is just how it differs from the one before.
  private static func check(_ table: Table, _ version: Int64, _ words: String) throws {
    let after = try #require(try table.snapshot(at: .version(version)))
    let before = version == 0 ? nil : try table.snapshot(at: .version(version - 1))
    let columns = after.schema.names
    var expected = counted(try before.map { try Self.rows($0, columns) } ?? [])
    for row in try Self.rows(after, columns) { expected[row, default: 0] -= 1 }
    var told: [String: Int] = [:]
    for (kind, row) in try feed(table, version...version, columns: columns) {
      told[row, default: 0] += ["delete", "update_preimage"].contains(kind) ? 1 : -1
      // Nothing that went is told to have come, nor the other way round.
      let surplus = expected[row] ?? 0
      #expect(surplus != 0, "\(words): \(kind) of a row that did not change: \(row)")
    }
    #expect(told.filter { $0.value != 0 } == expected.filter { $0.value != 0 }, "\(words)")
  }

  /// Rows in the columns of a later version; those that are missing are NULL.
  private static func rows(_ snapshot: Snapshot, _ columns: [String]) throws -> [String] {
    let known = columns.filter { snapshot.schema.index(of: $0) != nil }
    return try snapshot.rows(known).map { row in
      var values = row[...]
      return "\(columns.map { known.contains($0) ? values.removeFirst() : Scalar.null })"
    }
  }

  private static func randomSales(_ random: inout SeededRandom) -> BatchList {
    let count = Int.random(in: 0...6, using: &random)
    let ids = Set((0..<count).map { _ in Int64.random(in: 0..<12, using: &random) }).sorted()
    return sales(
      ids.map { id in
        sale(
          Int.random(in: 1...3, using: &random), id,
          ["a", "b", nil].randomElement(using: &random)!,
          Int64.random(in: 0..<2, using: &random))
      })
  }

  @Test(arguments: 1...16 as ClosedRange<UInt64>)
  func `what a version tells is how it differs from the one before`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let test = TestTable()
    try test.table.update(.test()) {
      try $0.create(seed.isMultiple(of: 2) ? Self.marking : Self.definition)
    }
    var isWide = false
    for step in 1...14 {
      let choice = Int.random(in: 0..<8, using: &random)
      let rows = Self.randomSales(&random)
      let words = "seed \(seed), step \(step), choice \(choice)"
      let outcome = try test.table.update(.test(run: "\(step)")) { change in
        change.leastMarkedByteCount = 0
        switch choice {
        case 0: try change.append(rows)
        case 1: try change.overwritePartitions(rows, alsoEmptying: [["2017-01-01"]])
        case 2: try change.overwriteAll(rows)
        case 3 where !isWide:
          try change.evolve(to: Schema(salesSchema.fields + [Field("note", .string)]))
          _ = try change.merge(on: ["id"], upserts: rows)
          isWide = true
        case 4:
          let version = Int64.random(
            in: 0..<Int64(change.snapshot?.version ?? 0) + 1, using: &random)
          if let old = try test.table.snapshot(at: .version(version)) {
            change.restore(old) { _ in 0 }
            isWide = old.schema.fields.count > 4
          }
        case 5:
          guard let snapshot = change.snapshot, !snapshot.files.isEmpty else { return }
          let source = SourceList(snapshot.schema, try snapshot.scan().sources())
          _ = try change.rearrange(snapshot.files, as: source, taggedAs: nil, byteLimit: 1 << 20)
        default:
          let gone = BatchList(
            Schema([Field("id", .bigint)]),
            [Batch(Schema([Field("id", .bigint)]), rows: [[.integer(20)], [.integer(21)]])])
          _ = try change.merge(on: ["id"], upserts: rows, deletions: gone)
        }
      }
      guard case .committed(let version, _) = outcome else { continue }
      try Self.check(test.table, version, words)
      let told = try test.table.step(version)
      if choice == 0 || choice == 5 { #expect(told.changeFiles.isEmpty, "\(words)") }
      if choice == 5 { #expect(!told.changesRows, "\(words)") }
    }
  }

  @Test func `a changed row is told as it was and as it is`() throws {
    let test = TestTable()
    let rows = [sale(1, 1), sale(1, 2), sale(2, 3)]
    try test.table.update(.test()) { try $0.overwriteAll(sales(rows), as: Self.definition) }
    try test.table.update(.test()) { change in
      let gone = Schema([Field("id", .bigint)])
      _ = try change.merge(
        on: ["id"], upserts: sales([sale(2, 2, "b"), sale(1, 9), sale(2, 3)]),
        deletions: BatchList(gone, [Batch(gone, rows: [[.integer(1)]])]))
    }
    let told = try Self.feed(test.table, 1...1, columns: ["id", "sku"])
    #expect(
      told.map { "\($0.kind) \($0.row)" }.sorted()
        == [
          "delete \([Scalar.integer(1), .string("a")])",
          "insert \([Scalar.integer(9), .string("a")])",
          "update_postimage \([Scalar.integer(2), .string("b")])",
          "update_preimage \([Scalar.integer(2), .string("a")])",
        ])
    #expect(
      try test.table.snapshot()?.tableProtocol.writerFeatures?.contains("changeDataFeed") == true)
  }

  @Test func `of marked rows it is told which went, and no file besides where they came not back`()
    throws
  {
    let test = TestTable()
    let rows = (0..<8).map { sale(1, $0) }
    try test.table.update(.test()) { try $0.overwriteAll(sales(rows), as: Self.marking) }
    let change = { (upserts: [[Scalar]], gone: Int64) in
      try test.table.update(.test()) { change in
        change.leastMarkedByteCount = 0
        let keys = Schema([Field("id", .bigint)])
        _ = try change.merge(
          on: ["id"], upserts: sales(upserts),
          deletions: BatchList(keys, [Batch(keys, rows: [[.integer(gone)]])]))
      }
    }
    _ = try change([sale(1, 20)], 3)
    _ = try change([sale(1, 4, "b")], 5)
    try Self.check(test.table, 1, "delete and insert")
    try Self.check(test.table, 2, "update and delete")
    #expect(try test.table.step(1).changeFiles.isEmpty)
    #expect(
      try Self.feed(test.table, 2...2, columns: ["id"]).map { "\($0.kind) \($0.row)" }.sorted()
        == [
          "delete \([Scalar.integer(5)])", "update_postimage \([Scalar.integer(4)])",
          "update_preimage \([Scalar.integer(4)])",
        ])
    #expect(
      try test.table.snapshot()?.files.contains { $0.deletionVector?.rowCount == 3 } == true)
  }

  @Test func `files tell what they can tell, and no others are written`() throws {
    let test = TestTable()
    let change = { (rows: [[Scalar]], gone: Set<[String?]>) in
      try test.table.update(.test(run: "\(rows)")) { change in
        try change.overwritePartitions(sales(rows), alsoEmptying: gone)
      }
    }
    try test.table.update(.test()) { try $0.create(Self.definition) }
    _ = try change([sale(1, 1), sale(2, 2)], [])
    // All rows of a day give way to others; a day goes.
    _ = try change([sale(1, 7)], [])
    _ = try change([], [["2017-01-02"]])
    for version in 1...3 as ClosedRange<Int64> {
      #expect(try test.table.step(version).changeFiles.isEmpty)
    }
    #expect(!(try LocalFileSystem().exists("\(test.table.path)/_change_data/day=2017-01-01/x")))
    // One of two rows stays.
    _ = try change([sale(1, 7), sale(1, 8)], [])
    #expect(try test.table.step(4).changeFiles.count == 1)
    #expect(try Self.feed(test.table, 4...4, columns: ["id"]).map(\.kind) == ["insert"])
  }

  @Test func `versions that recorded nothing, and bounds out of reach, are refused by name`() throws
  {
    let test = TestTable()
    try test.table.update(.test()) {
      try $0.create(TableDefinition(schema: salesSchema, partitionColumns: ["day"]))
    }
    try test.table.update(.test()) { $0.setProperties(["delta.enableChangeDataFeed": "true"]) }
    try test.table.update(.test()) { try $0.append(sales([sale(1, 1)])) }
    let last = try #require(try test.table.snapshot())
    let fault = #expect(throws: Fault.self) { try ChangeFeed(of: last, from: 0) }
    #expect(fault?.problem == "version 0 did not record its changes")
    #expect(throws: Fault.self) { try ChangeFeed(of: last, from: 3) }
    #expect(try Self.feed(test.table, 1...2, columns: ["id"]).map(\.kind) == ["insert"])
    let taken = TableDefinition(
      schema: Schema(salesSchema.fields + [Field("_change_type", .string)]),
      properties: ["delta.enableChangeDataFeed": "true"])
    let other = TestTable()
    #expect(throws: Fault.self) { try other.table.update(.test()) { try $0.create(taken) } }
  }

  @Test func `in rounds the same rows are told`() throws {
    var random = SeededRandom(3)
    let test = TestTable()
    let many = { (offset: Int64) in
      sales((0..<3_000 as Range<Int64>).map { sale(Int($0 % 2) + 1, $0 + offset, "a", $0 % 7) })
    }
    try test.table.update(.test()) { try $0.overwriteAll(many(0), as: Self.definition) }
    try test.table.update(.test()) { change in
      change.changeRoundRowCount = Int.random(in: 100...900, using: &random)
      _ = try change.merge(on: ["id"], upserts: many(1_500))
    }
    try test.table.update(.test()) { change in
      change.changeRoundRowCount = 500
      try change.overwriteAll(many(2_000))
    }
    try Self.check(test.table, 1, "merge")
    try Self.check(test.table, 2, "overwrite")
  }
}
