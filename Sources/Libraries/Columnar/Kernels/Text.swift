import Core

/// Values as Spark's CAST to STRING writes them.
extension Column {
  /// The text of one value; `null` for NULL (as inside arrays and structures).
  package func sparkText(at row: Int) -> String {
    var bytes: [UInt8] = []
    appendText(at: row, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text of one value to `bytes`.
  package func appendText(at row: Int, to bytes: inout [UInt8]) {
    if isNull(row) {
      bytes.append(contentsOf: "null".utf8)
      return
    }
    switch values {
    case .boolean(let values): bytes.append(contentsOf: (values[row] ? "true" : "false").utf8)
    case .int32(let values):
      if type == .date {
        bytes.append(contentsOf: CivilDate(dayNumber: values[row]).description.utf8)
      } else {
        appendDecimalText(Int128(values[row]), scale: 0, to: &bytes)
      }
    case .int64(let values):
      if type == .timestamp {
        bytes.append(contentsOf: Timestamp(microseconds: values[row]).sparkText.utf8)
      } else {
        appendDecimalText(Int128(values[row]), scale: type.scale, to: &bytes)
      }
    case .int128(let values): appendDecimalText(values[row], scale: type.scale, to: &bytes)
    case .double(let values):
      let value = values[row]
      bytes.append(contentsOf: (type == .float ? javaText(Float(value)) : javaText(value)).utf8)
    case .bytes, .dictionary: withBytes { bytes.append(contentsOf: $0[row]) }
    case .list(let offsets, let elements):
      appendList(elements, Int(offsets[row])..<Int(offsets[row + 1]), to: &bytes)
    case .structure(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(contentsOf: ", ".utf8) }
        member.appendText(at: row, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private func appendList(_ elements: Column, _ rows: Range<Int>, to bytes: inout [UInt8]) {
    if case .map = type, case .structure(let pair) = elements.values {
      bytes.append(UInt8(ascii: "{"))
      for row in rows {
        if row > rows.lowerBound { bytes.append(contentsOf: ", ".utf8) }
        pair[0].appendText(at: row, to: &bytes)
        bytes.append(contentsOf: " -> ".utf8)
        pair[1].appendText(at: row, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
      return
    }
    bytes.append(UInt8(ascii: "["))
    for row in rows {
      if row > rows.lowerBound { bytes.append(contentsOf: ", ".utf8) }
      elements.appendText(at: row, to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }
}

/// Appends `value` × 10^-`scale` in plain notation.
package func appendDecimalText(_ value: Int128, scale: Int, to bytes: inout [UInt8]) {
  if value < 0 { bytes.append(UInt8(ascii: "-")) }
  let start = bytes.count
  var rest = value.magnitude
  var digitCount = 0
  // Digits come out last first; they are turned round below.
  while rest > UInt128(UInt64.max) {
    let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
    bytes.append(0x30 + UInt8(digit))
    rest = quotient
    digitCount += 1
    if digitCount == scale { bytes.append(UInt8(ascii: ".")) }
  }
  var small = UInt64(rest)
  while small > 0 || digitCount <= scale {
    bytes.append(0x30 + UInt8(small % 10))
    small /= 10
    digitCount += 1
    if digitCount == scale { bytes.append(UInt8(ascii: ".")) }
  }
  bytes[start...].reverse()
}

/// A double as Java's `Double.toString` writes it: `1.0`, `1.0E7`, `1.0E-5`, `NaN`, `Infinity`.
package func javaText(_ value: Double) -> String { javaText(value.description, value) }

/// A float as Java's `Float.toString` writes it.
package func javaText(_ value: Float) -> String { javaText(value.description, Double(value)) }

/// `text` is the shortest notation that leads back to the value: `-123.0`, `1e-05`, `1.5e+20`.
private func javaText(_ text: String, _ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
  if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
  let magnitude = abs(value)
  let mantissa = text.prefix { $0 != "e" }
  if magnitude >= 1e-3, magnitude < 1e7, mantissa.count == text.count { return text }
  // Digits without point and sign, and where the point stood before them.
  var exponent = Int(text.dropFirst(mantissa.count + 1)) ?? 0
  let unsigned = mantissa.drop { $0 == "-" }
  let whole = unsigned.prefix { $0 != "." }
  let fraction = unsigned.dropFirst(whole.count + 1)
  var digits = String(whole + fraction)
  exponent += whole.count
  let leadingZeros = digits.prefix { $0 == "0" }.count
  digits.removeFirst(leadingZeros)
  exponent -= leadingZeros
  while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
  let sign = value < 0 ? "-" : ""
  let rest = digits.dropFirst()
  if magnitude >= 1e-3, magnitude < 1e7 {
    // 0.001 is written by its digits, whatever the notation it came in.
    let zeros = String(repeating: "0", count: max(0, -exponent))
    return exponent <= 0
      ? "\(sign)0.\(zeros)\(digits)"
      : "\(sign)\(digits)\(String(repeating: "0", count: max(0, exponent - digits.count))).0"
  }
  return "\(sign)\(digits.prefix(1)).\(rest.isEmpty ? "0" : String(rest))E\(exponent - 1)"
}
