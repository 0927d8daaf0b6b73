import Columnar
import Core
import TestSupport
import Testing

@Suite struct ArithmeticTests {
  private static func decimals(_ values: [Int128], _ precision: Int, _ scale: Int) -> Column {
    let builder = ColumnBuilder(.decimal(precision: precision, scale: scale))
    for value in values { builder.append(.decimal(Decimal(unscaled: value, scale: scale))) }
    return builder.finish()
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `products and quotients of decimals undo each other`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let a = (0..<50).map { _ in Int128(Int64.random(in: -99_999_999...99_999_999, using: &random)) }
    let b = a.map { _ in Int128(Int64.random(in: 1...9_999_999, using: &random)) }
    let left = ArithmeticTests.decimals(a, 18, 2)
    let right = ArithmeticTests.decimals(b, 18, 3)
    let product = try Column.arithmetic(
      .multiply, left, right, as: .decimal(precision: 37, scale: 5), isTry: false)
    let quotient = try Column.arithmetic(
      .divide, product, right, as: .decimal(precision: 38, scale: 2), isTry: false)
    #expect(quotient.unscaledValues == a, "seed \(seed)")
  }

  @Test func `a product wider than 128 bits is rounded, not lost`() throws {
    let ones = ArithmeticTests.decimals([Decimal.power(37)], 38, 37)
    let product = try Column.arithmetic(
      .multiply, ones, ones, as: .decimal(precision: 38, scale: 36), isTry: false)
    #expect(product.sparkText(at: 0) == "1.000000000000000000000000000000000000")
  }

  @Test func `a sum beside a NULL does not fail, an overflow shows its values`() throws {
    let largest = Column(
      .int, count: 2, validity: Bitmap([false, true]), .int32([Int32.max, 1]))
    let ones = Column(.int, count: 2, .int32([1, 1]))
    let sum = try Column.arithmetic(.add, largest, ones, as: .int, isTry: false)
    #expect(sum.scalars == [.null, .integer(2)])
    let bare = Column(.int, count: 1, .int32([Int32.max]))
    let one = Column(.int, count: 1, .int32([1]))
    let fault = #expect(throws: Fault.self) {
      try Column.arithmetic(.add, bare, one, as: .int, isTry: false)
    }
    #expect(fault?.problem == "arithmetic overflow: 2147483647 + 1 is out of the range of INT")
    let tolerant = try Column.arithmetic(.add, bare, one, as: .int, isTry: true)
    #expect(tolerant.scalars == [.null])
  }

  @Test(arguments: [
    (1.0, "1.0"), (1e7, "1.0E7"), (0.00001, "1.0E-5"), (0.001, "0.001"), (123456.75, "123456.75"),
    (-1.5e-10, "-1.5E-10"), (9999999.5, "9999999.5"),
    (1.7976931348623157e308, "1.7976931348623157E308"),
  ])
  func `doubles are written as Java writes them`(_ value: Double, _ text: String) {
    #expect(javaText(value) == text)
  }
}
