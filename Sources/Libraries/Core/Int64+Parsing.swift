extension Int64 {
  /// The whole number in `text` by Spark's CAST: an optional sign and digits, spaces around it
  /// trimmed. Nil for other text (`1.9`, `12x`, nothing) and past 64 bits.
  package init?(parsing text: TextBytes) {
    let bytes = text.trimmed
    var at = 0
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      at = 1
    }
    guard at < bytes.count else { return nil }
    // Counted downwards: the negative range is the wider one.
    var value: Int64 = 0
    while at < bytes.count {
      let digit = digitValue(bytes[at])
      guard digit <= 9 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (difference, past) = product.subtractingReportingOverflow(Int64(digit))
      guard !overflow, !past else { return nil }
      value = difference
      at += 1
    }
    guard isNegative || value != Int64.min else { return nil }
    self = isNegative ? value : -value
  }

  /// `init(parsing:)` for a slice of bytes.
  package init?(parsing text: ArraySlice<UInt8>) {
    guard let value = text.withTextBytes({ Int64(parsing: $0) }) else { return nil }
    self = value
  }

  /// `init(parsing:)` for a string.
  package init?(parsing text: String) {
    guard let value = text.withTextBytes({ Int64(parsing: $0) }) else { return nil }
    self = value
  }
}
