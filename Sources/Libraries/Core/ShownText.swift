/// `text` as a person may look at it: what a terminal would obey, or what would turn, break or hide
/// a line, is spelled out as JSON has it: `\n`, `\u001b`. Whatever came from outside goes through
/// here on its way into a message or a table.
package func shown(_ text: some StringProtocol) -> String {
  guard text.utf8.contains(where: mayBeObeyed) else { return String(text) }
  return shown(text, keeping: [])
}

/// The same for text that has lines of its own: these, and tabs in them, stay.
package func shownLines(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 != 0x0A && $0 != 0x09 && mayBeObeyed($0) }) else {
    return text
  }
  return shown(text, keeping: ["\n", "\t"])
}

private func shown(_ text: some StringProtocol, keeping kept: Set<Unicode.Scalar>) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    guard isObeyed(scalar), !kept.contains(scalar) else {
      result.unicodeScalars.append(scalar)
      continue
    }
    switch scalar {
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    default:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
  }
  return result
}

/// Whether a byte of UTF-8 may begin a character that is not to reach a terminal: most texts have
/// none.
private func mayBeObeyed(_ byte: UInt8) -> Bool {
  byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xD8 || byte == 0xE2 || byte == 0xEF
}

/// Controls of old and new, marks and overrides of direction, separators of lines, the signs of
/// notes between lines and the mark of byte order.
private func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x206F: true
  case 0xFEFF, 0xFFF9...0xFFFB: true
  default: false
  }
}
