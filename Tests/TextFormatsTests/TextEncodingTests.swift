import Core
import TestSupport
import Testing
import TextFormats

@Suite struct TextEncodingTests {
  @Test(arguments: TextEncoding.allCases, 1...20 as ClosedRange<UInt64>)
  func `text is read back, in whatever pieces`(_ encoding: TextEncoding, seed: UInt64) throws {
    var random = SeededRandom(seed)
    let text = text(encoding, using: &random)
    let bytes = encoding.mark + bytes(of: text, encoding)
    #expect(try decoded(bytes, encoding, using: &random) == Array(text.utf8), "seed \(seed)")
    #expect(encoding.mark + encoding.encoded(Array(text.utf8)[...]) == bytes, "seed \(seed)")
  }

  @Test(arguments: [TextEncoding.latin1, .windows1252])
  func `every byte is a character`(_ encoding: TextEncoding) throws {
    var random = SeededRandom(1)
    let all = (0...255).map { UInt8($0) }
    let text = try decoded(all, encoding, using: &random)
    #expect(String(validating: text, as: UTF8.self)?.unicodeScalars.count == 256)
    #expect(encoding.encoded(text[...]) == all)
  }

  @Test func `UTF-16 goes by its byte order mark`() throws {
    var random = SeededRandom(2)
    for bytes: [UInt8] in [[0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61], [0, 0x61]] {
      #expect(try decoded(bytes, .utf16, using: &random) == Array("a".utf8))
    }
  }

  @Test func `half a character is no text, and what stands around it is`() throws {
    var random = SeededRandom(3)
    let cases: [[UInt8]] = [
      [0x61, 0, 0x3D, 0xD8, 0x62, 0], [0x61, 0, 0x00, 0xDE, 0x62, 0],
      [0x61, 0, 0x3D, 0xD8, 0x3D, 0xD8, 0x62, 0], [0x61, 0, 0x62, 0, 0x3D, 0xD8],
      [0x61, 0, 0x62, 0, 0x63],
    ]
    for bytes in cases {
      let text = try decoded(bytes, .utf16LittleEndian, using: &random)
      #expect(String(validating: text, as: UTF8.self) == nil, "\(bytes)")
      #expect(text.first == 0x61 && text.contains(0x62), "\(bytes)")
    }
  }

  @Test func `names are those of Java, and the common others`() {
    #expect(TextEncoding(named: "utf-16le") == .utf16LittleEndian)
    #expect(TextEncoding(named: "Latin1") == .latin1)
    #expect(TextEncoding(named: "iso-8859-1") == .latin1)
    #expect(TextEncoding(named: "cp1252") == .windows1252)
    #expect(TextEncoding(named: "EBCDIC") == nil)
  }

  private func text(_ encoding: TextEncoding, using random: inout SeededRandom) -> String {
    let alphabet: [Character] =
      switch encoding {
      case .latin1: ["a", "\n", ";", "ß", "ÿ", "\u{80}"]
      case .windows1252: ["a", "\n", ";", "ß", "€", "Ÿ", "\u{81}"]
      default: ["a", "\n", ";", "ß", "€", "\u{FFFD}", "\u{D7FF}", "\u{E000}", "😀", "\u{10FFFF}"]
      }
    return String((0..<200).map { _ in alphabet.randomElement(using: &random)! })
  }

  /// By the standard library's own transcoding.
  private func bytes(of text: String, _ encoding: TextEncoding) -> [UInt8] {
    let special: [Character: UInt8] = ["€": 0x80, "Ÿ": 0x9F]
    return switch encoding {
    case .utf8: Array(text.utf8)
    case .latin1: text.unicodeScalars.map { UInt8($0.value) }
    case .windows1252: text.map { special[$0] ?? UInt8($0.unicodeScalars.first!.value) }
    case .utf16LittleEndian: text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    case .utf16, .utf16BigEndian: text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
  }

  private func decoded(
    _ bytes: [UInt8], _ encoding: TextEncoding, using random: inout SeededRandom
  ) throws -> [UInt8] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let size = Int.random(in: 1...7, using: &random)
      pieces.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    let source = encoding.decoding(MemoryBytes(pieces))
    var text: [UInt8] = []
    while let piece = try source.next() { text += piece }
    return text
  }
}
