import Core
import JSON

/// Arrays as PostgreSQL spells them: `{1,2}`, `{"a b",NULL}`.
enum ArrayText {
  /// The text of an array whose elements have `form`; nil when it is none, or one of them cannot be
  /// read.
  static func text(of value: JSONValue, _ form: ValueForm) -> [UInt8]? {
    guard let elements = value.array else { return nil }
    var text: [UInt8] = [UInt8(ascii: "{")]
    for (index, element) in elements.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      guard let part = part(element, form) else { return nil }
      text += part
    }
    text.append(UInt8(ascii: "}"))
    return text
  }

  private static func part(_ element: JSONValue, _ form: ValueForm) -> [UInt8]? {
    if element.isNull { return Array("NULL".utf8) }
    if case .array(let inner) = form { return text(of: element, inner) }
    if let truth = element.bool { return [UInt8(ascii: truth ? "t" : "f")] }
    guard let text = try? form.text(of: element) else { return nil }
    if form == .base64 { return quoted(Array("\\x".utf8) + text.map(lower)) }
    return needsQuotes(text) ? quoted(text) : text
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") ? byte | 0x20 : byte
  }

  private static func needsQuotes(_ text: [UInt8]) -> Bool {
    text.isEmpty || text.map({ $0 & 0xDF }).elementsEqual("NULL".utf8)
      || text.contains { byte in
        (0x09...0x0D).contains(byte) || " {}\",\\".utf8.contains(byte)
      }
  }

  private static func quoted(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        result.append(UInt8(ascii: "\\"))
      }
      result.append(byte)
    }
    return result + [UInt8(ascii: "\"")]
  }
}
