import Columnar
import Core
import Delta
import TestSupport
import Testing

@Suite struct SchemaJSONTests {
  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `any schema comes back from its text as it was`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let fields = (0..<6).map { index in
      Field(
        "c\(index) ü\"", random.type(depth: 3), isNullable: index % 2 == 0,
        metadata: index == 0 ? ["comment": "a \"quoted\" one", "json:n": "1", "json:o": "{}"] : [:])
    }
    let text = SchemaJSON.encode(Schema(fields))
    #expect(try SchemaJSON.decode(text, at: Place("schema")) == Schema(fields), "seed \(seed)")
  }

  @Test func `a schema is spelled as Spark spells it`() throws {
    let schema = Schema([
      Field("id", .bigint, isNullable: false, metadata: ["comment": "key", "json:n": "1"]),
      Field("price", .decimal(precision: 12, scale: 2)),
      Field("tags", .array(element: .string, containsNull: true)),
    ])
    #expect(
      SchemaJSON.encode(schema) == #"""
        {"type":"struct","fields":[{"name":"id","type":"long","nullable":false,"metadata":\#
        {"comment":"key","n":1}},{"name":"price","type":"decimal(12,2)","nullable":true,\#
        "metadata":{}},{"name":"tags","type":{"type":"array","elementType":"string",\#
        "containsNull":true},"nullable":true,"metadata":{}}]}
        """#)
  }

  @Test(arguments: [
    #"{"type":"struct","fields":[{"name":"v","type":"variant"}]}"#,
    #"{"type":"struct","fields":[{"name":"v","type":"interval year to month"}]}"#,
    #"{"type":"struct","fields":[{"name":"v","type":"decimal(39,2)"}]}"#,
    #"{"type":"struct","fields":[{"type":"long"}]}"#, #"{"type":"array"}"#, "\"long\"", "[", "",
  ])
  func `what is no schema we know is a fault`(_ text: String) {
    let fault = #expect(throws: Fault.self) { try SchemaJSON.decode(text, at: Place("log")) }
    #expect(fault?.kind == .data)
    if text.contains("variant") { #expect(fault?.problem.contains("'variant'") == true) }
  }
}
