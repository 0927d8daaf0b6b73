import Core
import JSON
import TestSupport
import Testing

@Suite struct JSONReaderTests {
  @Test(
    arguments: [
      ("null", .null), (" true ", true), ("false", false), ("-0.50e+3", .number("-0.50e+3")),
      ("123456789012345678901234567890", .number("123456789012345678901234567890")),
      (#""a\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#, "a\"\\/\u{8}\u{c}\n\r\té😀"),
      (#""\ud800x""#, "\u{FFFD}x"), (#""\udc00\ud83d""#, "\u{FFFD}\u{FFFD}"),
      ("[]", []), ("{}", [:]), ("[[],[{}],1]", [[], [[:]], 1]),
      (#"{"b":{"c":[1,"x"]},"a":null}"#, ["b": ["c": [1, "x"]], "a": nil]),
      ("\u{FEFF}[1]", [1]),
    ] as [(String, JSONValue)])
  func `texts become the values they spell`(_ text: String, _ expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
  }

  @Test func `of two members with one key the last counts and both are kept`() throws {
    let value = try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#)
    #expect(value["a"]?.int == 3)
    #expect(value.object?.keys == ["a", "b", "a"])
  }

  @Test(arguments: [
    ("[1,2", "e.json:1:5: JSON text ends too early; mend the JSON text"),
    ("[1,\n x]", "e.json:2:2: not JSON: misplaced 'x'; mend the JSON text"),
    ("{\"a\" 1}", "e.json:1:6: not JSON: misplaced '1'; mend the JSON text"),
    ("", "e.json:1:1: no JSON value; mend the JSON text"),
    ("1 2", "e.json:1:3: not JSON: misplaced '2'; mend the JSON text"),
  ])
  func `a fault says where reading stopped`(_ text: String, _ message: String) {
    let fault = #expect(throws: Fault.self) { try JSONValue(parsing: text, at: Place("e.json")) }
    #expect(fault?.kind == .data)
    #expect(fault?.description == message)
  }

  @Test func `a line of a file is told by its number`() {
    let fault = #expect(throws: Fault.self) {
      try JSONReader().readLines(Array("{}\n\n{]\n".utf8), at: Place("log.json"))
    }
    #expect(fault?.place == Place("log.json", line: 3, column: 2))
  }

  @Test func `nesting is limited and never breaks the stack`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSONValue(parsing: nested(1_000)).array != nil)
    #expect(throws: Fault.self) { try JSONValue(parsing: nested(1_001)) }
    #expect(throws: Fault.self) { try JSONValue(parsing: String(repeating: "[", count: 1_000_000)) }
    let objects = String(repeating: "{\"a\":", count: 1_000_000)
    #expect(throws: Fault.self) { try JSONValue(parsing: objects) }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
      #expect(throws: Fault.self) { try JSONValue(parsing: bytes.map(UInt8.init)) }
    }
  }

  @Test(.shared("conformance/JSONTestSuite"))
  func `the public suite's texts are accepted and refused as it says`() throws {
    let files = Shared.files(under: "conformance/JSONTestSuite/test_parsing", suffix: ".json")
    #expect(files.count > 300)
    let reader = JSONReader()
    for file in files {
      let name = file.split(separator: "/").last ?? ""
      let isAccepted = (try? reader.read(try LocalFileSystem().read(file))) != nil
      if name.hasPrefix("y_") { #expect(isAccepted, "\(name)") }
      if name.hasPrefix("n_") { #expect(!isAccepted, "\(name)") }
    }
    for file in Shared.files(under: "conformance/JSONTestSuite/test_transform") {
      _ = try? reader.read(try LocalFileSystem().read(file))
    }
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `what is written is read back`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let value = randomValue(depth: 5, using: &random)
    for style in [JSONWriter.Style.compact, .pretty] {
      let bytes = JSONWriter.bytes(value, style)
      #expect(try JSONReader().read(bytes) == value, "seed \(seed)")
    }
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `a damaged text is refused or read, never more`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let reader = JSONReader()
    var bytes = JSONWriter.bytes(randomValue(depth: 5, using: &random))
    for _ in 0..<50 {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      bytes[index] = Array("\"\\{}[]:,01a \u{0}\n".utf8).randomElement(using: &random) ?? 0
      guard let value = try? reader.read(bytes) else { continue }
      #expect(try reader.read(JSONWriter.bytes(value)) == value, "seed \(seed)")
    }
  }

  private func randomValue(depth: Int, using random: inout SeededRandom) -> JSONValue {
    let strings = ["", "a", "\"q\"", "\\", "\u{1}\n", "é😀", "long text / with words"]
    switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return JSONValue(Int64.random(in: Int64.min...Int64.max, using: &random))
    case 3: return JSONValue(Double.random(in: -1e9...1e9, using: &random))
    case 4: return .string(strings.randomElement(using: &random) ?? "")
    case 5, 6:
      return .object(
        JSONObject(
          (0..<Int.random(in: 0...4, using: &random)).map {
            (
              "\($0)" + (strings.randomElement(using: &random) ?? ""),
              randomValue(depth: depth - 1, using: &random)
            )
          }))
    default:
      return .array(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
          randomValue(depth: depth - 1, using: &random)
        })
    }
  }
}
