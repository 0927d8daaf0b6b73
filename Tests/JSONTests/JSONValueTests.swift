import Core
import JSON
import Testing

@Suite struct JSONValueTests {
  @Test func `a value is written with its keys in order`() {
    var object: JSONObject = ["b": 1, "a": [nil, true, "x\"\u{1}"]]
    object["c"] = [:]
    object["b"] = JSONValue(Decimal(unscaled: 150, scale: 2))
    #expect(
      JSONWriter.text(.object(object)) == #"{"b":1.50,"a":[null,true,"x\"\u0001"],"c":{}}"#)
    object["a"] = nil
    #expect(
      JSONWriter.text(.object(object), .pretty) == "{\n  \"b\": 1.50,\n  \"c\": {}\n}")
  }

  @Test func `numbers are read in the type that is asked for`() {
    #expect(JSONValue.number("1e3").int64 == 1_000)
    #expect(JSONValue.number("1.0").int64 == 1)
    #expect(JSONValue.number("1.5").int64 == nil)
    #expect(JSONValue.number("9223372036854775808").int64 == nil)
    #expect(JSONValue.number("0.1").double == 0.1)
    #expect(JSONValue.number("12.50").decimal?.description == "12.50")
    #expect(JSONValue.string("1").int64 == nil)
    #expect(JSONValue(Double.nan) == .null)
  }

  @Test func `subscripts reach into values and miss without fuss`() {
    let value: JSONValue = ["a": [1, ["b": "x"]]]
    #expect(value["a"]?[1]?["b"]?.string == "x")
    #expect(value["a"]?[9] == nil)
    #expect(value["z"]?["y"] == nil)
  }
}
