package import Columnar
package import Core
import JSON

extension Transaction {
  /// Makes the table; throws `.cannotCreate` when it exists.
  package mutating func create(_ definition: TableDefinition) throws(Fault) {
    guard snapshot == nil, metadata == nil else {
      throw Fault(
        .cannotCreate, at: Place(table.path), "the table exists",
        remedy: "write to it, or give another place")
    }
    try define(definition, id: RunID(naming: "\(context.runID) \(table.path)").description)
  }

  /// Replaces the table's columns, partitioning and properties together with all its rows; makes
  /// the table when there is none. A definition that is as it was changes nothing.
  @discardableResult
  package mutating func overwriteAll(
    _ source: any BatchSource, as definition: TableDefinition
  ) throws -> Int {
    if let id = metadata?.id {
      try define(definition, id: id)
    } else {
      try create(definition)
    }
    return try overwriteAll(source)
  }

  /// Gives the table the columns of `wanted`: new ones are added at the end (NULL in old rows), and
  /// a column may lose its NOT NULL, and get a wider type where the table has the property
  /// `delta.enableTypeWidening`. Throws `.configuration` when a column would go, or change its
  /// type; rows would have to be rewritten for that (`overwriteAll(_:as:)`).
  package mutating func evolve(to wanted: Schema) throws(Fault) {
    guard var metadata else {
      throw Fault(
        .missing, at: Place(table.path), "there is no table", remedy: "create it first")
    }
    let place = Place(table.path)
    let widens = metadata.configuration[SchemaEvolution.wideningProperty] == "true"
    let fields = try SchemaEvolution(place, widens: widens)
      .evolved(schema.fields, to: wanted.fields)
    try TableDefinition(schema: Schema(fields), partitionColumns: metadata.partitionColumns)
      .check(at: place)
    schema = Schema(fields)
    heldRules = nil
    let text = SchemaJSON.encode(schema)
    // Equal schemas may be spelled differently; what stands is kept then.
    if schema != snapshot?.schema { metadata.schemaText = text }
    self.metadata = metadata
  }

  /// Sets properties of the table; nil takes one away.
  package mutating func setProperties(_ properties: [String: String?]) {
    heldRules = nil
    for (key, value) in properties { metadata?.configuration[key] = value }
  }

  /// Sets the table's free description.
  package mutating func setDescription(_ description: String?) {
    metadata?.description = description
  }

  private mutating func define(_ definition: TableDefinition, id: String) throws(Fault) {
    let place = Place(table.path)
    try definition.check(at: place)
    var properties = definition.properties
    let isOpen = properties[TableDefinition.writersProperty] != nil
    if !isOpen
      || metadata.map({ $0.configuration["delta.enableInCommitTimestamps"] == "true" }) ?? false
    {
      properties["delta.enableInCommitTimestamps"] = "true"
    }
    var features = ["inCommitTimestamp", "invariants"]
    if properties["delta.appendOnly"] == "true" { features.insert("appendOnly", at: 0) }
    if tableProtocol == nil {
      // What other programs write must not ask of them what few know.
      tableProtocol =
        isOpen
        ? TableProtocol(readerVersion: 1, writerVersion: 2)
        : TableProtocol(readerVersion: 1, writerVersion: 7, writerFeatures: features)
    }
    schema = definition.schema
    heldRules = nil
    let isSameSchema = schema == snapshot?.schema
    metadata = TableMetadata(
      id: id, name: definition.name ?? metadata?.name, description: definition.description,
      schemaText: isSameSchema
        ? snapshot?.metadata.schemaText ?? "" : SchemaJSON.encode(definition.schema),
      partitionColumns: definition.spelledPartitionColumns, configuration: properties,
      createdTime: metadata?.createdTime ?? context.clock.now.milliseconds)
    try TableFeatures.checkWriting(
      tableProtocol ?? TableProtocol(readerVersion: 1, writerVersion: 7),
      metadata ?? TableMetadata(id: id, schemaText: ""), schema, at: place)
  }
}

extension Snapshot {
  /// Whether the table gets new columns when it is to hold all of `wanted`; throws as
  /// `Transaction.evolve` does. Types may become wider if the table has, or is to have, the
  /// property for it; no row is made anew for that.
  package func evolves(to wanted: Schema, widening: Bool) throws(Fault) -> Bool {
    let widens = widening || properties[SchemaEvolution.wideningProperty] == "true"
    let evolution = SchemaEvolution(Place(table.path), widens: widens)
    let evolved = try evolution.evolved(schema.fields, to: wanted.fields)
    let unwidened = evolved.enumerated().map { index, field in
      index < schema.fields.count && evolution.isWidening(schema.fields[index].type, field.type)
        ? schema.fields[index] : field
    }
    return unwidened != schema.fields
  }
}

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
