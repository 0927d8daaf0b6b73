package import Core

/// An arithmetic operator of two operands.
package enum ArithmeticOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  /// `div`: the whole part of the quotient, as BIGINT.
  case wholeQuotient = "div"
  /// Takes the sign of the dividend.
  case remainder = "%"
  /// Never negative for a positive divisor.
  case positiveRemainder = "pmod"

  /// Whether a divisor of zero has no result.
  var divides: Bool {
    switch self {
    case .add, .subtract, .multiply: false
    case .divide, .wholeQuotient, .remainder, .positiveRemainder: true
    }
  }
}

extension Column {
  /// `left op right` as `type`, row by row; NULL where either side is.
  ///
  /// Whole numbers and doubles have the type of the result (for `div` BIGINT); decimals each their
  /// own. A row that overflows or divides by zero throws a fault that shows its values, or is NULL
  /// when `isTry`.
  package static func arithmetic(
    _ op: ArithmeticOperator, _ left: Column, _ right: Column, as type: DataType, isTry: Bool
  ) throws(Fault) -> Column {
    let present = Bitmap.both(left.validity, right.validity)
    let (values, failures) = outcome(op, left, right, type)
    guard var failures else {
      return Column(type, count: left.count, validity: present, values)
    }
    if let present { failures = failures & present }
    if !isTry, let row = failures.firstSet { throw fault(op, left, right, row, type) }
    return Column(type, count: left.count, validity: Bitmap.both(present, ~failures), values)
  }

  /// `-column`, or its magnitude; overflow (of the least whole number) throws, or is NULL.
  package func negated(onlyIfNegative: Bool = false, isTry: Bool = false) throws(Fault) -> Column {
    let name = onlyIfNegative ? "abs" : "-"
    switch values {
    case .double(let a):
      let result = onlyIfNegative ? mapRows(a) { abs($0) } : mapRows(a) { -$0 }
      return Column(type, count: count, validity: validity, .double(result))
    case .int32(let a):
      let (lower, upper) = type.int32Range
      let result = checkedRows(a, a) { value, _ -> (Int32, Bool) in
        if onlyIfNegative && value >= 0 { return (value, false) }
        return (0 &- value, value == lower || 0 &- value > upper)
      }
      return try unary(name, .int32(result.values), result.failures, isTry)
    case .int64(let a):
      let result = checkedRows(a, a) { value, _ -> (Int64, Bool) in
        onlyIfNegative && value >= 0 ? (value, false) : (0 &- value, value == Int64.min)
      }
      return try unary(name, .int64(result.values), result.failures, isTry)
    case .int128(let a):
      let result = mapRows(a) { onlyIfNegative && $0 >= 0 ? $0 : 0 &- $0 }
      return Column(type, count: count, validity: validity, .int128(result))
    default: preconditionFailure("\(type.sql) has no sign")
    }
  }

  private func unary(
    _ name: String, _ values: Values, _ failures: Bitmap?, _ isTry: Bool
  ) throws(Fault) -> Column {
    guard var failures else { return Column(type, count: count, validity: validity, values) }
    if let validity { failures = failures & validity }
    if !isTry, let row = failures.firstSet {
      throw Fault(
        .data, "\(name)(\(sparkText(at: row))) is out of the range of \(type.sql)",
        remedy: "cast to a wider type first")
    }
    return Column(type, count: count, validity: Bitmap.both(validity, ~failures), values)
  }

  private static func outcome(
    _ op: ArithmeticOperator, _ left: Column, _ right: Column, _ type: DataType
  ) -> (Values, Bitmap?) {
    switch (left.values, right.values) {
    case (.int32(let a), .int32(let b)):
      let (lower, upper) = type.int32Range
      let result = wholeRows(op, a, b, lower, upper)
      return (.int32(result.values), result.failures)
    case (.int64(let a), .int64(let b)) where !left.type.isDecimal:
      let result = wholeRows(op, a, b, Int64.min, Int64.max)
      return (.int64(result.values), result.failures)
    case (.double(let a), .double(let b)):
      let result = doubleRows(op, a, b)
      if type == .bigint { return wholeParts(result.values) }
      guard type == .float else { return (.double(result.values), result.failures) }
      return (.double(mapRows(result.values) { Double(Float($0)) }), result.failures)
    default: return decimalOutcome(op, left, right, type)
    }
  }

  /// What `div` leaves of quotients; one by zero has no whole part either.
  private static func wholeParts(_ quotients: [Double]) -> (Values, Bitmap?) {
    let result = checkedRows(quotients) { quotient -> (Int64, Bool) in
      let whole = Int64(exactly: quotient.rounded(.towardZero))
      return (whole ?? 0, whole == nil)
    }
    return (.int64(result.values), result.failures)
  }

  private static func fault(
    _ op: ArithmeticOperator, _ left: Column, _ right: Column, _ row: Int, _ type: DataType
  ) -> Fault {
    let call = "\(left.sparkText(at: row)) \(op.rawValue) \(right.sparkText(at: row))"
    if op.divides, right.scalar(at: row).isZero {
      return Fault(
        .data, "division by zero: \(call)",
        remedy: "divide by nullif(…, 0), or use \(op.tolerantName) to get NULL")
    }
    return Fault(
      .data, "arithmetic overflow: \(call) is out of the range of \(type.sql)",
      remedy: "cast to a wider type, or use \(op.tolerantName) to get NULL")
  }
}

/// Values, and which rows have none that is right (nil: all have); those under a NULL mean nothing.
@inline(__always)
func checkedRows<Left, Right, Result>(
  _ left: [Left], _ right: [Right], _ body: (Left, Right) -> (Result, Bool)
) -> (values: [Result], failures: Bitmap?) {
  var anyFailed = false
  let values = mapRows(left, right) { a, b in
    let (value, failed) = body(a, b)
    anyFailed = anyFailed || failed
    return value
  }
  guard anyFailed else { return (values, nil) }
  return (values, Bitmap(count: left.count) { body(left[$0], right[$0]).1 })
}

@inline(__always)
private func wholeRows<Value: FixedWidthInteger & SignedInteger>(
  _ op: ArithmeticOperator, _ left: [Value], _ right: [Value], _ lower: Value, _ upper: Value
) -> (values: [Value], failures: Bitmap?) {
  switch op {
  case .add:
    checkedRows(left, right) { a, b in
      let (value, overflow) = a.addingReportingOverflow(b)
      return (value, overflow || value < lower || value > upper)
    }
  case .subtract:
    checkedRows(left, right) { a, b in
      let (value, overflow) = a.subtractingReportingOverflow(b)
      return (value, overflow || value < lower || value > upper)
    }
  case .multiply:
    checkedRows(left, right) { a, b in
      let (value, overflow) = a.multipliedReportingOverflow(by: b)
      return (value, overflow || value < lower || value > upper)
    }
  case .divide, .wholeQuotient:
    checkedRows(left, right) { a, b in
      guard b != 0 else { return (0, true) }
      return a.dividedReportingOverflow(by: b)
    }
  case .remainder:
    checkedRows(left, right) { a, b in
      guard b != 0 else { return (0, true) }
      return (b == -1 ? 0 : a % b, false)
    }
  case .positiveRemainder:
    checkedRows(left, right) { a, b in
      guard b != 0 else { return (0, true) }
      let rest = b == -1 ? 0 : a % b
      return (rest < 0 ? (rest &+ b) % b : rest, false)
    }
  }
}

private func doubleRows(
  _ op: ArithmeticOperator, _ left: [Double], _ right: [Double]
) -> (values: [Double], failures: Bitmap?) {
  switch op {
  case .add: (mapRows(left, right) { $0 + $1 }, nil)
  case .subtract: (mapRows(left, right) { $0 - $1 }, nil)
  case .multiply: (mapRows(left, right) { $0 * $1 }, nil)
  case .divide, .wholeQuotient: checkedRows(left, right) { ($0 / $1, $1 == 0) }
  case .remainder:
    checkedRows(left, right) { ($0.truncatingRemainder(dividingBy: $1), $1 == 0) }
  case .positiveRemainder:
    checkedRows(left, right) { a, b in
      let rest = a.truncatingRemainder(dividingBy: b)
      return (rest < 0 ? (rest + b).truncatingRemainder(dividingBy: b) : rest, b == 0)
    }
  }
}

extension DataType {
  /// The bounds of a whole number of layout int32.
  var int32Range: (lower: Int32, upper: Int32) {
    switch self {
    case .tinyint: (-128, 127)
    case .smallint: (-32_768, 32_767)
    default: (Int32.min, Int32.max)
    }
  }
}

extension Scalar {
  /// Whether this is the number zero.
  fileprivate var isZero: Bool {
    switch self {
    case .integer(let value): value == 0
    case .double(let value): value == 0
    case .decimal(let value): value.unscaled == 0
    default: false
    }
  }
}

extension ArithmeticOperator {
  /// The function that gives NULL where the operator fails.
  fileprivate var tolerantName: String {
    switch self {
    case .add: "try_add"
    case .subtract: "try_subtract"
    case .multiply: "try_multiply"
    case .divide, .wholeQuotient: "try_divide"
    case .remainder, .positiveRemainder: "try_mod"
    }
  }
}
