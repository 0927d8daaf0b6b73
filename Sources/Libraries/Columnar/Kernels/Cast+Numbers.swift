import Core

/// Casts between numbers.
extension Column {
  /// Casts of tinyint, smallint, int and bigint.
  func wholeValues(as target: DataType) -> (Values, Bitmap?) {
    let wide: [Int64]
    switch values {
    case .int32(let values):
      if target.layout == .int32, target.rank >= type.rank { return (.int32(values), nil) }
      if target == .double { return (.double(mapRows(values) { Double($0) }), nil) }
      wide = mapRows(values) { Int64($0) }
    case .int64(let values): wide = values
    default: preconditionFailure("a \(type.sql) column holds no whole numbers")
    }
    switch target {
    case .boolean: return (.boolean(mapRows(wide) { $0 != 0 }), nil)
    case .bigint: return (.int64(wide), nil)
    case .float: return (.double(mapRows(wide) { Double(Float($0)) }), nil)
    case .double: return (.double(mapRows(wide) { Double($0) }), nil)
    case .timestamp:
      let result = checkedRows(wide) { value in
        let (product, overflow) = value.multipliedReportingOverflow(by: 1_000_000)
        return (product, overflow)
      }
      return (.int64(result.values), result.failures)
    case .decimal(let precision, let scale):
      return Column.rescaled(mapRows(wide) { Int128($0) }, from: 0, precision, scale, target)
    default: return narrowed(wide, target)
    }
  }

  /// Casts of float and double.
  func doubleValues(as target: DataType) -> (Values, Bitmap?) {
    guard case .double(let values) = values else {
      preconditionFailure("a \(type.sql) column holds no doubles")
    }
    switch target {
    case .double: return (.double(values), nil)
    case .float: return (.double(mapRows(values) { Double(Float($0)) }), nil)
    case .boolean: return (.boolean(mapRows(values) { $0 != 0 }), nil)
    case .timestamp:
      let result = checkedRows(values) { value -> (Int64, Bool) in
        guard let instant = Int64(exactly: (value * 1e6).rounded(.towardZero)) else {
          return (0, true)
        }
        return (instant, false)
      }
      return (.int64(result.values), result.failures)
    case .decimal(let precision, let scale):
      let isFloat = type == .float
      let result = checkedRows(values) { value -> (Int128, Bool) in
        // By the shortest text that leads back to the value, as BigDecimal.valueOf does.
        let text = isFloat ? Float(value).description : value.description
        guard let decimal = Decimal(parsing: text, precision: precision, scale: scale) else {
          return (0, true)
        }
        return (decimal.unscaled, false)
      }
      return (Column.decimalValues(result.values, target), result.failures)
    default:
      let (lower, upper) = target.wholeRange
      let result = checkedRows(values) { value -> (Int64, Bool) in
        let whole = value.rounded(.towardZero)
        guard whole >= Double(lower), whole <= Double(upper), let exact = Int64(exactly: whole)
        else { return (0, true) }
        return (exact, false)
      }
      if target == .bigint { return (.int64(result.values), result.failures) }
      return (.int32(mapRows(result.values) { Int32($0) }), result.failures)
    }
  }

  /// Casts of decimals.
  func castDecimals(as target: DataType) -> (Values, Bitmap?) {
    let scale = type.scale
    switch target {
    case .decimal(let precision, let targetScale):
      if case .int64(let narrow) = values, case .decimal(let own, _) = type,
        targetScale >= scale, precision - targetScale >= own - scale
      {
        // Every value fits; those under a NULL may be anything, so nothing is trapped.
        let power = Decimal.power(targetScale - scale)
        guard target.layout == .int64 else {
          return (.int128(mapRows(narrow) { Int128($0) &* power }), nil)
        }
        if targetScale == scale { return (.int64(narrow), nil) }
        let factor = Int64(power)
        return (.int64(mapRows(narrow) { $0 &* factor }), nil)
      }
      return Column.rescaled(unscaledValues, from: scale, precision, targetScale, target)
    case .boolean: return (.boolean(mapRows(unscaledValues) { $0 != 0 }), nil)
    case .float, .double:
      let result = doubles(scale)
      return (.double(target == .float ? mapRows(result) { Double(Float($0)) } : result), nil)
    case .timestamp:
      let power = Decimal.power(max(0, scale - 6))
      let factor = Decimal.power(max(0, 6 - scale))
      let result = checkedRows(unscaledValues) { value -> (Int64, Bool) in
        let (instant, overflow) = (value / power).multipliedReportingOverflow(by: factor)
        guard !overflow, let instant = Int64(exactly: instant) else { return (0, true) }
        return (instant, false)
      }
      return (.int64(result.values), result.failures)
    default:
      let power = Decimal.power(scale)
      let (lower, upper) = target.wholeRange
      let result = checkedRows(unscaledValues) { value -> (Int64, Bool) in
        let whole = value / power
        guard whole >= Int128(lower), whole <= Int128(upper) else { return (0, true) }
        return (Int64(whole), false)
      }
      if target == .bigint { return (.int64(result.values), result.failures) }
      return (.int32(mapRows(result.values) { Int32($0) }), result.failures)
    }
  }

  /// The values of a decimal column as doubles, correctly rounded.
  package func doubles(_ scale: Int) -> [Double] {
    let unscaled = unscaledValues
    guard scale <= 22 else { return mapRows(unscaled) { exactDouble($0, scale) } }
    let power = Double(Decimal.power(scale))
    return mapRows(unscaled) { value in
      // Both are exact below 2^53, so that one division rounds once.
      value.magnitude < 1 << 53 ? Double(Int64(value)) / power : exactDouble(value, scale)
    }
  }

  private func narrowed(_ wide: [Int64], _ target: DataType) -> (Values, Bitmap?) {
    let (lower, upper) = target.wholeRange
    let result = checkedRows(wide) { value in
      (Int32(truncatingIfNeeded: value), value < lower || value > upper)
    }
    return (.int32(result.values), result.failures)
  }

  /// Unscaled values at another scale, rounded half up; those past `precision` digits fail.
  static func rescaled(
    _ values: [Int128], from scale: Int, _ precision: Int, _ targetScale: Int, _ target: DataType
  ) -> (Values, Bitmap?) {
    let bound = Decimal.power(precision).magnitude
    let result = checkedRows(values) { value -> (Int128, Bool) in
      guard let moved = Decimal.rescale(value, from: scale, to: targetScale),
        moved.magnitude < bound
      else { return (0, true) }
      return (moved, false)
    }
    return (decimalValues(result.values, target), result.failures)
  }
}

private func exactDouble(_ value: Int128, _ scale: Int) -> Double {
  Double(Decimal(unscaled: value, scale: scale).description) ?? 0
}

/// Values, and which rows have none that is right (nil: all have).
@inline(__always)
func checkedRows<Value, Result>(
  _ values: [Value], _ body: (Value) -> (Result, Bool)
) -> (values: [Result], failures: Bitmap?) {
  var anyFailed = false
  let results = mapRows(values) { value in
    let (result, failed) = body(value)
    anyFailed = anyFailed || failed
    return result
  }
  guard anyFailed else { return (results, nil) }
  return (results, Bitmap(count: values.count) { body(values[$0]).1 })
}

extension DataType {
  /// The bounds of a whole number.
  var wholeRange: (lower: Int64, upper: Int64) {
    guard self != .bigint else { return (Int64.min, Int64.max) }
    let (lower, upper) = int32Range
    return (Int64(lower), Int64(upper))
  }

  /// Wider whole numbers have the greater rank.
  var rank: Int {
    switch self {
    case .tinyint: 1
    case .smallint: 2
    case .int: 3
    default: 4
    }
  }
}
