import Core
import JSON

/// A value that is not written as its column's form says.
struct UnreadableValue: Error {
  let value: JSONValue
}

extension ValueForm {
  /// The text that bronze keeps of `value`; nil is NULL.
  func text(of value: JSONValue) throws(UnreadableValue) -> [UInt8]? {
    if value.isNull { return nil }
    if self == .plain { return ValueForm.plainText(value) }
    guard let text = formed(value) else { throw UnreadableValue(value: value) }
    return text
  }

  /// A value without a form of its own.
  private static func plainText(_ value: JSONValue) -> [UInt8] {
    switch value {
    case .string(let text), .number(let text): Array(text.utf8)
    case .bool(let truth): Array((truth ? "true" : "false").utf8)
    default: JSONWriter.bytes(value)
    }
  }

  private func formed(_ value: JSONValue) -> [UInt8]? {
    switch self {
    case .plain: ValueForm.plainText(value)
    case .date, .timeOfDay, .localTime, .duration: counted(value)
    case .zonedTime: value.string.flatMap { ISOTime($0)?.utcText }
    case .isoLocalTime: value.string.flatMap { ISOTime($0)?.localText }
    case .isoTimeOfDay: value.string.flatMap(ISOTime.timeOfDay)
    case .isoDate: value.string.flatMap(ISOTime.date)
    case .interval: value.string.flatMap(DurationText.shortened)
    case .decimal(let scale): ValueForm.decimal(value, scale)
    case .scaledDecimal:
      value["scale"]?.wholeNumber.flatMap { scale in
        value["value"].flatMap { ValueForm.decimal($0, scale) }
      } ?? value.number.flatMap(DecimalText.plain)
    case .base64: value.string.flatMap(Radix64.bytes).map(ValueForm.hexadecimalDigits)
    case .hexadecimal: value.string.flatMap { bytes(ofHex: $0) }.map(ValueForm.hexadecimalDigits)
    case .bits(let count): value.string.flatMap(Radix64.bytes).map { ValueForm.bitText($0, count) }
    case .array(let form): ArrayText.text(of: value, form)
    case .geometry:
      value["wkb"]?.string.flatMap(Radix64.bytes).map(ValueForm.hexadecimalDigits)
    case .point: ValueForm.pointText(value)
    }
  }

  /// A value that counts units from a beginning; a text of such a column says what no number can,
  /// as `infinity`.
  private func counted(_ value: JSONValue) -> [UInt8]? {
    if let word = value.string, word == "infinity" || word == "-infinity" {
      return Array(word.utf8)
    }
    guard let count = value.wholeNumber64 else { return nil }
    switch self {
    case .date(let units): return ClockText.date(floorDivide(count, units))
    case .timeOfDay(let units): return ClockText.timeOfDay(count, unitsPerSecond: units)
    case .localTime(let units): return ClockText.localTime(count, unitsPerSecond: units)
    case .duration(let units): return DurationText.text(count, unitsPerSecond: units)
    default: return nil
    }
  }

  /// The unscaled number in base64, a number, or its text, as the converter was told to write it.
  private static func decimal(_ value: JSONValue, _ scale: Int) -> [UInt8]? {
    if let number = value.number { return DecimalText.plain(number) }
    guard numbers.contains(scale), let bytes = value.string.flatMap(Radix64.bytes) else {
      return nil
    }
    return DecimalText.text(unscaled: bytes, scale: scale)
  }

  /// As house and logical decoding write bytes.
  static func hexadecimalDigits(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// Bits as `0` and `1`, the highest first; a column of varying length tells no count, and has
  /// those that count.
  private static func bitText(_ bytes: [UInt8], _ count: Int?) -> [UInt8] {
    let digits = bytes.reversed().flatMap { byte in
      (0..<8).reversed().map { UInt8(ascii: "0") + (byte >> $0 & 1) }
    }
    guard let count, count > 0 else {
      let start = digits.firstIndex(of: UInt8(ascii: "1")) ?? max(0, digits.count - 1)
      return Array(digits[start...])
    }
    let missing = max(0, count - digits.count)
    return Array(repeating: UInt8(ascii: "0"), count: missing) + digits.suffix(count)
  }

  private static func pointText(_ value: JSONValue) -> [UInt8]? {
    guard let x = value["x"]?.number.flatMap(DecimalText.plain),
      let y = value["y"]?.number.flatMap(DecimalText.plain)
    else { return nil }
    return Array("(".utf8) + DecimalText.withoutZeros(x) + Array(",".utf8)
      + DecimalText.withoutZeros(y) + Array(")".utf8)
  }
}
