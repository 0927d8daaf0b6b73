import Columnar
import Core
import Delta
import Parquet
import TestSupport
import Testing

/// Tables whose files know columns by names of their own.
@Suite struct ColumnMappingTests {
  private static let schema = Schema([
    Field("day", .date), Field("id", .bigint), Field("sku", .string),
    Field("place", .structure([Field("city", .string), Field("zip", .int)])),
  ])
  private let test = TestTable()
  private var table: Table { test.table }

  private static func row(_ number: Int) -> [Scalar] {
    [
      day(number), .integer(Int64(number)), .string("s\(number)"),
      .structure([.string("c\(number)"), .integer(Int64(number * 10))]),
    ]
  }

  private func make(
    _ properties: [String: String] = ["delta.columnMapping.mode": "name"]
  ) throws {
    try table.update(.test()) { change in
      try change.create(
        TableDefinition(
          schema: Self.schema, partitionColumns: ["day"], properties: properties))
      try change.append(BatchList(Self.schema, [Batch(Self.schema, rows: [1, 2].map(Self.row))]))
    }
  }

  private func now() throws -> Snapshot { try #require(try table.snapshot()) }

  private func rows(_ columns: [String]? = nil) throws -> [[Scalar]] {
    try now().rows(columns).sorted { "\($0)" < "\($1)" }
  }

  @Test("Files, statistics and partition values bear physical names, and files field ids")
  func files() throws {
    try make()
    let snapshot = try now()
    let names = snapshot.physicalSchema.names
    #expect(names[0] == "day")
    #expect(names[1...].allSatisfy { $0.hasPrefix("col-") })
    #expect(Set(names).count == 4)
    #expect(snapshot.properties["delta.columnMapping.maxColumnId"] == "6")
    #expect(snapshot.tableProtocol.readerFeatures == ["columnMapping"])
    #expect(snapshot.tableProtocol.writerFeatures?.contains("columnMapping") == true)
    let file = snapshot.files[0]
    #expect(file.statisticsText?.contains(names[1]) == true)
    #expect(file.statisticsText?.contains("\"id\"") == false)
    #expect(file.partitionValues == ["day": "2017-01-01"])
    let path = try table.location(ofFile: file.path)
    let reader = try FileReader(
      LocalFileSystem().open(path), numberedBy: "id", at: Place(path))
    #expect(reader.schema.names == Array(names[1...]))
    #expect(reader.schema.fields.map { $0.metadata["id"] } == ["2", "3", "4"])
    #expect(reader.schema.fields[2].type.fields.map { $0.metadata["id"] } == ["5", "6"])
    #expect(try rows() == [1, 2].map(Self.row))
  }

  @Test("A column is renamed, and another dropped, without a file; the name comes back empty")
  func changes() throws {
    try make()
    let before = try now()
    try table.update(.test()) { change in
      try change.renameColumn("sku", to: "article")
      try change.renameColumn("place.city", to: "town")
      try change.renameColumn("day", to: "date")
      try change.dropColumn("id")
    }
    let after = try now()
    #expect(after.files == before.files)
    #expect(after.schema.names == ["date", "article", "place"])
    #expect(after.partitionColumns == ["date"])
    #expect(after.schema.fields[2].type.fields.map(\.name) == ["town", "zip"])
    #expect(try rows(["article", "place"]) == [1, 2].map { [Self.row($0)[2], Self.row($0)[3]] })
    #expect(
      try after.rows(["article"], where: [ColumnPredicate("date", .equal(day(2)))])
        == [[.string("s2")]])
    #expect(
      try after.scan(predicates: [ColumnPredicate("article", .equal(.string("s1")))]).files.count
        == 1)
    // Older versions have the columns that they had.
    #expect(try table.snapshot(at: .version(0))?.rows().count == 2)
    #expect(try table.snapshot(at: .version(0))?.schema.names == Self.schema.names)
    // A new column of an old name is another column.
    try table.update(.test()) { change in
      try change.evolve(to: Schema(after.schema.fields + [Field("id", .bigint)]))
    }
    #expect(try rows(["id"]) == [[.null], [.null]])
    let schema = Schema([
      Field("date", .date), Field("article", .string), Field("id", .bigint),
    ])
    try table.update(.test()) { change in
      try change.append(
        BatchList(schema, [Batch(schema, rows: [[day(3), .string("s3"), .integer(3)]])]))
    }
    let wanted: [[Scalar]] = [[day(1), .null], [day(2), .null], [day(3), .integer(3)]]
    #expect(try rows(["date", "id"]) == wanted)
  }

  @Test("A table that begins to map its columns has them in its files as they were")
  func begins() throws {
    try make([:])
    let files = try now().files
    try table.update(.test()) { change in
      change.setProperties(["delta.columnMapping.mode": "name"])
      try change.renameColumn("sku", to: "article")
    }
    #expect(try now().files == files)
    #expect(try now().physicalSchema.names == Self.schema.names)
    #expect(try now().schema.names == ["day", "id", "article", "place"])
    #expect(try rows(["article"]) == [[.string("s1")], [.string("s2")]])
    let fault = #expect(throws: Fault.self) {
      try table.update(.test()) { $0.setProperties(["delta.columnMapping.mode": nil]) }
    }
    #expect(fault?.kind == .configuration)
  }

  @Test("Merges, deletion vectors, changes and partitions go by what columns are called now")
  func writes() throws {
    try make([
      "delta.columnMapping.mode": "name", "delta.enableChangeDataFeed": "true",
      "delta.enableDeletionVectors": "true", "delta.checkpointInterval": "2",
    ])
    try table.update(.test()) { change in
      try change.renameColumn("id", to: "number")
      try change.renameColumn("day", to: "date")
    }
    var fields = Self.schema.fields
    fields[0].name = "date"
    fields[1].name = "number"
    let schema = Schema(fields)
    var changed = Self.row(1)
    changed[2] = .string("new")
    try table.update(.test()) { change in
      change.leastMarkedByteCount = 0
      _ = try change.merge(
        on: ["number"],
        upserts: BatchList(schema, [Batch(schema, rows: [changed, Self.row(3)])]))
    }
    #expect(try rows() == [changed, Self.row(2), Self.row(3)])
    let feed = try ChangeFeed(of: now(), from: 0)
    var told: [[Scalar]] = []
    for source in try feed.sources(columns: ["number", "sku", "_change_type", "_commit_version"]) {
      while let batch = try source.next() { told += batch.rows }
    }
    let texts = told.map { "\($0)" }.sorted()
    #expect(
      texts
        == [
          [.integer(1), .string("new"), .string("update_postimage"), .integer(2)],
          [.integer(1), .string("s1"), .string("insert"), .integer(0)],
          [.integer(1), .string("s1"), .string("update_preimage"), .integer(2)],
          [.integer(2), .string("s2"), .string("insert"), .integer(0)],
          [.integer(3), .string("s3"), .string("insert"), .integer(2)],
        ].map { (row: [Scalar]) in "\(row)" }.sorted())
    try table.update(.test()) { change in
      let schema = Schema(Array(schema.fields[0...1]))
      try change.overwritePartitions(
        BatchList(schema, [Batch(schema, rows: [[day(2), .integer(20)]])]))
    }
    #expect(
      try rows(["number"]) == [[.integer(1)], [.integer(20)], [.integer(3)]])
    // The version before stands in a checkpoint: read without the commits, it says the same.
    #expect(try CheckpointAudit(of: table).findings().isEmpty)
  }

  @Test("What a rule names, or a partition is called by, stays")
  func refusals() throws {
    try table.update(.test()) { change in
      try change.create(
        TableDefinition(
          schema: Self.schema, partitionColumns: ["day"],
          properties: [
            "delta.columnMapping.mode": "name", "delta.constraints.some": "ID > 0",
          ]))
    }
    func refuses(_ words: String, _ body: (inout Transaction) throws -> Void) throws {
      var change = try Transaction(Table(table.path, LocalFileSystem()), on: now(), .test())
      do {
        try body(&change)
        Issue.record("not refused: \(words)")
      } catch let fault as Fault {
        #expect(fault.kind == .configuration)
        #expect(fault.problem.contains(words))
      }
    }
    try refuses("a rule of the table names it") { try $0.renameColumn("id", to: "number") }
    try refuses("a rule of the table names it") { try $0.dropColumn("id") }
    try refuses("partitioned by 'day'") { try $0.dropColumn("day") }
    try refuses("has a column 'Place'") { try $0.renameColumn("sku", to: "Place") }
    try refuses("no column 'skus'") { try $0.renameColumn("skus", to: "x") }
    try refuses("cannot be a column's name") { try $0.renameColumn("sku", to: "a b") }
    try refuses("is the last of its columns") {
      try $0.dropColumn("place.city")
      try $0.dropColumn("place.zip")
    }
    let other = TestTable()
    try other.table.update(.test()) { try $0.create(TableDefinition(schema: Self.schema)) }
    try other.table.update(.test()) { change in
      let fault = #expect(throws: Fault.self) { try change.renameColumn("sku", to: "x") }
      #expect(fault?.problem.contains("does not map its columns") == true)
    }
  }

  @Test("A table made anew keeps the names that files have; one made anew without mapping has none")
  func rebuilds() throws {
    try make()
    let before = try now().physicalSchema.names
    let wider = Schema(Self.schema.fields + [Field("more", .int)])
    try table.update(.test()) { change in
      try change.overwriteAll(
        BatchList(Self.schema, [Batch(Self.schema, rows: [Self.row(5)])]),
        as: TableDefinition(
          schema: wider, partitionColumns: ["day"],
          properties: ["delta.columnMapping.mode": "name"]))
    }
    #expect(try Array(now().physicalSchema.names.prefix(4)) == before)
    #expect(try now().properties["delta.columnMapping.maxColumnId"] == "7")
    try table.update(.test()) { change in
      try change.overwriteAll(
        BatchList(Self.schema, [Batch(Self.schema, rows: [Self.row(6)])]),
        as: TableDefinition(schema: wider, partitionColumns: ["day"]))
    }
    #expect(try now().physicalSchema.names == wider.names)
    #expect(try rows(["id", "sku"]) == [[.integer(6), .string("s6")]])
    let first = try #require(try table.snapshot(at: .version(0)))
    try table.update(.test()) { $0.restore(first) { _ in 0 } }
    #expect(try rows() == [1, 2].map(Self.row))
  }
}
