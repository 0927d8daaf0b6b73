import Core

extension Column {
  /// Decimal arithmetic: operands of any precision and scale, the result rounded half up to the
  /// scale of `type`; rows past its precision fail.
  static func decimalOutcome(
    _ op: ArithmeticOperator, _ left: Column, _ right: Column, _ type: DataType
  ) -> (Values, Bitmap?) {
    if let values = narrowDecimals(op, left, right, type) { return (.int64(values), nil) }
    if let values = wideDecimals(op, left, right, type) { return (.int128(values), nil) }
    let leftScale = left.type.scale
    let rightScale = right.type.scale
    let scale = type.scale
    let a = left.unscaledValues
    let b = right.unscaledValues
    let common = max(leftScale, rightScale)
    let result: (values: [Int128], failures: Bitmap?)
    switch op {
    case .add, .subtract:
      let leftPower = Decimal.power(common - leftScale)
      let rightPower = Decimal.power(common - rightScale)
      let divisor = Decimal.power(common - scale)
      let signedPower = op == .add ? rightPower : -rightPower
      result = wideRows(a, b, type) { a, b in
        WideInteger(a, times: leftPower).adding(WideInteger(b, times: signedPower))
          .divided(by: divisor)
      }
    case .multiply:
      result = products(a, b, dropping: leftScale + rightScale - scale, type)
    case .divide:
      let shift = scale - leftScale + rightScale
      guard shift <= Decimal.maximumPrecision else {
        result = longQuotients(a, b, shift: shift, type)
        break
      }
      let dividendPower = Decimal.power(max(shift, 0))
      let divisorPower = Decimal.power(max(-shift, 0))
      result = wideRows(a, b, type) { a, b in
        let (divisor, overflow) = b.multipliedReportingOverflow(by: divisorPower)
        guard divisor != 0, !overflow else { return overflow ? 0 : nil }
        return WideInteger(a, times: dividendPower).divided(by: divisor)
      }
    case .wholeQuotient:
      return wholeQuotients(a, leftScale, b, rightScale)
    case .remainder, .positiveRemainder:
      result = wideRows(a, b, type) { a, b in
        guard b != 0 else { return nil }
        guard let x = Decimal.rescale(a, from: leftScale, to: common),
          let y = Decimal.rescale(b, from: rightScale, to: common)
        else { return nil }
        let rest = y == -1 ? 0 : x % y
        // A rest below zero is above the divisor when that is, too.
        let value = op == .positiveRemainder && rest < 0 && y > 0 ? rest &+ y : rest
        return Decimal.rescale(value, from: common, to: scale)
      }
    }
    return (decimalValues(result.values, type), result.failures)
  }

  /// The unscaled values of a decimal column.
  package var unscaledValues: [Int128] {
    switch values {
    case .int64(let values): mapRows(values) { Int128($0) }
    case .int128(let values): values
    default: preconditionFailure("a \(type.sql) column holds no decimals")
    }
  }

  /// Unscaled values in the layout of `type`; those that do not fit it mean nothing.
  package static func decimalValues(_ values: [Int128], _ type: DataType) -> Values {
    type.layout == .int64
      ? .int64(mapRows(values) { Int64(truncatingIfNeeded: $0) }) : .int128(values)
  }

  /// Sums, differences and products that cannot leave 18 digits, by their types.
  private static func narrowDecimals(
    _ op: ArithmeticOperator, _ left: Column, _ right: Column, _ type: DataType
  ) -> [Int64]? {
    guard case .int64(let a) = left.values, case .int64(let b) = right.values,
      case .decimal(let precision, let scale) = type, precision <= 18,
      case .decimal(let p1, let s1) = left.type, case .decimal(let p2, let s2) = right.type
    else { return nil }
    // Values under a NULL may be anything, so nothing is trapped; the others fit by their types.
    switch op {
    case .add, .subtract:
      guard scale == max(s1, s2), precision > max(p1 - s1, p2 - s2) + scale else { return nil }
      let x = Int64(Decimal.power(scale - s1))
      let y = Int64(Decimal.power(scale - s2))
      return op == .add
        ? mapRows(a, b) { $0 &* x &+ $1 &* y } : mapRows(a, b) { $0 &* x &- $1 &* y }
    case .multiply:
      guard scale == s1 + s2, precision >= p1 + p2 else { return nil }
      return mapRows(a, b) { $0 &* $1 }
    default: return nil
    }
  }

  /// Sums, differences and products that cannot leave 38 digits, by their types.
  private static func wideDecimals(
    _ op: ArithmeticOperator, _ left: Column, _ right: Column, _ type: DataType
  ) -> [Int128]? {
    guard case .decimal(let precision, let scale) = type, type.layout == .int128,
      case .decimal(let p1, let s1) = left.type, case .decimal(let p2, let s2) = right.type
    else { return nil }
    // Nothing is trapped, for the same reason as above.
    switch op {
    case .add, .subtract:
      guard scale == max(s1, s2), precision > max(p1 - s1, p2 - s2) + scale else { return nil }
      let x = Decimal.power(scale - s1)
      let y = Decimal.power(scale - s2) * (op == .add ? 1 : -1)
      return mapRows(left.unscaledValues, right.unscaledValues) { $0 &* x &+ $1 &* y }
    case .multiply:
      guard scale == s1 + s2, precision >= p1 + p2 else { return nil }
      if case .int64(let a) = left.values, case .int64(let b) = right.values {
        return mapRows(a, b) { Int128($0) &* Int128($1) }
      }
      return mapRows(left.unscaledValues, right.unscaledValues) { $0 &* $1 }
    default: return nil
    }
  }

  /// The products without their last `drop` digits, rounded half up.
  private static func products(
    _ left: [Int128], _ right: [Int128], dropping drop: Int, _ type: DataType
  ) -> (values: [Int128], failures: Bitmap?) {
    let most = Decimal.maximumPrecision
    let divisor = Decimal.power(min(drop, most))
    guard drop > most else {
      return wideRows(left, right, type) { WideInteger($0, times: $1).divided(by: divisor) }
    }
    return wideRows(left, right, type) { a, b in
      // 10^39 is past 128 bits. Its last digit decides, whatever was cut off behind it.
      WideInteger(a, times: b).quotientAndRemainder(dividingBy: divisor).flatMap {
        Decimal.rescale($0.quotient, from: drop, to: most)
      }
    }
  }

  /// The quotients times 10^`shift`, of which no more than 38 digits go into the dividend at once.
  private static func longQuotients(
    _ left: [Int128], _ right: [Int128], shift: Int, _ type: DataType
  ) -> (values: [Int128], failures: Bitmap?) {
    let first = Decimal.power(Decimal.maximumPrecision)
    let rest = Decimal.power(shift - Decimal.maximumPrecision)
    return wideRows(left, right, type) { a, b in
      guard b != 0,
        let (quotient, remainder) = WideInteger(a, times: first)
          .quotientAndRemainder(dividingBy: b),
        let end = WideInteger(remainder, times: rest).divided(by: b)
      else { return nil }
      let (begin, isTooLarge) = quotient.multipliedReportingOverflow(by: rest)
      let (sum, isJustTooLarge) = begin.addingReportingOverflow(end)
      return isTooLarge || isJustTooLarge ? nil : sum
    }
  }

  private static func wholeQuotients(
    _ left: [Int128], _ leftScale: Int, _ right: [Int128], _ rightScale: Int
  ) -> (Values, Bitmap?) {
    let common = max(leftScale, rightScale)
    let result = checkedRows(left, right) { a, b -> (Int64, Bool) in
      guard b != 0, let x = Decimal.rescale(a, from: leftScale, to: common),
        let y = Decimal.rescale(b, from: rightScale, to: common),
        let value = Int64(exactly: x.dividedReportingOverflow(by: y).partialValue)
      else { return (0, true) }
      return (value, false)
    }
    return (.int64(result.values), result.failures)
  }
}

@inline(__always)
private func wideRows(
  _ left: [Int128], _ right: [Int128], _ type: DataType, _ body: (Int128, Int128) -> Int128?
) -> (values: [Int128], failures: Bitmap?) {
  guard case .decimal(let precision, _) = type else {
    preconditionFailure("decimal arithmetic gives a decimal")
  }
  let bound = Decimal.power(precision).magnitude
  return checkedRows(left, right) { a, b in
    guard let value = body(a, b), value.magnitude < bound else { return (0, true) }
    return (value, false)
  }
}

/// A product of two 128-bit numbers: `high` × 2^128 + `low`.
struct WideInteger {
  private var high: Int128
  private var low: UInt128

  init(_ value: Int128, times factor: Int128) {
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    if overflow {
      (high, low) = value.multipliedFullWidth(by: factor)
    } else {
      low = UInt128(truncatingIfNeeded: product)
      high = product < 0 ? -1 : 0
    }
  }

  func adding(_ other: WideInteger) -> WideInteger {
    var sum = self
    let (low, carry) = self.low.addingReportingOverflow(other.low)
    sum.low = low
    sum.high = high &+ other.high &+ (carry ? 1 : 0)  // Two products of 38 digits leave room.
    return sum
  }

  /// The quotient rounded half up (away from zero); nil past 128 bits. `divisor` is not zero.
  func divided(by divisor: Int128) -> Int128? {
    if high == (Int128(bitPattern: low) < 0 ? -1 : 0) {
      let value = Int128(bitPattern: low)
      if divisor == 1 { return value }
      let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
      guard rest != 0, rest.magnitude >= divisor.magnitude - rest.magnitude else {
        return quotient
      }
      return (value < 0) != (divisor < 0) ? quotient - 1 : quotient + 1
    }
    guard let (quotient, rest) = magnitudes(dividingBy: divisor) else { return nil }
    let rounded = rest >= divisor.magnitude - rest ? quotient + 1 : quotient
    guard rounded <= UInt128(Int128.max) else { return nil }
    return (high < 0) != (divisor < 0) ? -Int128(rounded) : Int128(rounded)
  }

  /// The quotient cut toward zero, and what is left, which has the dividend's sign; nil past 128
  /// bits. `divisor` is not zero.
  func quotientAndRemainder(
    dividingBy divisor: Int128
  ) -> (quotient: Int128, remainder: Int128)? {
    guard let (quotient, rest) = magnitudes(dividingBy: divisor),
      quotient <= UInt128(Int128.max), rest <= UInt128(Int128.max)
    else { return nil }
    return (
      (high < 0) != (divisor < 0) ? -Int128(quotient) : Int128(quotient),
      high < 0 ? -Int128(rest) : Int128(rest)
    )
  }

  private func magnitudes(
    dividingBy divisor: Int128
  ) -> (quotient: UInt128, remainder: UInt128)? {
    var magnitude = (high: UInt128(bitPattern: high), low: low)
    if high < 0 {
      magnitude = (~magnitude.high, ~magnitude.low)
      let (low, carry) = magnitude.low.addingReportingOverflow(1)
      magnitude = (magnitude.high &+ (carry ? 1 : 0), low)
    }
    guard magnitude.high < divisor.magnitude else { return nil }
    return divisor.magnitude.dividingFullWidth(magnitude)
  }
}
