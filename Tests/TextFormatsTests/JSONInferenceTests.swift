import Columnar
import Core
import JSON
import TestSupport
import Testing
import TextFormats

@Suite struct JSONInferenceTests {
  private func inferred(_ text: String) throws -> JSONInference {
    var inference = JSONInference()
    try inference.take(MemoryFile(Array(text.utf8)), at: Place("x.json"))
    return inference
  }

  private func types(_ text: String) throws -> [String] {
    try inferred(text).schema.fields.map { "\($0.name) \($0.type.sql)" }
  }

  @Test func `a type holds all values of its column, in whichever line they stand`() throws {
    #expect(try types(#"{"a":1}"# + "\n" + #"{"a":1e3}"#) == ["a DOUBLE"])
    #expect(try types(#"{"a":1.0}"#) == ["a DOUBLE"])
    #expect(try types(#"{"a":9223372036854775807}"#) == ["a BIGINT"])
    #expect(
      try types(#"{"a":1}"# + "\n" + #"{"a":-99999999999999999999}"#) == ["a DECIMAL(20,0)"])
    #expect(try types(#"{"a":\#(String(repeating: "9", count: 39))}"#) == ["a DOUBLE"])
    #expect(try types(#"{"a":true}"# + "\n" + #"{"a":1}"#) == ["a STRING"])
    #expect(try types(#"{"a":{},"b":null,"c":[]}"#) == ["a STRING", "b STRING", "c ARRAY<STRING>"])
    let late = String(repeating: #"{"a":1}"# + "\n", count: 3_000) + #"{"a":1.5}"#
    #expect(try types(late) == ["a DOUBLE"])
  }

  @Test func `arrays of objects are rows, other lines are malformed and counted`() throws {
    #expect(try types(#"[{"a":1},{"a":2,"b":"x"}]"#) == ["a BIGINT", "b STRING"])
    let found = try inferred("{\"a\":1}\nnot json\n\n  \n[1]\n5\n")
    #expect(found.malformedCount == 3)
    #expect(found.schema.names == ["_corrupt_record", "a"])
    #expect(try types("").isEmpty && types("[]\n").isEmpty)
  }

  @Test(arguments: 1...150 as ClosedRange<UInt64>)
  func `no value is NULL that the text gives`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let lines = (0..<Int.random(in: 1...40, using: &random)).map { _ in
      JSONValue.object(object(depth: 3, using: &random))
    }
    let text = lines.map { JSONWriter.text($0) }.joined(separator: "\n")
    let schema = try inferred(text).schema
    let reader = try JSONLinesReader(
      MemoryBytes([Array(text.utf8)]), schema: schema, at: Place("x"))
    var row = 0
    while let batch = try reader.next() {
      for index in 0..<batch.rowCount {
        for (name, column) in zip(schema.names, batch.columns) {
          let given = lines[row + index][name] ?? .null
          check(given, column.scalar(at: index), column.type, "seed \(seed): \(name)")
        }
      }
      row += batch.rowCount
    }
    #expect(row == lines.count, "seed \(seed)")
  }

  private func check(_ given: JSONValue, _ read: Scalar, _ type: DataType, _ place: String) {
    #expect(given.isNull == read.isNull, "\(place) is \(JSONWriter.text(given))")
    switch (given, read, type) {
    case (.object(let object), .structure(let members), .structure(let fields)):
      for (field, member) in zip(fields, members) {
        check(object[field.name] ?? .null, member, field.type, "\(place).\(field.name)")
      }
    case (.array(let elements), .list(let values), .array(let element, _)):
      #expect(elements.count == values.count, "\(place)")
      for (element_, value) in zip(elements, values) { check(element_, value, element, place) }
    default: break
    }
  }

  private func object(depth: Int, using random: inout SeededRandom) -> JSONObject {
    var object = JSONObject()
    for name in ["a", "b", "c", "A"] where Bool.random(using: &random) {
      object[name] = value(depth: depth, using: &random)
    }
    return object
  }

  private func value(depth: Int, using random: inout SeededRandom) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 12 : 9), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return JSONValue(Int64.random(in: .min ... .max, using: &random))
    case 3: return .number("1e\(Int.random(in: -30...30, using: &random))")
    case 4: return .number("-\(Int.random(in: 0...99, using: &random)).50")
    case 5:
      let count = Int.random(in: 19...50, using: &random)
      return .number("1" + String(repeating: "7", count: count))
    case 6, 7: return JSONValue(Int.random(in: -9...9, using: &random))
    case 8: return .string(["x", "", "2024-01-01", "1.5", "é"].randomElement(using: &random)!)
    case 9, 10: return .object(object(depth: depth - 1, using: &random))
    default:
      return .array(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
          value(depth: depth - 1, using: &random)
        })
    }
  }
}
