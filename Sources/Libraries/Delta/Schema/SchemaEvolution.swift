import Columnar
import Core
import JSON

/// How the columns of a table may change without rewriting its rows.
struct SchemaEvolution {
  /// The property of a table whose columns may get wider types.
  static let wideningProperty = "delta.enableTypeWidening"
  private static let changesKey = "\(SchemaJSON.jsonMark)delta.typeChanges"

  private let place: Place
  private let widens: Bool

  init(_ place: Place, widens: Bool = false) {
    self.place = place
    self.widens = widens
  }

  /// Whether values of `have` are read as `want` without loss, by who knows that types widen.
  func isWidening(_ have: DataType, _ want: DataType) -> Bool {
    guard widens else { return false }
    switch (have, want) {
    case (.tinyint, .smallint), (.tinyint, .int), (.tinyint, .bigint), (.smallint, .int),
      (.smallint, .bigint), (.int, .bigint), (.float, .double):
      return true
    default: return false
    }
  }

  /// `have` as it becomes to hold all of `want`.
  func evolved(_ have: [Field], to want: [Field]) throws(Fault) -> [Field] {
    let names = Schema(want)
    var result: [Field] = []
    for field in have {
      guard let index = names.index(of: field.name) else {
        throw refusal("column '\(field.name)' would go")
      }
      var evolved = field
      guard field.seal == want[index].seal else {
        throw refusal(
          "column '\(field.name)' would be \(field.seal == nil ? "sealed" : "sealed otherwise")")
      }
      evolved.type = try type(field.type, to: want[index].type, of: field.name)
      evolved.isNullable = field.isNullable || want[index].isNullable
      evolved.metadata.merge(want[index].metadata) { _, new in new }
      if isWidening(field.type, evolved.type) { note(field.type, &evolved) }
      result.append(evolved)
    }
    for field in want where Schema(have).index(of: field.name) == nil {
      guard field.isNullable else {
        throw refusal("new column '\(field.name)' must be allowed to be NULL, as in old rows")
      }
      result.append(field)
    }
    return result
  }

  private func type(
    _ have: DataType, to want: DataType, of name: String
  ) throws(Fault) -> DataType {
    switch (have, want) {
    case (.structure(let old), .structure(let new)): return .structure(try evolved(old, to: new))
    case (.array(let old, let hadNull), .array(let new, let hasNull)):
      return .array(element: try type(old, to: new, of: name), containsNull: hadNull || hasNull)
    case (.map(let key, let old, let hadNull), .map(_, let new, let hasNull))
    where key == want.mapKey:
      return .map(
        key: key, value: try type(old, to: new, of: name), valueContainsNull: hadNull || hasNull)
    default:
      if isWidening(have, want) { return want }
      // What is narrower is widened when it is written.
      guard have == want || isWidening(want, have) else {
        throw refusal("column '\(name)' is \(have.sql) and would become \(want.sql)")
      }
      return have
    }
  }

  /// Notes with a column which type it had, as the protocol has it.
  private func note(_ old: DataType, _ field: inout Field) {
    let names = [old, field.type].map { SchemaJSON.name(of: $0) }
    var changes =
      field.metadata[Self.changesKey]
      .flatMap { try? JSONValue(parsing: $0) }?.array ?? []
    changes.append(["fromType": .string(names[0]), "toType": .string(names[1])])
    field.metadata[Self.changesKey] = JSONWriter.text(.array(changes))
  }

  private func refusal(_ problem: String) -> Fault {
    Fault(
      .configuration, at: place, problem,
      remedy: "keep the column as it is, or rebuild the table in full")
  }
}

extension DataType {
  fileprivate var mapKey: DataType? { if case .map(let key, _, _) = self { key } else { nil } }
}
