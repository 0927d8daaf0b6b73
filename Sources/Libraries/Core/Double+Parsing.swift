extension Double {
  /// The number in `text` by Spark's CAST, correctly rounded: decimal notation with or without an
  /// exponent, an optional `d` or `f` behind it, `NaN`, `Infinity` and `Inf` in any letter case;
  /// spaces around it are trimmed. Nil for other text; hexadecimal notation is not taken.
  package init?(parsing text: TextBytes) {
    var bytes = text.trimmed
    guard let last = bytes.last else { return nil }
    if let special = Double.special(bytes) {
      self = special
      return
    }
    if last | 0x20 == UInt8(ascii: "d") || last | 0x20 == UInt8(ascii: "f") {
      bytes = TextBytes(rebasing: bytes.dropLast())
    }
    guard let number = DecimalText(bytes) else { return nil }
    if let exact = number.exactDouble {
      self = exact
    } else if let value = Double(Substring(decoding: bytes, as: UTF8.self)) {
      self = value
    } else {
      // The standard library gives nil where the value leaves the range.
      let isSmall = number.integerDigitCount + number.exponent < 0
      let magnitude = isSmall ? 0 : Double.infinity
      self = number.isNegative ? -magnitude : magnitude
    }
  }

  /// `init(parsing:)` for a slice of bytes.
  package init?(parsing text: ArraySlice<UInt8>) {
    guard let value = text.withTextBytes({ Double(parsing: $0) }) else { return nil }
    self = value
  }

  /// `init(parsing:)` for a string.
  package init?(parsing text: String) {
    guard let value = text.withTextBytes({ Double(parsing: $0) }) else { return nil }
    self = value
  }

  private static func special(_ text: TextBytes) -> Double? {
    var bytes = text
    var isNegative = false
    if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      isNegative = bytes[0] == UInt8(ascii: "-")
      bytes = TextBytes(rebasing: bytes.dropFirst())
    }
    if bytes.equalsIgnoringCase("inf") || bytes.equalsIgnoringCase("infinity") {
      return isNegative ? -Double.infinity : Double.infinity
    }
    return bytes.count == text.count && bytes.equalsIgnoringCase("nan") ? Double.nan : nil
  }
}

extension DecimalText {
  /// The number as a double when one multiplication or division of exact doubles gives it.
  fileprivate var exactDouble: Double? {
    let digitCount = integerDigitCount + fractionDigitCount
    let shift = exponent - fractionDigitCount
    guard digitCount <= 15, abs(shift) <= 22, let whole = unscaledDigits else { return nil }
    let power = DecimalText.powers[abs(shift)]
    let magnitude = shift < 0 ? Double(whole) / power : Double(whole) * power
    return isNegative ? -magnitude : magnitude
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
