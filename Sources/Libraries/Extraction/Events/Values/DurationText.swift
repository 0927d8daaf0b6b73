import Core

/// Durations in ISO 8601, as PostgreSQL writes them with `intervalstyle = iso_8601`.
enum DurationText {
  /// A duration that counts units of a second: hours, minutes and seconds, each with its sign.
  static func text(_ count: Int64, unitsPerSecond units: Int64) -> [UInt8] {
    let (seconds, fraction) = count.quotientAndRemainder(dividingBy: units)
    var text = Array("PT".utf8)
    if seconds / 3_600 != 0 { text += Array("\(seconds / 3_600)H".utf8) }
    if seconds / 60 % 60 != 0 { text += Array("\(seconds / 60 % 60)M".utf8) }
    if seconds % 60 != 0 || fraction != 0 || text.count == 2 {
      if count < 0, seconds % 60 == 0, fraction != 0 { text.append(UInt8(ascii: "-")) }
      text += Array("\(seconds % 60)".utf8)
      text += ClockText.fraction(Int64(fraction.magnitude), units)
      text.append(UInt8(ascii: "S"))
    }
    return text
  }

  /// `text` without the parts that are zero (`P0Y1M0DT0H0M0.0S` is `P1M`); nil when it is no
  /// duration.
  static func shortened(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.first == UInt8(ascii: "P"), bytes.count > 1 else { return nil }
    var result = Array("P".utf8)
    var number: [UInt8] = []
    var isTime = false
    var hasTime = false
    for byte in bytes.dropFirst() {
      switch byte {
      case UInt8(ascii: "T") where number.isEmpty && !isTime: isTime = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
        number.append(byte)
      case UInt8(ascii: "Y"), UInt8(ascii: "M"), UInt8(ascii: "W"), UInt8(ascii: "D"),
        UInt8(ascii: "H"), UInt8(ascii: "S"):
        guard number.contains(where: { digitValue($0) <= 9 }) else { return nil }
        if number.contains(where: { (1...9).contains(digitValue($0)) }) {
          if isTime, !hasTime { result.append(UInt8(ascii: "T")) }
          hasTime = isTime
          result += DecimalText.withoutZeros(number) + [byte]
        }
        number = []
      default: return nil
      }
    }
    guard number.isEmpty else { return nil }
    return result.count == 1 ? Array("PT0S".utf8) : result
  }
}
