import Columnar
import Core
import Parquet
import TestSupport
import Testing

@Suite struct StatisticsTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `no row that passes is skipped, and bounds are those of the rows`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let type = RandomColumns.flatTypes.randomElement(using: &random)!
    let column = random.column(type, count: 3_000)
    let schema = Schema([Field("c", type)])
    let (bytes, statistics) = try written(
      schema, [Batch(schema, [column], rowCount: 3_000)], WriterOptions(rowGroupRowCount: 100))
    let present = column.scalars.filter { !$0.isNull }
    guard let value = present.randomElement(using: &random) else {
      #expect(statistics.columns[0].minimum == nil)
      #expect(try rows(of: bytes, where: [ColumnPredicate("c", .isNotNull)]).rowCount == 0)
      return
    }
    let minimum = try #require(statistics.columns[0].minimum)
    let maximum = try #require(statistics.columns[0].maximum)
    #expect(present.contains(minimum) && present.contains(maximum), "seed \(seed)")

    let expected = present.filter { $0 == value }.count
    let equal = try rows(of: bytes, where: [ColumnPredicate("c", .equal(value))])
    #expect(equal.columns[0].scalars.filter { $0 == value }.count == expected, "seed \(seed)")
    let among = try rows(of: bytes, where: [ColumnPredicate("C", .isIn([value, .null]))])
    #expect(among.columns[0].scalars.filter { $0 == value }.count == expected, "seed \(seed)")
    #expect(try rows(of: bytes, where: [ColumnPredicate("c", .less(minimum))]).rowCount == 0)
    #expect(try rows(of: bytes, where: [ColumnPredicate("c", .greater(maximum))]).rowCount == 0)
    let nulls = try rows(of: bytes, where: [ColumnPredicate("c", .isNull)])
    #expect(nulls.columns[0].nullCount == column.nullCount, "seed \(seed)")
  }

  @Test func `row groups that cannot match are skipped`() throws {
    let schema = Schema([Field("n", .int)])
    let column = Column(.int, count: 1_000, .int32(Array(0..<1_000)))
    let (bytes, _) = try written(
      schema, [Batch(schema, [column], rowCount: 1_000)], WriterOptions(rowGroupRowCount: 100))
    let reader = try FileReader(MemoryFile(bytes), at: Place("x"))
    #expect(reader.rowGroupCount == 10)
    #expect(reader.rowGroupCount(where: [ColumnPredicate("n", .less(.integer(250)))]) == 3)
    let source = try reader.batches(where: [ColumnPredicate("n", .equal(.integer(250)))])
    let batch = try #require(try source.next())
    #expect(batch.rowCount == 100)
    #expect(source.firstRow == 200)
    #expect(try source.next() == nil)
  }

  @Test func `a float column with NaN has no bounds, so NaN is never skipped`() throws {
    let schema = Schema([Field("x", .double)])
    let batch = Batch(schema, [Column(.double, count: 2, .double([1, .nan]))], rowCount: 2)
    let (bytes, statistics) = try written(schema, [batch])
    #expect(statistics.columns[0].maximum == nil)
    #expect(
      try rows(of: bytes, where: [ColumnPredicate("x", .greater(.double(5)))]).rowCount == 2)
  }

  @Test func `long strings are bounded by shorter ones`() throws {
    let schema = Schema([Field("s", .string)])
    let long = String(repeating: "ü", count: 100)
    let column = Column.constant(.string(long), .string, count: 2)
    let (bytes, statistics) = try written(schema, [Batch(schema, [column], rowCount: 2)])
    #expect(statistics.columns[0].maximum == .string(long))
    #expect(
      try rows(of: bytes, where: [ColumnPredicate("s", .equal(.string(long)))]).rowCount == 2)
    #expect(
      try rows(of: bytes, where: [ColumnPredicate("s", .less(.string("u")))]).rowCount == 0)
  }

  @Test func `members of structures have statistics, lists have their NULLs`() throws {
    let structure = DataType.structure([Field("city", .string), Field("zip", .int)])
    let schema = Schema([
      Field("address", structure),
      Field("tags", .array(element: .string, containsNull: true)),
    ])
    let address = ColumnBuilder(structure)
    address.append(.structure([.string("Bern"), .integer(3_000)]))
    address.append(.structure([.string("Aarau"), .null]))
    address.appendNull()
    let tags = ColumnBuilder(schema.fields[1].type)
    tags.append(.list([.string("a"), .null]))
    tags.appendNull()
    tags.append(.list([]))
    let (_, statistics) = try written(
      schema, [Batch(schema, [address.finish(), tags.finish()], rowCount: 3)])
    #expect(
      statistics.columns == [
        ColumnStatistics(
          path: ["address", "city"], type: .string, nullCount: 1, minimum: .string("Aarau"),
          maximum: .string("Bern")),
        ColumnStatistics(
          path: ["address", "zip"], type: .int, nullCount: 2, minimum: .integer(3_000),
          maximum: .integer(3_000)),
        ColumnStatistics(
          path: ["tags"], type: schema.fields[1].type, nullCount: 1, minimum: nil, maximum: nil),
      ])
  }
}
