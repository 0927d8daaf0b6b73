import Columnar
import Core
import TestSupport
import Testing

@Suite struct ColumnKernelTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `taking, filtering, slicing and joining agree with scalars`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let count = Int.random(in: 1...200, using: &random)
    let column = random.column(random.type(depth: 3), count: count)
    let scalars = column.scalars

    let rows: [Int32] = (0..<Int.random(in: 0...150, using: &random)).map { _ in
      Int32.random(in: 0..<Int32(column.count), using: &random)
    }
    let taken: [Scalar] = rows.map { scalars[Int($0)] }
    #expect(column.taking(rows).scalars == taken, "seed \(seed)")
    let holed: [Int32] = rows.map { Bool.random(using: &random) ? -1 : $0 }
    let holedScalars: [Scalar] = holed.map { $0 < 0 ? Scalar.null : scalars[Int($0)] }
    #expect(column.takingOrNull(holed).scalars == holedScalars, "seed \(seed)")

    let bits = Bitmap((0..<column.count).map { _ in Bool.random(using: &random) })
    let kept: [Scalar] = bits.setPositions.map { scalars[Int($0)] }
    #expect(column.filtering(bits).scalars == kept, "seed \(seed)")

    let low = Int.random(in: 0...column.count, using: &random)
    let high = Int.random(in: low...column.count, using: &random)
    #expect(column.slice(low..<high).scalars == Array(scalars[low..<high]), "seed \(seed)")

    let parts = [
      column.slice(0..<low), column.flattened().slice(low..<high),
      column.slice(high..<column.count),
    ]
    #expect(try Column.concatenating(column.type, parts).scalars == scalars, "seed \(seed)")
    let joined = try Column.concatenating(column.type, [column, column.taking(rows)])
    #expect(joined.scalars == scalars + taken, "seed \(seed)")
    #expect(column.flattened().scalars == scalars, "seed \(seed)")
  }

  @Test func `columns of one dictionary keep it when joined`() throws {
    let column = Column.constant(.string("a"), .string, count: 3)
    guard case .dictionary(_, let first) = column.values,
      case .dictionary(let codes, let joined) = try Column.concatenating(
        .string, [column, column.slice(0..<1)]
      ).values
    else {
      Issue.record("no dictionary")
      return
    }
    #expect(first === joined)
    #expect(codes.count == 4)
  }

  @Test func `what no column has room for is refused, in members and elements too`() throws {
    let texts = Column(
      .string, count: 2, .bytes(ByteRuns(offsets: [0, 3, 6], bytes: Array("abcdef".utf8))))
    let many = Column.constant(.string("abc"), .string, count: 3)
    let numbers = Column(.int, count: 4, .int32([1, 2, 3, 4]))
    let lists = Column(
      .array(element: .int, containsNull: false), count: 2,
      .list(offsets: [0, 3, 4], elements: numbers))
    let nested = Column(
      .array(element: .string, containsNull: false), count: 1,
      .list(offsets: [0, 2], elements: texts))
    let row = Column(.structure([Field("t", .string)]), count: 2, .structure([texts]))
    for (column, room) in [(texts, 12), (lists, 8), (nested, 12), (row, 12)] {
      let pair = [column, column]
      #expect(try Column.concatenating(column.type, pair, limit: room).count == 2 * column.count)
      #expect(throws: Fault.self) {
        try Column.concatenating(column.type, pair, limit: room - 1)
      }
    }
    #expect(throws: Fault.self) {
      try Column.concatenating(.string, [texts, many], limit: 14)
    }
  }

  @Test func `a value that a column has no room for is a fault`() throws {
    var runs = ByteRuns()
    runs.bytes += [1, 2, 3]
    try runs.endValue(limit: 3)
    runs.bytes += [4]
    #expect(throws: Fault.self) { try runs.endValue(limit: 3) }
    try runs.endValue(limit: 4)
    #expect(runs.offsets == [0, 3, 4])
  }

  @Test func `stages of one dictionary are joined under the longest`() throws {
    let growth = ByteDictionary.Growth()
    var runs = ByteRuns()
    let parts = ["a", "b", "c"].enumerated().map { index, text in
      runs.append(text.utf8)
      let dictionary = ByteDictionary(runs, stageOf: growth)
      return Column(
        .string, count: 2, .dictionary(codes: [0, Int32(index)], dictionary: dictionary))
    }
    let joined = try Column.concatenating(.string, [parts[0], parts[2], parts[1]])
    #expect(joined.scalars == ["a", "a", "a", "c", "a", "b"].map { Scalar.string($0) })
    guard case .dictionary(_, let dictionary) = joined.values else {
      Issue.record("no dictionary")
      return
    }
    #expect(dictionary.values.count == 3)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `a choice takes one side or the other`(seed: UInt64) {
    var random = RandomColumns(seed: seed)
    let count = Int.random(in: 1...100, using: &random)
    let type = random.type(depth: 0)
    let condition = random.column(.boolean, count: count)
    let chosen = random.column(type, count: count)
    let otherwise = random.column(type, count: count)
    let choice = Column.choosing(condition, chosen, otherwise: otherwise)
    #expect((choice != nil) == type.hasFixedWidth)
    let expected = (0..<count).map { row in
      (condition.scalar(at: row) == .boolean(true) ? chosen : otherwise).scalar(at: row)
    }
    if let choice { #expect(choice.scalars == expected, "seed \(seed)") }
    let isTrue = condition.scalars.allSatisfy { $0 == .boolean(true) }
    #expect(condition.isTrueEverywhere == isTrue)
  }

  @Test(arguments: 0...40)
  func `all rows are true only when none is false or NULL`(count: Int) {
    var values = [Bool](repeating: true, count: count)
    #expect(Column(.boolean, count: count, .boolean(values)).isTrueEverywhere)
    for row in 0..<count {
      values[row] = false
      #expect(!Column(.boolean, count: count, .boolean(values)).isTrueEverywhere)
      values[row] = true
    }
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

  @Test func `pieces of a batch are at most as long as asked`() throws {
    let batch = Batch(
      Schema([Field("n", .int)]), [Column(.int, count: 5, .int32([1, 2, 3, 4, 5]))], rowCount: 5)
    #expect(batch.pieces(ofAtMost: 2).map(\.rowCount) == [2, 2, 1])
    #expect(
      try Batch.concatenating(batch.schema, batch.pieces(ofAtMost: 2)).columns[0].scalars
        == batch.columns[0].scalars)
  }
}
