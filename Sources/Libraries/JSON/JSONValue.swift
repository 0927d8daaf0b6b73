package import Core

// JSON: texts to values and back, strictly by RFC 8259, and nothing lost on the way.
//
// `JSONReader` has simdjson find the structure and `JSONTree` builds the value from it;
// `JSONWriter` writes the same value as the same bytes. Begin with `JSONValue`.
//
// For documents and log lines. Rows by the million go from JSON to columns in TextFormats, without
// a value each; what members mean is for Delta, Governance and the others to know.

/// A JSON value. Numbers keep the text they were written with, so nothing is lost on the way.
///
///     let value: JSONValue = ["name": "Anna", "ids": [1, 2]]
///     value["name"]?.string  // "Anna"
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number's text, as RFC 8259 writes it.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// A whole number.
  package init(_ value: some BinaryInteger) { self = .number(String(value)) }

  /// A number in its shortest text; NaN and infinities, which JSON has not, become null.
  package init(_ value: Double) { self = value.isFinite ? .number("\(value)") : .null }

  /// A number with all the digits of its scale.
  package init(_ value: Decimal) { self = .number(value.description) }

  /// A string of this text.
  package init(_ value: String) { self = .string(value) }

  /// A truth value.
  package init(_ value: Bool) { self = .bool(value) }

  /// The text of a string; nil for anything else.
  package var string: String? { if case .string(let value) = self { value } else { nil } }

  /// A truth value; nil for anything else.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The elements of an array; nil for anything else.
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

  /// The members of an object; nil for anything else.
  package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// Whether this is null.
  package var isNull: Bool { self == .null }

  /// A number's text.
  package var number: String? { if case .number(let text) = self { text } else { nil } }

  /// A number that is whole, also when written `1.0` or `1e3`; nil for others and past 64 bits.
  package var int64: Int64? {
    guard let number else { return nil }
    if let value = Int64(parsing: number) { return value }
    guard let exact = Decimal(parsing: number), let whole = exact.rescaled(to: 0), whole == exact
    else { return nil }
    return Int64(exactly: whole.unscaled)
  }

  /// `int64` as an `Int`.
  package var int: Int? { int64.flatMap { Int(exactly: $0) } }

  /// A number as the nearest double.
  package var double: Double? { number.flatMap { Double(parsing: $0) } }

  /// A number exactly; nil past 38 digits.
  package var decimal: Decimal? { number.flatMap { Decimal(parsing: $0) } }

  /// The value of an object's member; of two with one key the last. Nil for other values.
  package subscript(key: String) -> JSONValue? { object?[key] }

  /// An array's element; nil out of range and for other values.
  package subscript(index: Int) -> JSONValue? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self.init(value) }
  package init(floatLiteral value: Double) { self.init(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
}
