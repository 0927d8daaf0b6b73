import Columnar
import Core

/// The names that columns have in data files, statistics and partition values: their own, or with
/// column mapping the physical names the metadata gives.
struct ColumnNames: Sendable {
  /// The table's schema with physical names, field for field.
  let physical: Schema
  /// The names that columns found by their field id have there, members of structures too; nil when
  /// columns are found by name.
  let physicalByID: [Int: String]?

  init(_ schema: Schema, _ metadata: TableMetadata, at place: Place) throws(Fault) {
    switch metadata.configuration["delta.columnMapping.mode"] ?? "none" {
    case "none":
      physical = schema.hasSeals ? Schema(schema.fields.map(\.stored)) : schema
      physicalByID = nil
    case "name":
      physical = Schema(schema.fields.map(ColumnNames.physical))
      physicalByID = nil
    case "id":
      physical = Schema(schema.fields.map(ColumnNames.physical))
      var names: [Int: String] = [:]
      try ColumnNames.collect(physical.fields, into: &names, at: place)
      physicalByID = names
    case let mode:
      throw Fault(
        .data, at: place, "the table maps columns by '\(mode)', which is not supported",
        remedy: "read it with a newer release")
    }
  }

  private static func collect(
    _ fields: [Field], into names: inout [Int: String], at place: Place
  ) throws(Fault) {
    for field in fields {
      guard
        let id = field.metadata[SchemaJSON.jsonMark + "delta.columnMapping.id"].flatMap({ Int($0) })
      else {
        throw Fault(
          .data, at: place, "column '\(field.name)' has no id, by which the table maps its columns",
          remedy: "restore the log from a copy")
      }
      names[id] = field.name
      try collect(field.type.nestedFields, into: &names, at: place)
    }
  }

  private static func physical(_ field: Field) -> Field {
    var field = field.stored
    field.name = field.metadata["delta.columnMapping.physicalName"] ?? field.name
    field.type = physical(field.type)
    return field
  }

  private static func physical(_ type: DataType) -> DataType {
    switch type {
    case .structure(let fields): .structure(fields.map(physical))
    case .array(let element, let containsNull):
      .array(element: physical(element), containsNull: containsNull)
    case .map(let key, let value, let valueContainsNull):
      .map(key: physical(key), value: physical(value), valueContainsNull: valueContainsNull)
    default: type
    }
  }
}

extension DataType {
  /// The members of the structure that the type is, or that stands nearest below it.
  fileprivate var nestedFields: [Field] {
    switch self {
    case .structure(let fields): fields
    case .array(let element, _): element.nestedFields
    case .map(let key, let value, _): key.nestedFields + value.nestedFields
    default: []
    }
  }
}
