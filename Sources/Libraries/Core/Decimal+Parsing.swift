extension Decimal {
  /// The number in `text`, rounded half up to `scale` digits after the point, by Spark's CAST:
  /// `12`, `-1.50`, `.5`, `5.`, `1e3`, `+2.5E-1`, with spaces around it. However many digits the
  /// text has, nothing is lost before the rounding. Nil when the text is no number or the number
  /// needs more than `precision` digits.
  package init?(parsing text: TextBytes, precision: Int, scale: Int) {
    guard let number = DecimalText(text.trimmed),
      let unscaled = number.unscaled(precision: precision, scale: scale)
    else { return nil }
    self.init(unscaled: unscaled, scale: scale)
  }

  /// The number in `text` exactly, with the scale it is written with (at least 0); nil when the
  /// text is no number or does not fit 38 digits.
  package init?(parsing text: TextBytes) {
    guard let number = DecimalText(text.trimmed) else { return nil }
    let scale = max(0, number.fractionDigitCount - number.exponent)
    guard scale <= Decimal.maximumPrecision,
      let unscaled = number.unscaled(precision: Decimal.maximumPrecision, scale: scale)
    else { return nil }
    self.init(unscaled: unscaled, scale: scale)
  }

  /// `init(parsing:precision:scale:)` for a slice of bytes.
  package init?(parsing text: ArraySlice<UInt8>, precision: Int, scale: Int) {
    let value = text.withTextBytes { Decimal(parsing: $0, precision: precision, scale: scale) }
    guard let value else { return nil }
    self = value
  }

  /// `init(parsing:precision:scale:)` for a string.
  package init?(parsing text: String, precision: Int, scale: Int) {
    let value = text.withTextBytes { Decimal(parsing: $0, precision: precision, scale: scale) }
    guard let value else { return nil }
    self = value
  }

  /// `init(parsing:)` for a slice of bytes.
  package init?(parsing text: ArraySlice<UInt8>) {
    guard let value = text.withTextBytes({ Decimal(parsing: $0) }) else { return nil }
    self = value
  }

  /// `init(parsing:)` for a string.
  package init?(parsing text: String) {
    guard let value = text.withTextBytes({ Decimal(parsing: $0) }) else { return nil }
    self = value
  }
}

/// The parts of a number's text: `[sign] digits [. digits] [e [sign] digits]`.
struct DecimalText {
  /// Exponents past this bound are as good as it: no number of 38 digits comes near.
  private static let exponentBound = 1_000_000

  let isNegative: Bool
  /// Digits and at most one point.
  private let mantissa: TextBytes
  let integerDigitCount: Int
  let fractionDigitCount: Int
  let exponent: Int

  /// Nil unless the whole of `text` is a number.
  init?(_ text: TextBytes) {
    var at = 0
    var isNegative = false
    if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      at = 1
    }
    let start = at
    while at < text.count, digitValue(text[at]) <= 9 { at += 1 }
    integerDigitCount = at - start
    var fractionDigitCount = 0
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      let fraction = at
      while at < text.count, digitValue(text[at]) <= 9 { at += 1 }
      fractionDigitCount = at - fraction
    }
    guard integerDigitCount + fractionDigitCount > 0 else { return nil }
    self.isNegative = isNegative
    self.fractionDigitCount = fractionDigitCount
    mantissa = TextBytes(rebasing: text[start..<at])
    guard at < text.count else {
      exponent = 0
      return
    }
    guard text[at] | 0x20 == UInt8(ascii: "e"),
      let value = DecimalText.exponent(TextBytes(rebasing: text[(at + 1)...]))
    else { return nil }
    exponent = value
  }

  /// The number times 10^`scale`, rounded half up; nil past `precision` digits.
  func unscaled(precision: Int, scale: Int) -> Int128? {
    // The first `kept` digits make the result, the next one rounds it.
    let kept = integerDigitCount + exponent + scale
    guard let magnitude = accumulate(kept: kept),
      magnitude < UInt128(Decimal.power(precision))
    else { return nil }
    return isNegative ? -Int128(magnitude) : Int128(magnitude)
  }

  /// The digits as one whole number, the point left out; nil when they are too many.
  var unscaledDigits: UInt64? {
    guard integerDigitCount + fractionDigitCount <= 19 else { return nil }
    var value: UInt64 = 0
    for byte in mantissa where digitValue(byte) <= 9 {
      value = value &* 10 &+ UInt64(digitValue(byte))  // At most 19 digits.
    }
    return value
  }

  /// The first `kept` digits (zeros stand in for missing ones) rounded by the next.
  private func accumulate(kept: Int) -> UInt128? {
    guard kept >= 0 else { return 0 }
    var seen = 0
    var narrow: UInt64 = 0
    var value: UInt128 = 0
    var isWide = false
    for byte in mantissa {
      let digit = digitValue(byte)
      if digit > 9 { continue }
      if seen == kept {
        let result = isWide ? value : UInt128(narrow)
        return digit >= 5 ? result + 1 : result
      }
      seen += 1
      if !isWide {
        if narrow < 1_000_000_000_000_000_000 {
          narrow = narrow * 10 + UInt64(digit)
          continue
        }
        isWide = true
        value = UInt128(narrow)
      }
      guard value < DecimalText.limit else { return nil }
      value = value * 10 + UInt128(digit)
    }
    if !isWide { value = UInt128(narrow) }
    if value == 0 { return 0 }
    guard kept - seen <= Decimal.maximumPrecision else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(
      by: UInt128(Decimal.power(kept - seen)))
    return overflow ? nil : product
  }

  /// From here on one more digit makes more than the most digits.
  private static let limit = UInt128(Decimal.power(Decimal.maximumPrecision - 1))

  private static func exponent(_ text: TextBytes) -> Int? {
    var at = 0
    var isNegative = false
    if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      at = 1
    }
    guard at < text.count else { return nil }
    var value = 0
    while at < text.count {
      let digit = digitValue(text[at])
      guard digit <= 9 else { return nil }
      value = min(value * 10 + Int(digit), exponentBound)
      at += 1
    }
    return isNegative ? -value : value
  }
}
