package import Columnar
package import Core
import JSON

/// Works out SQL expressions over rows: tables may have rules that are written in it.
package protocol RowExpressions: Sendable {
  /// What gives the value of `text` for each row of batches of `schema`, as `type` if that is
  /// given, else as a condition. Throws `.configuration` when it cannot be understood.
  func column(
    of text: String, as type: DataType?, over schema: Schema, at place: Place
  ) throws -> (Batch) throws -> Column
}

/// What a table's metadata has of each row that is written: conditions, and columns whose values
/// come from others, from a default, or from a count.
struct TableRules: Sendable {
  /// A column's position and the text that its values come from.
  struct Derivation: Sendable {
    let position: Int
    let text: String
  }

  /// Conditions by name, in the order of names.
  private(set) var conditions: [(name: String, text: String)] = []
  private(set) var generated: [Derivation] = []
  private(set) var defaults: [Derivation] = []
  private(set) var identities: [(position: Int, rule: IdentityRule)] = []

  static let constraintPrefix = "delta.constraints."
  static let generationKey = "delta.generationExpression"
  static let defaultKey = "CURRENT_DEFAULT"
  private static let invariantKey = "delta.invariants"

  init(_ properties: [String: String], _ schema: Schema) {
    for (key, text) in properties.sorted(by: { $0.key < $1.key })
    where key.hasPrefix(Self.constraintPrefix) {
      conditions.append((String(key.dropFirst(Self.constraintPrefix.count)), text))
    }
    for (position, field) in schema.fields.enumerated() {
      if let text = Self.text(Self.invariantKey, of: field) {
        let parsed = try? JSONValue(parsing: text)
        conditions.append((field.name, parsed?["expression"]?["expression"]?.string ?? text))
      }
      if let text = Self.text(Self.generationKey, of: field) {
        generated.append(Derivation(position: position, text: text))
      }
      if let text = Self.text(Self.defaultKey, of: field) {
        defaults.append(Derivation(position: position, text: text))
      }
      if let rule = IdentityRule(field) { identities.append((position, rule)) }
    }
  }

  /// Whether something has to be worked out in SQL.
  var needExpressions: Bool { !conditions.isEmpty || !generated.isEmpty || !defaults.isEmpty }

  var isEmpty: Bool { !needExpressions && identities.isEmpty }

  private static func text(_ key: String, of field: Field) -> String? {
    field.metadata[key] ?? field.metadata[SchemaJSON.jsonMark + key]
  }

  /// A member of a structure that has a rule of its own, which we do not keep; nil when none has.
  static func deepRule(in schema: Schema) -> String? {
    let keys = [invariantKey, generationKey, "delta.identity.start"]
    func find(_ fields: [Field]) -> String? {
      for field in fields {
        if keys.contains(where: { text($0, of: field) != nil }) { return field.name }
        if let name = find(field.type.fields) { return name }
      }
      return nil
    }
    return schema.fields.lazy.compactMap { find($0.type.fields) }.first
  }
}

/// A column that numbers rows as they come: `GENERATED … AS IDENTITY`.
struct IdentityRule: Hashable, Sendable {
  let start: Int64
  let step: Int64
  /// Whether rows may bring numbers of their own.
  let allowsOthers: Bool
  /// The last number given; nil when none was.
  private(set) var last: Int64?

  private static let key = "\(SchemaJSON.jsonMark)delta.identity."

  /// The rule of `field`, if it has one.
  init?(_ field: Field) {
    guard let start = field.metadata["\(Self.key)start"].flatMap({ Int64($0) }) else { return nil }
    self.start = start
    step = field.metadata["\(Self.key)step"].flatMap { Int64($0) } ?? 1
    allowsOthers = field.metadata["\(Self.key)allowExplicitInsert"] == "true"
    last = field.metadata["\(Self.key)highWaterMark"].flatMap { Int64($0) }
  }

  /// The next `count` numbers; `.data` when there are no more.
  mutating func take(_ count: Int, at place: Place) throws(Fault) -> [Int64] {
    var numbers: [Int64] = []
    numbers.reserveCapacity(count)
    for _ in 0..<count {
      let (next, isOver) = last.map { $0.addingReportingOverflow(step) } ?? (start, false)
      guard !isOver else {
        throw Fault(
          .data, at: place, "the table's identity column has come to its last number",
          remedy: "give the column a wider type or another step")
      }
      numbers.append(next)
      last = next
    }
    return numbers
  }

  /// `field` with how far the numbers have come.
  func noted(in field: Field) -> Field {
    var field = field
    field.metadata["\(Self.key)highWaterMark"] = last.map { "\($0)" }
    return field
  }
}
