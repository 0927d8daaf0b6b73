extension CivilDate {
  /// The day in `text` by Spark's CAST: `y`, `y-M` or `y-M-d`, years of four to seven digits with
  /// an optional sign, spaces around it; after a full date whatever follows a space or `T` is
  /// ignored, so that a zone never shifts the day. Nil for other text and for days that do not
  /// exist.
  package init?(parsing text: TextBytes) {
    let bytes = text.trimmed
    var at = 0
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      at = 1
    }
    guard let year = bytes.digits(from: &at, counting: 4...7) else { return nil }
    var month = 1
    var day = 1
    if at < bytes.count {
      guard let value = bytes.dashedNumber(from: &at) else { return nil }
      month = value
    }
    if at < bytes.count {
      guard let value = bytes.dashedNumber(from: &at) else { return nil }
      day = value
      guard at == bytes.count || bytes[at] == 0x20 || bytes[at] == UInt8(ascii: "T") else {
        return nil
      }
    }
    self.init(year: isNegative ? -year : year, month: month, day: day)
  }

  /// `init(parsing:)` for a slice of bytes.
  package init?(parsing text: ArraySlice<UInt8>) {
    guard let value = text.withTextBytes({ CivilDate(parsing: $0) }) else { return nil }
    self = value
  }

  /// `init(parsing:)` for a string.
  package init?(parsing text: String) {
    guard let value = text.withTextBytes({ CivilDate(parsing: $0) }) else { return nil }
    self = value
  }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// The number of the digits that stand at `index`, which moves past them; nil when they are not
  /// as many as `counts` allows. At most 18 digits may be allowed.
  func digits(from index: inout Int, counting counts: ClosedRange<Int>) -> Int? {
    let start = index
    var value = 0
    while index < count, index - start < counts.upperBound {
      let digit = digitValue(self[index])
      guard digit <= 9 else { break }
      value = value &* 10 &+ Int(digit)  // At most 18 digits.
      index += 1
    }
    return index - start >= counts.lowerBound ? value : nil
  }

  /// A dash and one or two digits.
  fileprivate func dashedNumber(from index: inout Int) -> Int? {
    guard self[index] == UInt8(ascii: "-") else { return nil }
    index += 1
    return digits(from: &index, counting: 1...2)
  }
}
