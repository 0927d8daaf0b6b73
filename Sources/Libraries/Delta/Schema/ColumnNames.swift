import Columnar
import Core

/// The names that columns have in data files, statistics and partition values: their own, or with
/// column mapping the physical names the metadata gives.
struct ColumnNames: Sendable {
  /// The table's schema with physical names, field for field.
  let physical: Schema

  init(_ schema: Schema, _ metadata: TableMetadata, at place: Place) throws(Fault) {
    switch metadata.configuration["delta.columnMapping.mode"] ?? "none" {
    case "none": physical = schema
    case "name", "id": physical = Schema(schema.fields.map(ColumnNames.physical))
    case let mode:
      throw Fault(
        .data, at: place, "the table maps columns by '\(mode)', which is not supported",
        remedy: "read it with a newer release")
    }
  }

  private static func physical(_ field: Field) -> Field {
    var field = field
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
