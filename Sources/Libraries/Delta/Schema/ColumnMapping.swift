import Columnar
import Core

/// Column mapping: the columns of a table have names in its files that stay when the columns are
/// called otherwise, and numbers. So a column is renamed, or goes, and no file is written anew.
package enum ColumnMapping {
  /// The property of a table that says how columns are found in files: by `name`, or not at all.
  package static let modeProperty = "delta.columnMapping.mode"
  /// The greatest number that a column of the table ever had.
  static let lastProperty = "delta.columnMapping.maxColumnId"
  static let nameKey = "delta.columnMapping.physicalName"
  /// Where the metadata of a column have its number.
  package static let idKey = "\(SchemaJSON.jsonMark)delta.columnMapping.id"

  /// The mode of a table with these properties.
  static func mode(_ properties: [String: String]) -> String {
    properties[modeProperty] ?? "none"
  }

  /// Whether a table with these properties maps its columns.
  static func isOn(_ properties: [String: String]) -> Bool { mode(properties) != "none" }

  /// What a table with these properties calls each of its columns in files.
  static func physicalNames(
    _ schema: Schema, _ properties: [String: String]
  ) -> [String: String] {
    let physical = ColumnNames.physical(schema, isMapped: isOn(properties))
    return Dictionary(
      zip(schema.names, physical.names), uniquingKeysWith: { first, _ in first })
  }
}

extension Field {
  /// What the column is called in data files.
  var physicalName: String { metadata[ColumnMapping.nameKey] ?? name }

  /// The number by which data files know the column; nil where columns are not mapped.
  var physicalID: Int? { metadata[ColumnMapping.idKey].flatMap { Int($0) } }
}

/// Gives columns their names in files, and their numbers.
struct ColumnNumbering {
  /// The greatest number given.
  private(set) var last: Int
  /// What is told apart by the names given: the table, and who gives them.
  private let scope: String
  /// Columns that no later one can take the place of, so that their own names do for files.
  private let kept: Set<String>
  private var taken: Set<String>

  /// Numbering that goes on after `last` and after all columns of `fields` and of the table, which
  /// are `old`. Columns called as in `kept` are called so in files too, as long as no other is.
  init(after last: Int, _ fields: [Field], _ old: [Field], scope: String, keeping kept: [String]) {
    var greatest = last
    var names = Set(old.map(\.physicalName))
    Field.visit(fields + old) { field in
      greatest = max(greatest, field.physicalID ?? 0)
      if field.physicalID != nil { names.insert(field.physicalName) }
    }
    self.last = greatest
    self.scope = scope
    self.kept = Set(kept)
    taken = names
  }

  /// `fields` with names and numbers. A column that has none gets those of the column of its name
  /// among `old`: one that was there before columns were mapped lies in files under its own name.
  mutating func numbered(_ fields: [Field], as old: [Field]) -> [Field] {
    let known = Schema(old)
    return fields.map { field in
      var field = field
      let before = known.index(of: field.name).map { old[$0] }
      if field.physicalID == nil {
        let id = before?.physicalID ?? next()
        field.metadata[ColumnMapping.nameKey] =
          field.metadata[ColumnMapping.nameKey] ?? before?.physicalName ?? name(of: field, id)
        field.metadata[ColumnMapping.idKey] = "\(id)"
      }
      field.type = numbered(field.type, as: before?.type)
      return field
    }
  }

  private mutating func numbered(_ type: DataType, as old: DataType?) -> DataType {
    switch type {
    case .structure(let fields):
      return .structure(numbered(fields, as: old?.fields ?? []))
    case .array(let element, let containsNull):
      var before: DataType?
      if case .array(let element, _)? = old { before = element }
      return .array(element: numbered(element, as: before), containsNull: containsNull)
    case .map(let key, let value, let valueContainsNull):
      var (oldKey, oldValue): (DataType?, DataType?)
      if case .map(let key, let value, _)? = old { (oldKey, oldValue) = (key, value) }
      return .map(
        key: numbered(key, as: oldKey), value: numbered(value, as: oldValue),
        valueContainsNull: valueContainsNull)
    default: return type
    }
  }

  private mutating func next() -> Int {
    last += 1
    return last
  }

  private mutating func name(of field: Field, _ id: Int) -> String {
    if kept.contains(field.name), taken.insert(field.name).inserted { return field.name }
    return "col-\(RunID(naming: "\(scope) \(id)"))"
  }
}

extension Field {
  /// Gives each of `fields`, and the members of structures at any depth, to `body`.
  static func visit(_ fields: [Field], _ body: (Field) -> Void) {
    for field in fields {
      body(field)
      visit(field.type.nestedFields, body)
    }
  }
}

extension DataType {
  /// The members of the structure that the type is, or that stands nearest below it.
  var nestedFields: [Field] {
    switch self {
    case .structure(let fields): fields
    case .array(let element, _): element.nestedFields
    case .map(let key, let value, _): key.nestedFields + value.nestedFields
    default: []
    }
  }
}
