import Columnar
import Core
import Delta
import JSON
import TestSupport
import Testing

/// Knows three expressions over `id`, for tables whose rules are these.
private struct FewExpressions: RowExpressions {
  func column(
    of text: String, as type: DataType?, over schema: Schema, at place: Place
  ) throws -> (Batch) throws -> Column {
    func ids(_ batch: Batch) -> [Int64?] {
      guard let index = batch.schema.index(of: "id") else { return [] }
      return (0..<batch.rowCount).map { row in
        if case .integer(let id) = batch.columns[index].scalar(at: row) { id } else { nil }
      }
    }
    switch text {
    case "id > 0":
      return { batch in
        let ids = ids(batch)
        return Column(
          .boolean, count: ids.count, validity: Bitmap(ids.map { $0 != nil }),
          .boolean(ids.map { $0 ?? 0 > 0 }))
      }
    case "id * 2":
      return { batch in
        let ids = ids(batch)
        return Column(.bigint, count: ids.count, .int64(ids.map { ($0 ?? 0) * 2 }))
      }
    default: return { .constant(.integer(7), .bigint, count: $0.rowCount) }
    }
  }
}

@Suite struct TableRuleTests {
  private static let schema = Schema([
    Field("id", .bigint),
    Field("twice", .bigint, metadata: ["delta.generationExpression": "id * 2"]),
    Field("size", .bigint, metadata: ["CURRENT_DEFAULT": "7"]),
    Field(
      "number", .bigint,
      metadata: [
        "json:delta.identity.start": "10", "json:delta.identity.step": "5",
        "json:delta.identity.allowExplicitInsert": "false",
      ]),
  ])
  private static let definition = TableDefinition(
    schema: schema, properties: ["delta.constraints.positive": "id > 0"])

  private func table(_ test: TestTable) -> Table {
    Table(test.table.path, LocalFileSystem(), nil, FewExpressions())
  }

  private func rows(_ columns: [String], _ values: [[Int64?]]) -> BatchList {
    let schema = Schema(columns.map { Field($0, .bigint) })
    let rows = values.map { $0.map { $0.map { Scalar.integer($0) } ?? .null } }
    return BatchList(schema, [Batch(schema, rows: rows)])
  }

  private func stored(_ table: Table) throws -> [[Int64]] {
    try #require(try table.snapshot()).rows().map { row in
      row.map { if case .integer(let value) = $0 { value } else { -1 } }
    }.sorted { $0[0] < $1[0] }
  }

  @Test func `columns that rows leave out come from their rules`() throws {
    let test = TestTable()
    let table = table(test)
    try table.update(.test()) { try $0.create(Self.definition) }
    try table.update(.test()) { change in
      try change.append(rows(["id"], [[1], [2]]))
      try change.append(rows(["id", "size"], [[3, 9]]))
    }
    try table.update(.test()) { change in
      _ = try change.merge(on: ["id"], upserts: rows(["id", "twice"], [[2, 4], [4, 8]]))
    }
    #expect(
      try stored(table) == [[1, 2, 7, 10], [2, 4, 7, 25], [3, 6, 9, 20], [4, 8, 7, 30]])
    let snapshot = try #require(try table.snapshot())
    #expect(
      snapshot.schema.fields[3].metadata["json:delta.identity.highWaterMark"] == "30")
    #expect(
      snapshot.tableProtocol.writerFeatures == [
        "inCommitTimestamp", "invariants", "checkConstraints", "generatedColumns",
        "allowColumnDefaults", "identityColumns",
      ])
  }

  @Test func `two writers never give a number twice`() throws {
    let test = TestTable()
    let table = table(test)
    try table.update(.test()) { try $0.create(Self.definition) }
    _ = try parallelMap(Array(1...6 as ClosedRange<Int64>), threads: 3) { writer in
      try table.update(.test(run: "\(writer)"), attemptCount: 100) { change in
        try change.append(rows(["id"], [[writer], [writer + 10]]))
      }
    }
    #expect(Set(try stored(table).map { $0[3] }).count == 12)
  }

  @Test(
    arguments: [
      (["id"], [[0]], Fault.Kind.verdict, "'positive'"),
      (["id"], [[nil]], .verdict, "'positive'"),
      (["id", "twice"], [[1, 3]], .verdict, "'twice'"),
      (["id", "number"], [[1, 3]], .configuration, "'number'"),
    ] as [([String], [[Int64?]], Fault.Kind, String)])
  func `rows that break a rule are refused, and nothing is written`(
    _ columns: [String], _ values: [[Int64?]], _ kind: Fault.Kind, _ word: String
  ) throws {
    let test = TestTable()
    let table = table(test)
    try table.update(.test()) { try $0.create(Self.definition) }
    let appended = #expect(throws: Fault.self) {
      try table.update(.test()) { try $0.append(rows(columns, values)) }
    }
    #expect(appended?.kind == kind && appended?.problem.contains(word) == true)
    let merged = #expect(throws: Fault.self) {
      try table.update(.test()) { change in
        _ = try change.merge(on: ["id"], upserts: rows(columns, values))
      }
    }
    #expect(merged?.kind == kind, "\(merged?.description ?? "none")")
    #expect(try table.snapshot()?.version == 0)
  }

  @Test func `a rule that rows of the table break is not taken`() throws {
    let test = TestTable()
    let table = table(test)
    let plain = TableDefinition(schema: Schema([Field("id", .bigint)]))
    try table.update(.test()) { change in
      try change.create(plain)
      try change.append(rows(["id"], [[-1], [1]]))
    }
    let fault = #expect(throws: Fault.self) {
      try table.update(.test()) { $0.setProperties(["delta.constraints.positive": "id > 0"]) }
    }
    #expect(fault?.kind == .verdict)
    try table.update(.test()) { change in
      try change.overwriteAll(rows(["id"], [[1]]))
      change.setProperties(["delta.constraints.positive": "id > 0"])
    }
    #expect(
      try table.snapshot()?.tableProtocol.writerFeatures?.contains("checkConstraints") == true)
  }

  @Test func `a table for other writers asks of them what all know`() throws {
    let test = TestTable()
    let open = TableDefinition(
      schema: Schema([Field("id", .bigint)]), properties: ["writers": "open"])
    try test.table.update(.test()) { try $0.create(open) }
    var snapshot = try #require(try test.table.snapshot())
    #expect(snapshot.tableProtocol == TableProtocol(readerVersion: 1, writerVersion: 2))
    #expect(try test.table.history()[0].commit?.inCommitTimestamp == nil)
    try test.table.update(.test()) { $0.setProperties(["delta.enableChangeDataFeed": "true"]) }
    snapshot = try #require(try test.table.snapshot())
    #expect(snapshot.tableProtocol == TableProtocol(readerVersion: 1, writerVersion: 4))
    let closed = TableDefinition(
      schema: Schema([Field("id", .bigint)]), properties: ["writers": "closed"])
    #expect(throws: Fault.self) {
      try TestTable().table.update(.test()) { try $0.create(closed) }
    }
  }

  @Test func `a column gets a wider type where the table may, and old rows are read as it`() throws
  {
    let narrow = Schema([Field("id", .int), Field("x", .float)])
    let wide = Schema([Field("id", .bigint), Field("x", .double)])
    func rows(_ schema: Schema, _ id: Int64) -> BatchList {
      BatchList(schema, [Batch(schema, rows: [[.integer(id), .double(0.5)]])])
    }
    for isWidening in [false, true] {
      let test = TestTable()
      let properties = isWidening ? ["delta.enableTypeWidening": "true"] : [:]
      try test.table.update(.test()) { change in
        try change.create(TableDefinition(schema: narrow, properties: properties))
        try change.append(rows(narrow, 1))
      }
      let widen = {
        try test.table.update(.test(run: "wide")) { change in
          try change.evolve(to: wide)
          _ = try change.merge(on: ["id"], upserts: rows(wide, 1 << 40))
        }
      }
      guard isWidening else {
        #expect(throws: Fault.self) { try widen() }
        continue
      }
      #expect(try test.table.snapshot()?.evolves(to: wide, widening: false) == false)
      _ = try widen()
      // Rows of before may still come in the narrower type.
      try test.table.update(.test(run: "narrow")) { change in
        try change.evolve(to: narrow)
        _ = try change.merge(on: ["id"], upserts: rows(narrow, 2))
      }
      let snapshot = try #require(try test.table.snapshot())
      #expect(snapshot.schema.fields.map(\.type) == [.bigint, .double])
      #expect(
        Set(try snapshot.rows(["id"])) == [[.integer(1)], [.integer(2)], [.integer(1 << 40)]])
      #expect(snapshot.tableProtocol.readerFeatures == ["typeWidening"])
      #expect(
        snapshot.schema.fields[0].metadata["json:delta.typeChanges"]
          == #"[{"fromType":"integer","toType":"long"}]"#)
    }
  }
}
