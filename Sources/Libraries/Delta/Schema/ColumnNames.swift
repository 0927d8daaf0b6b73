import Columnar
package import Core

/// The names that columns have in data files, statistics and partition values: their own, or with
/// column mapping the physical names the metadata gives.
struct ColumnNames: Sendable {
  /// The table's schema with physical names, field for field.
  let physical: Schema
  /// The names that columns found by their field id have there, members of structures too; nil when
  /// columns are found by name.
  let physicalByID: [Int: String]?

  init(_ schema: Schema, _ metadata: TableMetadata, at place: Place) throws(Fault) {
    let mode = ColumnMapping.mode(metadata.configuration)
    physical = ColumnNames.physical(schema, isMapped: mode != "none")
    switch mode {
    case "none", "name": physicalByID = nil
    case "id":
      var names: [Int: String] = [:]
      try ColumnNames.collect(physical.fields, into: &names, at: place)
      physicalByID = names
    default:
      throw Fault(
        .data, at: place, "the table maps columns by '\(mode)', which is not supported",
        remedy: "read it with a newer release")
    }
  }

  private static func collect(
    _ fields: [Field], into names: inout [Int: String], at place: Place
  ) throws(Fault) {
    for field in fields {
      guard let id = field.physicalID else {
        throw Fault(
          .data, at: place, "column '\(field.name)' has no id, by which the table maps its columns",
          remedy: "restore the log from a copy")
      }
      names[id] = field.name
      try collect(field.type.nestedFields, into: &names, at: place)
    }
  }

  /// The columns of `schema` as files have them.
  static func physical(_ schema: Schema, isMapped: Bool) -> Schema {
    if isMapped { return Schema(schema.fields.map(physical)) }
    return schema.hasSeals ? Schema(schema.fields.map(\.stored)) : schema
  }

  private static func physical(_ field: Field) -> Field {
    var field = field.stored
    field.name = field.physicalName
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

extension TableMetadata {
  /// The partition columns as partition values are called by; `.data` at `place` when the schema
  /// cannot be read.
  package func physicalPartitionColumns(at place: Place) throws(Fault) -> [String] {
    guard ColumnMapping.isOn(configuration) else { return partitionColumns }
    return physicalPartitionColumns(try SchemaJSON.decode(schemaText, at: place))
  }

  /// The partition columns, which stand in `schema`, as partition values are called by.
  func physicalPartitionColumns(_ schema: Schema) -> [String] {
    guard ColumnMapping.isOn(configuration) else { return partitionColumns }
    return partitionColumns.map { name in
      schema.index(of: name).map { schema.fields[$0].physicalName } ?? name
    }
  }
}
