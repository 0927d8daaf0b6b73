import Columnar
import Compression
import Core
import Parquet
import TestSupport
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: RandomColumns.flatTypes)
  func `every flat type comes back with its NULLs`(_ type: DataType) throws {
    for seed in UInt64(1)...6 {
      var random = RandomColumns(seed: seed)
      let count = [0, 1, 7, 64, 1_000, 20_000].randomElement(using: &random)!
      let nullable = Bool.random(using: &random)
      let column = random.column(type, count: count, nullable: nullable)
      let schema = Schema([Field("c", type, isNullable: nullable)])
      let options = RoundTripTests.options(&random)
      let (bytes, statistics) = try written(
        schema, [Batch(schema, [column], rowCount: count)], options)
      let back = try rows(of: bytes)
      #expect(back.schema == schema, "seed \(seed)")
      #expect(back.columns[0].scalars == column.scalars, "seed \(seed)")
      #expect(statistics.rowCount == count, "seed \(seed)")
      #expect(statistics.byteCount == bytes.count, "seed \(seed)")
      #expect(statistics.columns[0].nullCount == column.nullCount, "seed \(seed)")
    }
  }

  @Test(arguments: 1...120 as ClosedRange<UInt64>)
  func `nested columns come back whole`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let count = Int.random(in: 0...400, using: &random)
    let fields = (0..<3).map {
      Field("c\($0)", random.type(depth: 4), isNullable: Bool.random(using: &random))
    }
    let columns = fields.map { random.column($0.type, count: count, nullable: $0.isNullable) }
    let schema = Schema(fields)
    let options = RoundTripTests.options(&random)
    let batch = Batch(schema, columns, rowCount: count)
    let (bytes, _) = try written(
      schema, batch.pieces(ofAtMost: Int.random(in: 1...400, using: &random)), options)
    let back = try rows(of: bytes, rowCount: Int.random(in: 1...500, using: &random))
    #expect(back.schema == schema, "seed \(seed)")
    #expect(back.rowCount == count, "seed \(seed)")
    for (column, other) in zip(columns, back.columns) {
      #expect(other.scalars == column.scalars, "seed \(seed): \(column.type.sql)")
    }
  }

  @Test func `the same rows give the same bytes however they are cut`() throws {
    var random = RandomColumns(seed: 9)
    let schema = Schema([Field("n", .bigint), Field("s", .string)])
    let batch = Batch(
      schema, schema.fields.map { random.column($0.type, count: 30_000) }, rowCount: 30_000)
    let options = WriterOptions(rowGroupRowCount: 20_001, pageRowCount: 5_000)
    let (whole, _) = try written(schema, [batch], options)
    let (pieces, _) = try written(schema, batch.pieces(ofAtMost: 777), options)
    #expect(whole == pieces)
  }

  @Test func `a column can be asked for by name, twice and in any order`() throws {
    let schema = Schema([Field("a", .int), Field("b", .string), Field("c", .int)])
    let batch = Batch(
      schema,
      [
        .constant(.integer(1), .int, count: 3), .constant(.string("x"), .string, count: 3),
        .constant(.integer(3), .int, count: 3),
      ], rowCount: 3)
    let (bytes, _) = try written(schema, [batch])
    let back = try rows(of: bytes, columns: ["C", "a", "a"])
    #expect(back.schema.names == ["c", "a", "a"])
    #expect(back.scalars(at: 2) == [.integer(3), .integer(1), .integer(1)])
    #expect(try rows(of: bytes, columns: []).rowCount == 3)
    #expect(throws: Fault.self) { try rows(of: bytes, columns: ["d"]) }
  }

  @Test func `strings come back as codes of a shared dictionary`() throws {
    let schema = Schema([Field("s", .string)])
    let column = ColumnBuilder(.string)
    for row in 0..<10_000 { column.append(.string("store \(row % 7)")) }
    let (bytes, _) = try written(schema, [Batch(schema, [column.finish()], rowCount: 10_000)])
    let source = try FileReader(MemoryFile(bytes), at: Place("x")).batches()
    var dictionaries: Set<ObjectIdentifier> = []
    while let batch = try source.next() {
      guard case .dictionary(_, let dictionary) = batch.columns[0].values else {
        Issue.record("no dictionary")
        return
      }
      #expect(dictionary.values.count == 7)
      dictionaries.insert(ObjectIdentifier(dictionary))
    }
    #expect(dictionaries.count == 1)
  }

  @Test func `a NULL in a column without NULLs is refused`() throws {
    let schema = Schema([Field("a", .int, isNullable: false)])
    let batch = Batch(schema, [.nulls(.int, count: 1)], rowCount: 1)
    let fault = #expect(throws: Fault.self) { try written(schema, [batch]) }
    #expect(fault?.problem == "column 'a' is NOT NULL but holds a NULL")
  }

  static func options(_ random: inout RandomColumns) -> WriterOptions {
    WriterOptions(
      codec: Codec.allCases.randomElement(using: &random)!,
      rowGroupRowCount: [100, 9_000, 1_000_000].randomElement(using: &random)!,
      pageRowCount: [50, 8_192, 65_536].randomElement(using: &random)!,
      dictionaryByteCount: [0, 200, 1 << 20].randomElement(using: &random)!)
  }
}
