import Columnar
import Core
import JSON
import TestSupport
import TextFormats

let jsonWords = [
  "{", "}", "[", "]", ":", ",", "\"", "\\", "null", "true", "false", "\\u0000", "\\ud83d",
  "\\udc00",
  "\\\"", "\n", "\r\n", "\u{FEFF}", "{\"\":", "[[[[[[[[", "\"event_id\":", "\"event_ts\":",
]

let jsonDocuments: [CorpusSource] = [
  .own("json"), .shared("conformance/JSONTestSuite", suffix: ".json"),
  .shared("conformance/openlineage", suffix: ".json"),
]

extension Target {
  /// What is read and written again must read the same.
  static let jsonValues = Target(
    name: "json-values", meaning: "one JSON text into a tree", corpus: jsonDocuments,
    words: jsonWords,
    grammar: JSONGrammar.lines
  ) { input in
    let value = try JSONReader().read(input)
    let again = try JSONReader().read(JSONWriter.bytes(value))
    guard again == value else { throw Disagreement("written and read again, it is another value") }
    _ = try JSONReader(maximumDepth: 3).read(JSONWriter.bytes(value, .pretty))
  }

  static let jsonLines = Target(
    name: "json-lines", meaning: "lines of JSON into columns of every type",
    corpus: jsonDocuments + [.own("json-lines"), .shared("conformance/debezium-events")],
    words: jsonWords, grammar: JSONGrammar.lines
  ) { input in
    let file = MemoryFile(input)
    let place = Place("input")
    var options = JSONLinesOptions(
      rawColumn: "__raw", lineNumberColumn: "__line", overlongLines: .cut, batchRowCount: 3)
    try drain(JSONLinesReader(file, schema: Foreign.schema, options: options, at: place))
    options = JSONLinesOptions(spreadsArrays: false, requiredText: "a")
    try drain(JSONLinesReader(file, schema: Foreign.schema, options: options, at: place))
    var inference = JSONInference()
    try inference.take(file, at: place)
    try drain(JSONLinesReader(file, schema: inference.schema, at: place))
  }

  /// The door to bronze must keep objects and nothing else.
  static let jsonDoor = Target(
    name: "json-door", meaning: "lines of JSON kept as they are, or set aside",
    corpus: jsonDocuments + [.own("json-lines")], words: jsonWords, grammar: JSONGrammar.lines
  ) { input in
    let block = ByteBlock(capacity: 0)
    block.append(input[...])
    let fields = JSONLineCheck.Fields(
      required: ["event_id", "event_type"], time: "event_ts", sender: ["store_id", "till_id"],
      number: "sequence")
    let outcome = try JSONLineCheck(fields).classify(block, noting: .all)
    let kept = Array(block.bytes)
    guard kept.count(where: { $0 == UInt8(ascii: "\n") }) == outcome.keptCount else {
      throw Disagreement("other lines are kept than counted")
    }
    let reader = JSONReader()
    for line in kept.split(separator: UInt8(ascii: "\n")) {
      guard case .object = try? reader.read(line) else {
        throw Disagreement("a line is kept that is no object")
      }
    }
    for line in outcome.rejected where line.reason == .noObject {
      // A mark of byte order stands before a whole text only.
      if case .object = try? reader.read(line.bytes), line.bytes.first != 0xEF {
        throw Disagreement("an object is set aside as none")
      }
    }
  }
}

/// Columns of every type that text is turned into.
enum Foreign {
  static let schema = Schema(flat.fields + nested)

  /// Those that lines of text without structure can have.
  static let flat = Schema([
    Field("a", .boolean), Field("b", .tinyint), Field("c", .smallint), Field("d", .int),
    Field("e", .bigint), Field("f", .float), Field("g", .double),
    Field("h", .decimal(precision: 9, scale: 2)), Field("i", .decimal(precision: 38, scale: 10)),
    Field("j", .date), Field("k", .timestamp), Field("l", .string), Field("m", .binary),
    Field("_corrupt_record", .string),
  ])

  private static let nested: [Field] = [
    Field("n", .array(element: .int, containsNull: true)),
    Field("o", .map(key: .string, value: .double, valueContainsNull: true)),
    Field(
      "p",
      .structure([
        Field("x", .array(element: .structure([Field("y", .timestamp)]), containsNull: true)),
        Field("z", .decimal(precision: 38, scale: 38)),
      ])),
    Field("q", .null),
  ]
}

/// Reads a source to its end, and looks at every value.
func drain(_ source: any BatchSource, atMost batchCount: Int = 1_000) throws {
  var left = batchCount
  while left > 0, let batch = try source.next() {
    left -= 1
    for column in batch.columns {
      guard column.count == batch.rowCount else {
        throw Disagreement("\(column.count) values in \(batch.rowCount) rows")
      }
      _ = column.flattened().slice(0..<min(20, column.count)).scalars
    }
  }
}
