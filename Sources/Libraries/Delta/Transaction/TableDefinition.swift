package import Columnar
import Core

/// What a table is to be: its columns, how it is partitioned, its properties.
package struct TableDefinition: Hashable, Sendable {
  package var schema: Schema
  package var partitionColumns: [String]
  package var properties: [String: String]
  package var name: String?
  package var description: String?

  package init(
    schema: Schema, partitionColumns: [String] = [], properties: [String: String] = [:],
    name: String? = nil, description: String? = nil
  ) {
    self.schema = schema
    self.partitionColumns = partitionColumns
    self.properties = properties
    self.name = name
    self.description = description
  }

  /// The property of a table that other programs write too: it then needs of them what all know.
  static let writersProperty = "writers"

  /// Throws `.configuration` when no table can be like this.
  func check(at place: Place) throws(Fault) {
    if let writers = properties[Self.writersProperty], writers != "open" {
      throw Fault(
        .configuration, at: place, "'\(writers)' is no value of '\(Self.writersProperty)'",
        remedy: "write 'open', or take the property out")
    }
    var seen: Set<String> = []
    for field in schema.fields {
      guard seen.insert(field.name.lowercased()).inserted else {
        throw Fault(
          .configuration, at: place, "column '\(field.name)' occurs twice", remedy: "rename one")
      }
      try check(field, at: place)
    }
    for name in partitionColumns {
      guard let index = schema.index(of: name) else {
        throw Fault(
          .configuration, at: place, "partition column '\(name)' is not a column of the table",
          remedy: "partition by one of: \(schema.names.joined(separator: ", "))")
      }
      guard schema.fields[index].seal == nil else {
        throw Fault(
          .configuration, at: place,
          "column '\(name)' is sealed, and would stand in names of folders",
          remedy: "partition by another, or do not seal it")
      }
      switch schema.fields[index].type {
      case .array, .structure, .map, .binary:
        throw Fault(
          .configuration, at: place,
          "column '\(name)' has type \(schema.fields[index].type.sql), which cannot partition",
          remedy: "partition by a column of a simple type")
      default: break
      }
    }
    guard partitionColumns.count < schema.fields.count else {
      throw Fault(
        .configuration, at: place, "the table has no column that it is not partitioned by",
        remedy: "add a column, or partition by fewer")
    }
  }

  /// The partition columns as the schema spells them.
  var spelledPartitionColumns: [String] {
    partitionColumns.map { name in schema.index(of: name).map { schema.fields[$0].name } ?? name }
  }

  private func check(_ field: Field, at place: Place) throws(Fault) {
    // What Spark refuses in names of Parquet columns.
    try NameRule.check(field.name, "a column's name", at: place)
    let refused = " ,;{}()=".unicodeScalars
    guard !field.name.unicodeScalars.contains(where: { refused.contains($0) }) else {
      throw Fault(
        .configuration, at: place, "'\(field.name)' cannot be a column's name in a Delta table",
        remedy: "name it without blanks and ,;{}()= (SELECT … AS name)")
    }
    guard field.seal == nil || ColumnSeal.canSeal(field.type) else {
      throw Fault(
        .configuration, at: place,
        "column '\(field.name)' is \(field.type.sql), which cannot be sealed as a whole",
        remedy: "make its members columns of their own, and seal those")
    }
    try check(field.type, of: field.name, at: place)
  }

  private func check(_ type: DataType, of name: String, at place: Place) throws(Fault) {
    switch type {
    case .null:
      throw Fault(
        .configuration, at: place, "column '\(name)' has no type: it is always NULL",
        remedy: "cast it to the type it should have")
    case .structure(let fields): for field in fields { try check(field, at: place) }
    case .array(let element, _): try check(element, of: name, at: place)
    case .map(let key, let value, _):
      try check(key, of: name, at: place)
      try check(value, of: name, at: place)
    default: break
    }
  }
}
