import Columnar
import Core

/// Reads numbers as Spark types them: `10` INT, `3000000000` BIGINT, `1.5` DECIMAL(2,1),
/// `1e2` DOUBLE.
enum NumberLiteral {
  /// The value and type of `text`; nil when it is no number or does not fit.
  static func value(of text: String) -> (Scalar, DataType)? {
    let lowered = text.lowercased()
    let body = lowered.hasPrefix("-") || lowered.hasPrefix("+") ? lowered.dropFirst() : lowered[...]
    guard let first = body.first, first.isNumber || first == "." else { return nil }
    if lowered.hasSuffix("bd") { return decimal(String(lowered.dropLast(2))) }
    switch lowered.last {
    case "d": return double(String(lowered.dropLast()), .double)
    case "f": return double(String(lowered.dropLast()), .float)
    case "l": return integer(String(lowered.dropLast()), .bigint)
    case "s": return integer(String(lowered.dropLast()), .smallint)
    case "y": return integer(String(lowered.dropLast()), .tinyint)
    default: break
    }
    if lowered.contains("e") { return double(lowered, .double) }
    if lowered.contains(".") { return decimal(lowered) }
    return integer(lowered, .int) ?? integer(lowered, .bigint) ?? decimal(lowered)
  }

  private static func integer(_ text: String, _ type: DataType) -> (Scalar, DataType)? {
    guard let value = Int64(text) else { return nil }
    let limits: ClosedRange<Int64> =
      switch type {
      case .tinyint: -128...127
      case .smallint: -32_768...32_767
      case .int: Int64(Int32.min)...Int64(Int32.max)
      default: Int64.min...Int64.max
      }
    return limits.contains(value) ? (.integer(value), type) : nil
  }

  private static func double(_ text: String, _ type: DataType) -> (Scalar, DataType)? {
    let complete = text.hasSuffix(".") ? text + "0" : text
    guard let value = Double(complete), value.isFinite else { return nil }
    return (.double(type == .float ? Double(Float(value)) : value), type)
  }

  /// A decimal of its own digits; an exponent (`1e3BD`) moves the point.
  private static func decimal(_ text: String) -> (Scalar, DataType)? {
    let halves = text.split(separator: "e", maxSplits: 1)
    guard let mantissa = halves.first else { return nil }
    let exponent = halves.count == 2 ? Int(halves[1]) ?? 0 : 0
    let parts = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    let sign = parts[0].hasPrefix("-") ? "-" : ""
    let whole = parts[0].drop { $0 == "-" || $0 == "+" }
    var digits = String((whole + fraction).drop { $0 == "0" })
    var scale = fraction.count - exponent
    guard abs(exponent) <= Decimal.maximumPrecision, digits.count <= Decimal.maximumPrecision else {
      return nil
    }
    if scale < 0 {
      digits += String(repeating: "0", count: -scale)
      scale = 0
    }
    guard let unscaled = Int128(sign + (digits.isEmpty ? "0" : digits)),
      digits.count <= Decimal.maximumPrecision, scale <= Decimal.maximumPrecision
    else { return nil }
    let precision = max(digits.count, scale, 1)
    return (
      .decimal(Decimal(unscaled: unscaled, scale: scale)),
      .decimal(precision: precision, scale: scale)
    )
  }
}

/// Reads the text of `INTERVAL '1 day 2 hours'`.
enum IntervalText {
  /// The parts, or nil when the text is no interval.
  static func parts(of text: String, place: Place) -> [IntervalSyntax.Part]? {
    let words = text.split(whereSeparator: \.isWhitespace)
    let rest = words.first?.lowercased() == "interval" ? words.dropFirst() : words[...]
    guard !rest.isEmpty, rest.count.isMultiple(of: 2) else { return nil }
    var parts: [IntervalSyntax.Part] = []
    for index in stride(from: rest.startIndex, to: rest.endIndex, by: 2) {
      guard let (value, type) = NumberLiteral.value(of: String(rest[index])),
        let unit = IntervalUnit(word: String(rest[index + 1]))
      else { return nil }
      let number = ExpressionSyntax(
        .literal(value, type), place: place, text: String(rest[index]))
      parts.append(IntervalSyntax.Part(value: number, unit: unit))
    }
    return parts
  }
}
