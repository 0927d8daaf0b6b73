package import Core

/// The text forms in which databases hold values: written without a `String` a value, read
/// strictly.
package enum ValueText {
  /// Appends `yyyy-mm-dd`.
  package static func append(date dayNumber: Int32, to bytes: inout [UInt8]) {
    let (year, month, day) = CivilDate(dayNumber: dayNumber).components
    guard (0...9_999).contains(year) else {
      bytes.append(contentsOf: CivilDate(dayNumber: dayNumber).description.utf8)
      return
    }
    append(year, digits: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(month, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(day, digits: 2, to: &bytes)
  }

  /// Appends RFC 3339 in UTC, with a fraction of the second only where there is one.
  package static func append(instant microseconds: Int64, to bytes: inout [UInt8]) {
    let instant = Timestamp(microseconds: microseconds)
    append(date: instant.date.dayNumber, to: &bytes)
    let (seconds, fraction) = Int(instant.microsecondOfDay).quotientAndRemainder(
      dividingBy: 1_000_000)
    bytes.append(UInt8(ascii: "T"))
    append(seconds / 3_600, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(seconds / 60 % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(seconds % 60, digits: 2, to: &bytes)
    if fraction != 0 {
      bytes.append(UInt8(ascii: "."))
      append(fraction, digits: 6, to: &bytes)
      while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Appends a whole number.
  package static func append(integer value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    var rest = value.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// The shortest text that reads back to `value`.
  package static func text(_ value: Double) -> String {
    value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : value.isNaN ? "NaN" : "\(value)"
  }

  /// The instant that `text` spells: `yyyy-mm-dd`, then perhaps `T` or a space and `hh:mm[:ss[.f]]`,
  /// then perhaps `Z` or an offset (none means UTC); digits of the fraction past the sixth are cut.
  /// Nil when it is none.
  package static func instant(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    var reader = DigitReader(text)
    guard let date = reader.date() else { return nil }
    let midnight = Timestamp(date).microseconds
    if reader.isAtEnd { return Timestamp(microseconds: midnight) }
    guard reader.take("T") || reader.take("t") || reader.take(" "), let ofDay = reader.timeOfDay(),
      let offset = reader.offset(), reader.isAtEnd
    else { return nil }
    return Timestamp(microseconds: midnight + ofDay - offset)
  }

  /// The day that `text` spells as `yyyy-mm-dd`, or nil.
  package static func date(_ text: UnsafeBufferPointer<UInt8>) -> CivilDate? {
    var reader = DigitReader(text)
    guard let date = reader.date(), reader.isAtEnd else { return nil }
    return date
  }

  /// The number that `text` spells (`-12.50`), exactly; nil when it is none or has an exponent.
  package static func decimal(_ text: UnsafeBufferPointer<UInt8>) -> Decimal? {
    var reader = DigitReader(text)
    return reader.decimal()
  }

  private static func append(_ value: Int, digits: Int, to bytes: inout [UInt8]) {
    var unit = 1
    for _ in 1..<digits { unit *= 10 }
    while unit > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / unit % 10))
      unit /= 10
    }
  }
}

/// Reads digits and marks off the front of a text.
private struct DigitReader {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { position == text.count }

  mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  /// Exactly `count` digits.
  mutating func number(_ count: Int) -> Int? {
    guard position + count <= text.count else { return nil }
    var value = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  mutating func date() -> CivilDate? {
    guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  mutating func timeOfDay() -> Int64? {
    guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60 else {
      return nil
    }
    var microseconds = Int64(hour * 3_600 + minute * 60) * Timestamp.microsecondsPerSecond
    guard take(":") else { return microseconds }
    guard let second = number(2), second < 60 else { return nil }
    microseconds += Int64(second) * Timestamp.microsecondsPerSecond
    guard take(".") else { return microseconds }
    var unit: Int64 = 100_000
    guard let first = digit() else { return nil }
    microseconds += Int64(first) * unit
    while let next = digit() {
      unit /= 10
      microseconds += Int64(next) * unit
    }
    return microseconds
  }

  /// How far a zone is ahead of UTC, in microseconds.
  mutating func offset() -> Int64? {
    if isAtEnd || take("Z") || take("z") { return 0 }
    let isAhead = take("+")
    guard isAhead || take("-"), let hour = number(2), hour <= 18 else { return nil }
    var minute = 0
    if !isAtEnd {
      _ = take(":")
      guard let number = number(2), number < 60 else { return nil }
      minute = number
    }
    let size = Int64(hour * 3_600 + minute * 60) * Timestamp.microsecondsPerSecond
    return isAhead ? size : -size
  }

  mutating func decimal() -> Decimal? {
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    var value: Int128 = 0
    var digitCount = 0
    var scale: Int?
    while !isAtEnd {
      if scale == nil, take(".") {
        scale = 0
        continue
      }
      guard let digit = digit(), digitCount < Decimal.maximumPrecision else { return nil }
      value = value * 10 + Int128(digit)
      digitCount += 1
      if let places = scale { scale = places + 1 }
    }
    guard digitCount > 0 else { return nil }
    return Decimal(unscaled: isNegative ? -value : value, scale: scale ?? 0)
  }

  private mutating func digit() -> Int? {
    guard position < text.count else { return nil }
    let digit = text[position] &- UInt8(ascii: "0")
    guard digit <= 9 else { return nil }
    position += 1
    return Int(digit)
  }
}
