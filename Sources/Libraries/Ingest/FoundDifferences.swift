import Bronze
import Columnar
import Core
import JSON
import TextFormats

/// The members of a structure, by name, and of the structures below each.
final class Members: Sendable {
  let fields: [Field]
  let names: FieldNames
  /// For each field the members of the structure that it is, or that its elements are.
  let below: [Members?]

  init(_ fields: [Field]) {
    self.fields = fields
    names = FieldNames(fields.map(\.name))
    below = fields.map { Self.below($0.type) }
  }

  private static func below(_ type: DataType) -> Members? {
    switch type {
    case .structure(let fields): Members(fields)
    case .array(let element, _): below(element)
    case .map(_, let value, _): below(value)
    default: nil
    }
  }
}

/// How one JSON object was found to differ from what is declared.
struct FoundDifferences {
  private(set) var drift: [SchemaDrift.Difference] = []
  /// What is wrong with the first value that its column does not hold.
  private(set) var flaw: RejectReason?
  /// The column at the top that is looked at.
  private var column = ""

  /// Compares an object with `members`, of which the reader made `values`; `prefix` stands before
  /// their names.
  mutating func compare(
    _ object: JSONObject, _ members: Members, _ values: [Scalar]?, _ prefix: String
  ) {
    let keys = object.keys
    var match = members.names.match(keys)
    for field in match.strangers { drift.append(.undeclared(prefix + keys[field])) }
    for (column, fields) in match.contested {
      let path = prefix + members.fields[column].name
      if fields.allSatisfy({ keys[$0] == keys[fields[0]] }) {
        drift.append(.repeated(path, fields.count))
        match.positions[column] = fields.last
      } else {
        drift.append(.contested(path, fields.map { prefix + keys[$0] }))
      }
    }
    for (index, position) in match.positions.enumerated() {
      guard let position else { continue }
      let field = members.fields[index]
      if prefix.isEmpty { column = field.name }
      compare(
        object.members[position].value, field.type, members.below[index], values?[index],
        prefix + field.name)
    }
  }

  private mutating func compare(
    _ value: JSONValue, _ type: DataType, _ below: Members?, _ read: Scalar?, _ path: String
  ) {
    switch (type, value) {
    // As text, any JSON is itself.
    case (_, .null), (.string, .array), (.string, .object): return
    case (.structure, .object(let object)):
      let members: [Scalar]? = if case .structure(let members)? = read { members } else { nil }
      if let below { compare(object, below, members, path + ".") }
    case (.array(let element, _), .array(let values)):
      let elements = elements(of: read, count: values.count)
      for (index, value) in values.enumerated() {
        compare(value, element, below, elements?[index], path + "[]")
      }
    case (.map(_, let type, _), .object(let object)):
      let entries = elements(of: read, count: object.count)
      for (index, member) in object.members.enumerated() {
        // A map is a list of keys and values.
        let entry: [Scalar]? =
          if case .structure(let entry)? = entries?[index] { entry } else { nil }
        compare(member.value, type, below, entry?.last, path + "{}")
      }
    case (.array, _): note(path, is: value, not: "an array")
    case (.structure, _), (.map, _): note(path, is: value, not: "an object")
    case (_, .array), (_, .object): note(path, is: value, not: type.sql)
    case (.decimal, _): compare(value, type, read, path)
    default: break
    }
    // A container is NULL for what is in it, which has been told where it could be found.
    if flaw == nil, read?.isNull == true {
      flaw = RejectReason(rule: "valid_values", words: "'\(path)' is no \(type.sql)")
    }
  }

  /// A number that was rounded is not what was sent.
  private mutating func compare(
    _ value: JSONValue, _ type: DataType, _ read: Scalar?, _ path: String
  ) {
    guard flaw == nil, case .decimal(let number)? = read,
      let text = value.number ?? value.string, CSVNumerals.english.number(text) != number
    else { return }
    flaw = RejectReason(
      rule: "valid_values", words: "'\(path)' has more digits than \(type.sql) holds")
  }

  private mutating func note(_ path: String, is value: JSONValue, not wanted: String) {
    guard flaw == nil else { return }
    flaw = RejectReason(
      rule: "\(column)_shape", words: "'\(path)' is \(value.shapeWords), not \(wanted)")
  }

  /// The elements of a list that was read, when there are as many as were sent.
  private func elements(of read: Scalar?, count: Int) -> [Scalar]? {
    guard case .list(let elements)? = read, elements.count == count else { return nil }
    return elements
  }
}

extension JSONValue {
  /// What it is made of, for messages.
  fileprivate var shapeWords: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number: "a number"
    case .string: "text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
