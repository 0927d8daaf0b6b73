import Columnar
import Core
import Delta
import JSON
import TestSupport
import Testing

@Suite struct TableFeatureTests {
  /// A table without rows whose first commit another tool wrote.
  private func foreign(
    _ tableProtocol: String, metadata: [String: String] = [:], properties: String = ""
  ) throws -> TestTable {
    let test = TestTable()
    let schema = SchemaJSON.encode(Schema([Field("id", .bigint, metadata: metadata)]))
    try test.folder.write(
      "t/_delta_log/00000000000000000000.json",
      """
      {"protocol":\(tableProtocol)}
      {"metaData":{"id":"1","format":{"provider":"parquet","options":{}},\
      "schemaString":\(JSONWriter.text(.string(schema))),"partitionColumns":[],\
      "configuration":{\(properties)}}}

      """)
    return test
  }

  private func append(_ test: TestTable) throws -> CommitOutcome {
    let schema = Schema([Field("id", .bigint)])
    return try test.table.update(.test()) { change in
      try change.append(BatchList(schema, [Batch(schema, rows: [[.integer(1)]])]))
    }
  }

  @Test func `an unknown reader feature is named`() throws {
    let test = try foreign(
      """
      {"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["variantType"],\
      "writerFeatures":["variantType"]}
      """)
    let fault = #expect(throws: Fault.self) { try test.table.snapshot() }
    #expect(fault?.kind == .data)
    #expect(fault?.problem.contains("'variantType'") == true)
  }

  @Test func `a table with features for writers only can be read, and written by who knows them`()
    throws
  {
    let test = try foreign(
      #"{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["rowTracking"]}"#)
    #expect(try test.table.snapshot()?.version == 0)
    let fault = #expect(throws: Fault.self) { try append(test) }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.contains("'rowTracking'") == true)
  }

  @Test func `a plain table of another writer can be written`() throws {
    let test = try foreign(#"{"minReaderVersion":1,"minWriterVersion":2}"#)
    #expect(try append(test) == .committed(version: 1, checkpointFault: nil))
    #expect(try #require(try test.table.snapshot()).rows() == [[.integer(1)]])
    #expect(try test.table.history().first?.commit?.inCommitTimestamp == nil)
  }

  @Test(arguments: [
    ([String: String](), #""delta.constraints.positive":"id > 0""#, "positive"),
    (["delta.invariants": "x"], "", "'id'"), (["delta.generationExpression": "1"], "", "'id'"),
    (["CURRENT_DEFAULT": "1"], "", "'id'"),
  ])
  func `rules of others that we cannot keep forbid writing`(
    _ metadata: [String: String], _ properties: String, _ word: String
  ) throws {
    let test = try foreign(
      #"{"minReaderVersion":1,"minWriterVersion":6}"#, metadata: metadata, properties: properties)
    #expect(try test.table.snapshot()?.version == 0)
    let fault = #expect(throws: Fault.self) { try append(test) }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.contains(word) == true)
  }

  @Test func `an append-only table loses no row`() throws {
    let test = TestTable()
    let definition = TableDefinition(
      schema: salesSchema, properties: ["delta.appendOnly": "true"])
    try test.table.update(.test()) { change in
      try change.create(definition)
      try change.append(sales([sale(1, 1)]))
    }
    let snapshot = try #require(try test.table.snapshot())
    #expect(
      snapshot.tableProtocol.writerFeatures == ["appendOnly", "inCommitTimestamp", "invariants"])
    let fault = #expect(throws: Fault.self) {
      try test.table.update(.test()) { try $0.overwriteAll(sales([sale(1, 2)])) }
    }
    #expect(fault?.kind == .denied)
  }

  @Test(arguments: [
    (Schema([Field("a b", .int), Field("c", .int)]), [String](), "'a b'"),
    (Schema([Field("a", .int), Field("A", .int)]), [], "'A'"),
    (Schema([Field("a", .null)]), [], "'a'"),
    (Schema([Field("a", .int)]), ["b"], "'b'"),
    (Schema([Field("a", .int)]), ["a"], "partitioned"),
  ])
  func `a table that cannot be is refused with words`(
    _ schema: Schema, _ partitions: [String], _ word: String
  ) throws {
    let test = TestTable()
    let fault = #expect(throws: Fault.self) {
      try test.table.update(.test()) { change in
        try change.create(TableDefinition(schema: schema, partitionColumns: partitions))
      }
    }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.contains(word) == true, "\(fault?.description ?? "")")
    #expect(try !test.table.exists())
  }

  @Test(arguments: ["{\"add\":{\"size\":1}}", "{\"add\":", "[]", "{\"protocol\":{}}", "\u{0}"])
  func `a damaged log is a fault at its line`(_ line: String) throws {
    let test = try foreign(#"{"minReaderVersion":1,"minWriterVersion":2}"#)
    try test.folder.write(
      "t/_delta_log/00000000000000000001.json", "{\"commitInfo\":{}}\n\(line)\n")
    let fault = #expect(throws: Fault.self) { try test.table.snapshot() }
    #expect(fault?.kind == .data)
    #expect(fault?.place?.file.hasSuffix("00000000000000000001.json") == true)
  }
}
