import Core

/// Numbers of any length as plain texts: no exponent, all digits of the scale.
enum DecimalText {
  /// Longer numbers than these are no column's, and an exponent is quickly written.
  private static let maximumLength = 200_000

  /// The number whose unscaled value the bytes are, the highest first, in two's complement.
  static func text(unscaled bytes: [UInt8], scale: Int) -> [UInt8]? {
    guard let first = bytes.first, bytes.count <= maximumLength / 4 else { return nil }
    let isNegative = first & 0x80 != 0
    let digits = self.digits(of: isNegative ? negated(bytes) : bytes)
    return placed(digits, scale, isNegative: isNegative && digits != [UInt8(ascii: "0")])
  }

  /// `text`, a number of JSON, without an exponent; nil where that would be too long.
  static func plain(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard let mark = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else {
      return bytes
    }
    guard let exponent = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)),
      exponent.magnitude <= maximumLength
    else { return nil }
    let isNegative = bytes.first == UInt8(ascii: "-")
    let mantissa = bytes[(isNegative ? 1 : 0)..<mark]
    let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
    let behind = max(0, mantissa.endIndex - point - 1)
    var digits = Array(mantissa.filter { $0 != UInt8(ascii: ".") })
    while digits.count > 1, digits[0] == UInt8(ascii: "0") { digits.removeFirst() }
    return placed(digits, behind - exponent, isNegative: isNegative)
  }

  /// `text` without zeros behind its point, and without a point that nothing is behind.
  static func withoutZeros(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(UInt8(ascii: ".")) else { return text }
    var text = text
    while text.last == UInt8(ascii: "0") { text.removeLast() }
    if text.last == UInt8(ascii: ".") { text.removeLast() }
    return text
  }

  /// `digits` with a point before the last `scale` of them.
  private static func placed(_ digits: [UInt8], _ scale: Int, isNegative: Bool) -> [UInt8] {
    var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    let zero = UInt8(ascii: "0")
    guard scale > 0 else {
      let isZero = digits == [zero]
      return text + digits + Array(repeating: zero, count: isZero ? 0 : -scale)
    }
    let padding = max(0, scale + 1 - digits.count)
    let all = Array(repeating: zero, count: padding) + digits
    text += all[..<(all.count - scale)]
    text.append(UInt8(ascii: "."))
    return text + all[(all.count - scale)...]
  }

  private static func negated(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes.map { ~$0 }
    for index in result.indices.reversed() {
      result[index] &+= 1
      if result[index] != 0 { break }
    }
    return result
  }

  /// The decimal digits of a number that the bytes are, the highest first.
  private static func digits(of bytes: [UInt8]) -> [UInt8] {
    // Nine digits a place, the lowest first.
    var places: [UInt64] = [0]
    for byte in bytes {
      var carry = UInt64(byte)
      for index in places.indices {
        let value = places[index] << 8 + carry
        places[index] = value % 1_000_000_000
        carry = value / 1_000_000_000
      }
      if carry > 0 { places.append(carry) }
    }
    var text = String(places.last ?? 0)
    for place in places.dropLast().reversed() { text += padded(Int(place), 9) }
    return Array(text.utf8)
  }
}
