import Columnar
import Core
import Testing

@Suite struct ColumnKernelTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `taking, filtering, slicing and joining agree with scalars`(seed: UInt64) {
    var random = RandomColumns(seed: seed)
    let column = random.column(random.type(depth: 3), count: Int.random(in: 1...200, using: &random))
    let scalars = column.scalars

    let rows = (0..<Int.random(in: 0...150, using: &random)).map { _ in
      Int32.random(in: 0..<Int32(column.count), using: &random)
    }
    #expect(column.taking(rows).scalars == rows.map { scalars[Int($0)] }, "seed \(seed)")
    let holed = rows.map { Bool.random(using: &random) ? -1 : $0 }
    #expect(
      column.takingOrNull(holed).scalars == holed.map { $0 < 0 ? .null : scalars[Int($0)] },
      "seed \(seed)")

    let bits = Bitmap((0..<column.count).map { _ in Bool.random(using: &random) })
    #expect(
      column.filtering(bits).scalars == bits.setPositions.map { scalars[Int($0)] }, "seed \(seed)")

    let low = Int.random(in: 0...column.count, using: &random)
    let high = Int.random(in: low...column.count, using: &random)
    #expect(column.slice(low..<high).scalars == Array(scalars[low..<high]), "seed \(seed)")

    let parts = [
      column.slice(0..<low), column.flattened().slice(low..<high), column.slice(high..<column.count),
    ]
    #expect(Column.concatenating(column.type, parts).scalars == scalars, "seed \(seed)")
    #expect(
      Column.concatenating(column.type, [column, column.taking(rows)]).scalars
        == scalars + rows.map { scalars[Int($0)] }, "seed \(seed)")
    #expect(column.flattened().scalars == scalars, "seed \(seed)")
  }

  @Test func `columns of one dictionary keep it when joined`() {
    let column = Column.constant(.string("a"), .string, count: 3)
    guard case .dictionary(_, let first) = column.values,
      case .dictionary(let codes, let joined) = Column.concatenating(
        .string, [column, column.slice(0..<1)]
      ).values
    else {
      Issue.record("no dictionary")
      return
    }
    #expect(first === joined)
    #expect(codes.count == 4)
  }

  @Test func `a constant is the same value in every row`() {
    let type = DataType.array(element: .decimal(precision: 20, scale: 2), containsNull: true)
    let value = Scalar.list([.decimal(Decimal(unscaled: 150, scale: 2)), .null])
    #expect(Column.constant(value, type, count: 3).scalars == [value, value, value])
    #expect(Column.constant(.null, type, count: 2).scalars == [.null, .null])
  }

  @Test func `a builder starts afresh after finishing`() {
    let builder = ColumnBuilder(.int)
    builder.appendNull()
    _ = builder.finish()
    builder.append(.integer(7))
    let column = builder.finish()
    #expect(column.scalars == [.integer(7)])
    #expect(!column.hasNulls)
  }

  @Test func `pieces of a batch are at most as long as asked`() {
    let batch = Batch(
      Schema([Field("n", .int)]), [Column(.int, count: 5, .int32([1, 2, 3, 4, 5]))], rowCount: 5)
    #expect(batch.pieces(ofAtMost: 2).map(\.rowCount) == [2, 2, 1])
    #expect(
      Batch.concatenating(batch.schema, batch.pieces(ofAtMost: 2)).columns[0].scalars
        == batch.columns[0].scalars)
  }
}
