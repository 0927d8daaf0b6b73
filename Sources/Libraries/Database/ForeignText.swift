package import Core

/// Text as a database holds it, whatever its bytes are, written as UTF-8.
///
/// UTF-8 stays as it is. A byte that belongs to no character becomes U+FFFD and the byte as two
/// hexadecimal digits: `4D FC 6E` is `M�FCn`. So that different bytes never become one text, an
/// U+FFFD of the source's own with digits behind it that would read as such a byte is written in
/// that way too, byte by byte. `bytes(of:)` undoes both.
package enum ForeignText {
  /// Appends `bytes` as UTF-8.
  package static func append(_ bytes: TextBytes, to text: inout [UInt8]) {
    if bytes.isASCII {
      text.append(contentsOf: bytes)
      return
    }
    var index = 0
    while index < bytes.count {
      let length = bytes.characterLength(at: index)
      if length == 0 || bytes.escapedByte(at: index) != nil {
        for offset in 0..<max(1, length) { appendEscaped(bytes[index + offset], to: &text) }
      } else {
        for offset in 0..<length { text.append(bytes[index + offset]) }
      }
      index += max(1, length)
    }
  }

  /// The bytes that were written as `text`.
  package static func bytes(of text: [UInt8]) -> [UInt8] {
    text.withUnsafeBufferPointer { text in
      var bytes: [UInt8] = []
      var index = 0
      while index < text.count {
        if let byte = text.escapedByte(at: index) {
          bytes.append(byte)
          index += 5
        } else {
          bytes.append(text[index])
          index += 1
        }
      }
      return bytes
    }
  }

  /// Whether `text` stands for bytes that are not all UTF-8.
  package static func isEscaped(_ text: TextBytes) -> Bool {
    if text.isASCII { return false }
    return text.indices.contains { text.escapedByte(at: $0) != nil }
  }

  private static func appendEscaped(_ byte: UInt8, to text: inout [UInt8]) {
    let digits = [UInt8]("0123456789ABCDEF".utf8)
    text.append(contentsOf: [0xEF, 0xBF, 0xBD, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// The byte, above 127, that U+FFFD and two digits at `index` stand for; nil when there are none.
  fileprivate func escapedByte(at index: Int) -> UInt8? {
    guard index + 5 <= count, self[index] == 0xEF, self[index + 1] == 0xBF, self[index + 2] == 0xBD,
      let high = hexadecimalDigit(self[index + 3]), high >= 8,
      let low = hexadecimalDigit(self[index + 4])
    else { return nil }
    return high << 4 | low
  }

  /// How many bytes the character at `index` has (Unicode 16, table 3-7); 0 when it is none.
  fileprivate func characterLength(at index: Int) -> Int {
    func goesOn(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      index + offset < count && range.contains(self[index + offset])
    }
    switch self[index] {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return goesOn(1) ? 2 : 0
    case 0xE0: return goesOn(1, 0xA0...0xBF) && goesOn(2) ? 3 : 0
    case 0xED: return goesOn(1, 0x80...0x9F) && goesOn(2) ? 3 : 0
    case 0xE1...0xEF: return goesOn(1) && goesOn(2) ? 3 : 0
    case 0xF0: return goesOn(1, 0x90...0xBF) && goesOn(2) && goesOn(3) ? 4 : 0
    case 0xF1...0xF3: return goesOn(1) && goesOn(2) && goesOn(3) ? 4 : 0
    case 0xF4: return goesOn(1, 0x80...0x8F) && goesOn(2) && goesOn(3) ? 4 : 0
    default: return 0
    }
  }
}

/// The value of an upper-case hexadecimal digit; nil for other bytes.
private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  if digitValue(byte) <= 9 { return digitValue(byte) }
  return (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte) ? byte - 55 : nil
}
