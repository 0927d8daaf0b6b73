/// Writes JSON values as UTF-8: compact on one line, or indented by two spaces. Keys stand in the
/// order the value has them, so the same value gives the same bytes.
package struct JSONWriter {
  /// How a value is laid out.
  package enum Style: Sendable {
    case compact
    case pretty
  }

  /// What has been written so far.
  package private(set) var bytes: [UInt8] = []
  private let style: Style

  package init(_ style: Style = .compact) { self.style = style }

  /// Appends a value.
  package mutating func append(_ value: JSONValue) { append(value, depth: 0) }

  /// Appends a line break, which ends a line of JSON lines.
  package mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

  /// The text of one value, without a line break behind it.
  package static func text(_ value: JSONValue, _ style: Style = .compact) -> String {
    String(decoding: bytes(value, style), as: UTF8.self)
  }

  /// `text` as bytes.
  package static func bytes(_ value: JSONValue, _ style: Style = .compact) -> [UInt8] {
    var writer = JSONWriter(style)
    writer.append(value)
    return writer.bytes
  }

  private mutating func append(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let truth): bytes.append(contentsOf: (truth ? "true" : "false").utf8)
    case .number(let text): bytes.append(contentsOf: text.utf8)
    case .string(let text): bytes.appendJSONString(text)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        startElement(index, depth + 1)
        append(element, depth: depth + 1)
      }
      if !elements.isEmpty { breakLine(depth) }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        startElement(index, depth + 1)
        bytes.appendJSONString(member.key)
        bytes.append(UInt8(ascii: ":"))
        if style == .pretty { bytes.append(0x20) }
        append(member.value, depth: depth + 1)
      }
      if !object.isEmpty { breakLine(depth) }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func startElement(_ index: Int, _ depth: Int) {
    if index > 0 { bytes.append(UInt8(ascii: ",")) }
    breakLine(depth)
  }

  private mutating func breakLine(_ depth: Int) {
    guard style == .pretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { bytes.append(contentsOf: [0x20, 0x20]) }
  }
}

extension [UInt8] {
  /// Appends `text` in quotes with what must be escaped escaped: quotes, backslashes and control
  /// characters.
  package mutating func appendJSONString(_ text: String) {
    var copy = text
    copy.withUTF8 { appendJSONString($0) }
  }

  /// `appendJSONString` for UTF-8 bytes.
  package mutating func appendJSONString(_ text: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    var start = 0
    for index in 0..<text.count {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      start = index + 1
      appendEscape(byte)
    }
    append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    append(UInt8(ascii: "\""))
  }

  private mutating func appendEscape(_ byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    default:
      let digits = [UInt8]("0123456789abcdef".utf8)
      append(contentsOf: "u00".utf8)
      append(digits[Int(byte >> 4)])
      append(digits[Int(byte & 15)])
    }
  }
}
