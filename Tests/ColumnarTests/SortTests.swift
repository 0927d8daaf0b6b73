import Columnar
import Core
import TestSupport
import Testing

@Suite struct SortTests {
  private static let types: [DataType] = [
    .boolean, .int, .bigint, .double, .string, .decimal(precision: 30, scale: 3),
  ]

  private static func column(
    _ type: DataType, _ count: Int, _ random: inout SeededRandom
  ) -> Column {
    let builder = ColumnBuilder(type)
    for _ in 0..<count {
      let value = Int.random(in: -40...40, using: &random)
      switch type {
      case _ where value == 7: builder.appendNull()
      case .boolean: builder.append(.boolean(value > 0))
      case .int, .bigint: builder.append(.integer(Int64(value)))
      case .double: builder.append(.double(value == 0 ? .nan : Double(value) / 4))
      case .string: builder.append(.string(String(repeating: "ä", count: abs(value)) + "\(value)"))
      default: builder.append(.decimal(Decimal(unscaled: Int128(value) << 70, scale: 3)))
      }
    }
    return builder.finish()
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `sorting equals a stable sort by comparison, for any values`(seed: UInt64) {
    var random = SeededRandom(seed)
    let count = Int.random(in: 0...300, using: &random)
    let keys = (0..<2).map { _ in
      SortColumn(
        SortTests.column(SortTests.types.randomElement(using: &random)!, count, &random),
        isDescending: Bool.random(using: &random), nullsFirst: Bool.random(using: &random))
    }
    let expected = (0..<count).sorted { a, b in
      for key in keys {
        let column = key.column
        if column.isNull(a) != column.isNull(b) { return column.isNull(a) == key.nullsFirst }
        let order = Column.nullableOrder(column, a, column, b)
        if order != 0 { return key.isDescending ? order > 0 : order < 0 }
      }
      return a < b
    }
    #expect(Column.sortedRows(count, by: keys) == expected.map(Int32.init), "seed \(seed)")
  }

  @Test func `text under a dictionary sorts as plain text does`() {
    let runs = ["b", "a", "b", "c"].reduce(into: ByteRuns()) { $0.append($1.utf8) }
    let coded = Column(
      .string, count: 5, .dictionary(codes: [3, 2, 1, 0, 1], dictionary: ByteDictionary(runs)))
    #expect(Column.sortedRows(5, by: [SortColumn(coded)]) == [2, 4, 1, 3, 0])
  }
}
