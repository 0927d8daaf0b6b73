import Core

/// A record of a topic as `kcat -J` prints it, read member by member from bytes that need not be
/// text: a key or a payload may hold any. What cannot be read is nil; of a line that was cut off
/// the members before the cut are there.
package struct KafkaRecord {
  private(set) var topic: String?
  private(set) var partition: Int64?
  private(set) var offset: Int64?
  private(set) var milliseconds: Int64?
  /// The value: of a text its bytes, of any other JSON value what stands there; nil for null.
  package private(set) var payload: [UInt8]?
  /// Whether the record has its end.
  package private(set) var isWhole = false

  private let bytes: [UInt8]
  private var index = 0

  /// Reads the record that `bytes` are, or the part of one.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    isWhole = readMembers()
  }

  /// Where it stands; nil when that is not told, or is no place that Kafka has.
  package var position: (partition: KafkaOffsets.Partition, offset: Int64)? {
    guard let topic, let partition, let offset,
      KafkaOffsets.mayBe(partition: partition, offset: offset),
      KafkaOffsets.Partition.isTopic(topic)
    else { return nil }
    return (KafkaOffsets.Partition(topic: topic, number: partition), offset)
  }

  private mutating func readMembers() -> Bool {
    guard take(UInt8(ascii: "{")) else { return false }
    if take(UInt8(ascii: "}")) { return true }
    repeat {
      guard peek() == quote, let name = readText(), take(UInt8(ascii: ":")) else { return false }
      guard readValue(of: String(decoding: name.bytes, as: UTF8.self)) else { return false }
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}"))
  }

  /// Reads a value, and keeps it where `name` is that of a member that counts; whether it has its
  /// end.
  private mutating func readValue(of name: String) -> Bool {
    let value: (bytes: [UInt8], isWhole: Bool)
    let isText = peek() == quote
    if isText {
      guard let text = readText() else { return false }
      value = text
    } else {
      value = readOther()
    }
    switch name {
    case "topic": topic = isText ? String(decoding: value.bytes, as: UTF8.self) : nil
    case "partition": partition = number(value.bytes)
    case "offset": offset = number(value.bytes)
    case "ts": milliseconds = number(value.bytes)
    case "payload":
      payload = !isText && value.bytes.elementsEqual("null".utf8) ? nil : value.bytes
    default: break
    }
    return value.isWhole
  }

  private func number(_ text: [UInt8]) -> Int64? { Int64(String(decoding: text, as: UTF8.self)) }

  // MARK: Tokens

  private mutating func peek() -> UInt8? {
    while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    return index < bytes.count ? bytes[index] : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    index += 1
    return true
  }

  /// A number, a word, an object or an array, as it stands there.
  private mutating func readOther() -> (bytes: [UInt8], isWhole: Bool) {
    _ = peek()
    let start = index
    var depth = 0
    while index < bytes.count {
      switch bytes[index] {
      case quote:
        guard readText()?.isWhole == true else { return (Array(bytes[start...]), false) }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","):
        if depth == 0 { return (trimmed(bytes[start..<index]), index > start) }
        if bytes[index] != UInt8(ascii: ",") { depth -= 1 }
      default: break
      }
      index += 1
    }
    return (Array(bytes[start...]), false)
  }

  private func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let end = text.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? text.startIndex
    return Array(text[..<end])
  }

  /// A text without its escapes, as far as it is there; nil where none begins.
  private mutating func readText() -> (bytes: [UInt8], isWhole: Bool)? {
    guard take(quote) else { return nil }
    var text: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == quote { return (text, true) }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard index < bytes.count, appendEscape(to: &text) else { return (text, false) }
    }
    return (text, false)
  }

  /// What stands behind a backslash; false where it is cut off.
  private mutating func appendEscape(to text: inout [UInt8]) -> Bool {
    let letter = bytes[index]
    index += 1
    switch letter {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"):
      guard let unit = unit(at: index) else { return false }
      index += 4
      var value = UInt32(unit)
      if UTF16.isLeadSurrogate(unit), bytes[index...].starts(with: Array("\\u".utf8)),
        let low = self.unit(at: index + 2), UTF16.isTrailSurrogate(low)
      {
        value = 0x10000 + (value - 0xD800) << 10 + (UInt32(low) - 0xDC00)
        index += 6
      }
      text += Array(String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8)
    default: text.append(letter)
    }
    return true
  }

  private func unit(at start: Int) -> UInt16? {
    guard start + 4 <= bytes.count else { return nil }
    return UInt16(String(decoding: bytes[start..<(start + 4)], as: UTF8.self), radix: 16)
  }
}

private let quote = UInt8(ascii: "\"")
