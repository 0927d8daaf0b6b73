import Columnar
import Core
import JSON
import TestSupport

/// Spark's rules for JSON files, told over values instead of tokens: the reader must agree.
enum JSONLinesOracle {
  /// A value read as `type`; nil when it does not suit. `isPartial` is set when a member did not.
  static func read(_ value: JSONValue, as type: DataType, _ isPartial: inout Bool) -> Scalar? {
    switch (type, value) {
    case (_, .null): return .null
    case (.boolean, .bool(let truth)): return .boolean(truth)
    case (.int, .number(let text)):
      guard let number = Int64(text), Int32(exactly: number) != nil else { return nil }
      return .integer(number)
    case (.decimal(let precision, let scale), .number(let text)),
      (.decimal(let precision, let scale), .string(let text)):
      return Decimal(parsing: text, precision: precision, scale: scale).map { .decimal($0) }
    case (.double, .number(let text)): return Double(text).map { .double($0) }
    case (.date, .string(let text)): return CivilDate(parsing: text).map { .date($0) }
    case (.string, .string(let text)): return .string(text)
    case (.string, let other): return .string(JSONWriter.text(other))
    case (.array(let element, _), .array(let values)):
      return list(values, element, &isPartial)
    case (.structure(let fields), .object(let object)):
      return .structure(members(of: object, fields, &isPartial))
    default: return nil
    }
  }

  /// The members that `fields` declare; what does not suit is NULL and sets `isPartial`.
  static func members(
    of object: JSONObject, _ fields: [Field], _ isPartial: inout Bool
  ) -> [Scalar] {
    var values = [Scalar](repeating: .null, count: fields.count)
    for (key, value) in object {
      guard let index = fields.firstIndex(where: { $0.name == key }) else { continue }
      let scalar = read(value, as: fields[index].type, &isPartial)
      values[index] = scalar ?? .null
      if scalar == nil { isPartial = true }
    }
    return values
  }

  private static func list(
    _ values: [JSONValue], _ element: DataType, _ isPartial: inout Bool
  ) -> Scalar? {
    var elements: [Scalar] = []
    for value in values {
      guard let scalar = read(value, as: element, &isPartial) else { return nil }
      elements.append(scalar)
    }
    return .list(elements)
  }
}

/// Random JSON values that often suit a type, and random schemas.
struct RandomJSON {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed) }

  mutating func type(depth: Int) -> DataType {
    switch Int.random(in: 0...(depth > 0 ? 8 : 5), using: &random) {
    case 0: .boolean
    case 1: .int
    case 2: .decimal(precision: 6, scale: 2)
    case 3: .double
    case 4: .date
    case 5: .string
    case 6: .array(element: type(depth: depth - 1), containsNull: true)
    default: .structure(fields(depth: depth - 1))
    }
  }

  mutating func fields(depth: Int) -> [Field] {
    (0..<Int.random(in: 1...5, using: &random)).map { Field("f\($0)", type(depth: depth)) }
  }

  mutating func value(for type: DataType) -> JSONValue {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return .null
    case 1: return anything(depth: 2)
    default: break
    }
    switch type {
    case .boolean: return .bool(Bool.random(using: &random))
    case .int: return JSONValue(Int64.random(in: -3_000_000_000...3_000_000_000, using: &random))
    case .double: return .number(["0.5", "-1e-3", "12", "1E5"].randomElement(using: &random) ?? "")
    case .decimal:
      let text = ["1.005", "12", "99999", "-0.1", "1e3"].randomElement(using: &random) ?? ""
      return Bool.random(using: &random) ? .number(text) : .string(text)
    case .date: return .string(["2025-01-02", "2025-2", "x"].randomElement(using: &random) ?? "")
    case .array(let element, _):
      return .array(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in value(for: element) })
    case .structure(let fields): return .object(object(for: fields))
    default:
      return .string(["", "a", "é\"\\\n", "😀 long enough"].randomElement(using: &random) ?? "")
    }
  }

  mutating func object(for fields: [Field]) -> JSONObject {
    var members: [(String, JSONValue)] = []
    for field in fields where Int.random(in: 0..<8, using: &random) > 0 {
      members.append((field.name, value(for: field.type)))
      if Int.random(in: 0..<8, using: &random) == 0 {
        members.append(("extra\(members.count)", anything(depth: 2)))
      }
      if Int.random(in: 0..<16, using: &random) == 0 {
        members.append((field.name, value(for: field.type)))
      }
    }
    if Bool.random(using: &random) { members.shuffle(using: &random) }
    return JSONObject(members)
  }

  private mutating func anything(depth: Int) -> JSONValue {
    switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
    case 0: .null
    case 1: .bool(true)
    case 2: JSONValue(Int64.random(in: -5...5, using: &random))
    case 3: .number("-1.5e2")
    case 4: .string("2025-01-02")
    case 5: .array([anything(depth: depth - 1), anything(depth: depth - 1)])
    default: .object(["f0": anything(depth: depth - 1), "k": anything(depth: depth - 1)])
    }
  }
}
