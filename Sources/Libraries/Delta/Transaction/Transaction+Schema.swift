package import Columnar
package import Core

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
    let before = schema.fields
    schema = Schema(fields)
    heldRules = nil
    mapColumns(&metadata, as: before)
    let text = SchemaJSON.encode(schema)
    // Equal schemas may be spelled differently; what stands is kept then.
    if schema != snapshot?.schema { metadata.schemaText = text }
    self.metadata = metadata
  }

  /// Sets properties of the table; nil takes one away.
  package mutating func setProperties(_ properties: [String: String?]) {
    heldRules = nil
    let before = mode
    for (key, value) in properties { metadata?.configuration[key] = value }
    guard var changed = metadata else { return }
    if before != "none", mode != before { isUnmapped = true }
    mapColumns(&changed, as: schema.fields)
    if schema != snapshot?.schema { changed.schemaText = SchemaJSON.encode(schema) }
    metadata = changed
  }

  private var mode: String { ColumnMapping.mode(metadata?.configuration ?? [:]) }

  /// Gives the table's columns names in files and numbers, if it maps its columns and they have
  /// none yet; `old` are those that it had.
  private mutating func mapColumns(_ metadata: inout TableMetadata, as old: [Field]) {
    guard ColumnMapping.isOn(metadata.configuration) else { return }
    let last = [metadata, self.metadata].compactMap {
      $0?.configuration[ColumnMapping.lastProperty].flatMap { Int($0) }
    }.max()
    var numbering = ColumnNumbering(
      after: last ?? 0, schema.fields, old, scope: "\(context.runID) \(table.path)",
      keeping: metadata.partitionColumns)
    schema = Schema(numbering.numbered(schema.fields, as: old))
    metadata.configuration[ColumnMapping.lastProperty] = "\(numbering.last)"
  }

  /// Throws when files with rows lie there whose columns the table would look for by other names.
  func checkMapping() throws(Fault) {
    guard isUnmapped, let snapshot,
      snapshot.files.contains(where: { removed[FileKey($0.path, $0.deletionVector)] == nil })
    else { return }
    throw Fault(
      .configuration, at: Place(table.path),
      "the table maps its columns by \(ColumnMapping.mode(snapshot.properties)), and its files "
        + "know them by no other names",
      remedy: "leave '\(ColumnMapping.modeProperty)' as it was, or make the table anew in full")
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
    let before = schema.fields
    schema = definition.schema
    heldRules = nil
    var wanted = TableMetadata(
      id: id, name: definition.name ?? metadata?.name, description: definition.description,
      schemaText: "", partitionColumns: definition.spelledPartitionColumns,
      configuration: properties,
      createdTime: metadata?.createdTime ?? context.clock.now.milliseconds)
    mapColumns(&wanted, as: before)
    wanted.schemaText =
      schema == snapshot?.schema
      ? snapshot?.metadata.schemaText ?? "" : SchemaJSON.encode(schema)
    metadata = wanted
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
