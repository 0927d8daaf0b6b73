package import Core

/// How the characters of a text file are written as bytes, by the names that Java gives charsets.
package enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "UTF-8"
  /// By its byte order mark; big-endian without one.
  case utf16 = "UTF-16"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  case latin1 = "ISO-8859-1"
  case windows1252 = "windows-1252"

  /// The encoding of this name, in any letter case, or of one of its common other names.
  package init?(named name: String) {
    switch name.lowercased() {
    case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
    case "latin1", "latin-1", "iso8859-1", "iso_8859-1": self = .latin1
    case "cp1252": self = .windows1252
    case let name:
      guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == name }) else {
        return nil
      }
      self = found
    }
  }

  /// The UTF-8 of `source`. What is no text in this encoding becomes bytes that are no UTF-8
  /// either, so that whoever reads it finds the place.
  package func decoding(_ source: any ByteSource) -> any ByteSource {
    switch self {
    case .utf8: source
    case .latin1: SingleByteDecoder(source) { $0 }
    case .windows1252:
      SingleByteDecoder(source) { byte in
        (0x80..<0xA0).contains(byte) ? windows1252Scalars[Int(byte - 0x80)] : byte
      }
    case .utf16: UTF16Decoder(source, isLittleEndian: nil)
    case .utf16LittleEndian: UTF16Decoder(source, isLittleEndian: true)
    case .utf16BigEndian: UTF16Decoder(source, isLittleEndian: false)
    }
  }

  /// What stands before the first character of a file.
  package var mark: [UInt8] { self == .utf16 ? [0xFE, 0xFF] : [] }

  /// The bytes of `text`, which is UTF-8 and came from `decoding`.
  package func encoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    switch self {
    case .utf8: return Array(text)
    case .latin1:
      return String(decoding: text, as: UTF8.self).unicodeScalars.map {
        UInt8(truncatingIfNeeded: $0.value)
      }
    case .windows1252:
      return String(decoding: text, as: UTF8.self).unicodeScalars.map { scalar in
        let special = windows1252Scalars.firstIndex { $0 == scalar.value && $0 > 0xFF }
        return special.map { UInt8($0 + 0x80) } ?? UInt8(truncatingIfNeeded: scalar.value)
      }
    case .utf16, .utf16BigEndian, .utf16LittleEndian:
      return String(decoding: text, as: UTF8.self).utf16.flatMap { unit in
        let high = UInt8(unit >> 8)
        let low = UInt8(truncatingIfNeeded: unit)
        return self == .utf16LittleEndian ? [low, high] : [high, low]
      }
    }
  }
}

/// The scalars of bytes 0x80 to 0x9F; the byte's own number where the code page has none, so that
/// nothing is lost.
private let windows1252Scalars: [UInt32] = [
  0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
  0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
  0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
]

/// Text of which each byte is a character.
private final class SingleByteDecoder: ByteSource {
  private let source: any ByteSource
  /// The UTF-8 of each byte.
  private let texts: [[UInt8]]

  /// `scalar` tells the character of a byte from 0x80 on.
  init(_ source: any ByteSource, _ scalar: (UInt32) -> UInt32) {
    self.source = source
    texts = (0..<256).map { byte in
      guard byte >= 0x80, let found = Unicode.Scalar(scalar(UInt32(byte))) else {
        return [UInt8(byte)]
      }
      return Array(String(Character(found)).utf8)
    }
  }

  func next() throws(Fault) -> [UInt8]? {
    guard let piece = try source.next() else { return nil }
    guard piece.contains(where: { $0 >= 0x80 }) else { return piece }
    var text: [UInt8] = []
    text.reserveCapacity(piece.count + piece.count / 8)
    for byte in piece {
      if byte < 0x80 { text.append(byte) } else { text += texts[Int(byte)] }
    }
    return text
  }
}

/// Text in units of two bytes.
private final class UTF16Decoder: ByteSource {
  private let source: any ByteSource
  /// Nil until the first unit has told.
  private var isLittleEndian: Bool?
  private var rest: [UInt8] = []
  private var high: UInt16?
  private var isAtEnd = false

  init(_ source: any ByteSource, isLittleEndian: Bool?) {
    self.source = source
    self.isLittleEndian = isLittleEndian
  }

  func next() throws(Fault) -> [UInt8]? {
    while !isAtEnd {
      var bytes = rest
      rest = []
      var text: [UInt8] = []
      if let piece = try source.next() {
        bytes += piece
        if bytes.count % 2 == 1 { rest = [bytes.removeLast()] }
        append(units: bytes, to: &text)
      } else {
        isAtEnd = true
        if let high { append(half: high, to: &text) }
        // Half a unit: a byte that UTF-8 never has.
        if !bytes.isEmpty { text.append(0xFF) }
      }
      if !text.isEmpty { return text }
    }
    return nil
  }

  private func append(units bytes: [UInt8], to text: inout [UInt8]) {
    text.reserveCapacity(bytes.count)
    var start = 0
    if isLittleEndian == nil, bytes.count >= 2 {
      isLittleEndian = bytes[0] == 0xFF && bytes[1] == 0xFE
      if bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF { start = 2 }
    }
    let isLittle = isLittleEndian ?? false
    for index in stride(from: start, to: bytes.count, by: 2) {
      let first = UInt16(bytes[index])
      let second = UInt16(bytes[index + 1])
      append(isLittle ? second << 8 | first : first << 8 | second, to: &text)
    }
  }

  private func append(_ unit: UInt16, to text: inout [UInt8]) {
    if let high {
      self.high = nil
      if UTF16.isTrailSurrogate(unit) {
        let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
        text += String(Character(Unicode.Scalar(value)!)).utf8
        return
      }
      append(half: high, to: &text)
    }
    if unit < 0x80 {
      text.append(UInt8(unit))
    } else if UTF16.isLeadSurrogate(unit) {
      high = unit
    } else if let scalar = Unicode.Scalar(unit) {
      text += String(Character(scalar)).utf8
    } else {
      append(half: unit, to: &text)
    }
  }

  /// One half of a pair without the other, by the pattern of UTF-8, which forbids it.
  private func append(half unit: UInt16, to text: inout [UInt8]) {
    text.append(0xE0 | UInt8(unit >> 12))
    text.append(0x80 | UInt8(unit >> 6 & 0x3F))
    text.append(0x80 | UInt8(unit & 0x3F))
  }
}
