package import Core

/// The text forms in which databases hold values, written without a `String` a value.
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

  /// Appends RFC 3339 in UTC with all six digits of the second's fraction: as all are of one width,
  /// a database that compares texts orders them as times.
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
    bytes.append(UInt8(ascii: "."))
    append(fraction, digits: 6, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  /// The same as a `String`.
  package static func text(instant: Timestamp) -> String {
    var bytes: [UInt8] = []
    append(instant: instant.microseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
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

  private static func append(_ value: Int, digits: Int, to bytes: inout [UInt8]) {
    var unit = 1
    for _ in 1..<digits { unit *= 10 }
    while unit > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / unit % 10))
      unit /= 10
    }
  }
}
