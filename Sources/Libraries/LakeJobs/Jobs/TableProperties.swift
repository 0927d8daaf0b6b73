import Core
import Engine

/// The properties that each kind of table may have. One that stands where nobody reads it, or is
/// misspelt, is a rule that does not hold: it is refused where it is written.
enum TableProperties {
  /// Of any table: when it is due each day, and whom it belongs to.
  private static let watched = ["deadline", "owner"]
  /// Of any table: what its columns mean, and what they are sensitive for.
  private static let meanings = ["term.", "label."]
  /// Of the contract of a bronze table.
  private static let bronze = KnownNames(
    "a property of a bronze table",
    IngestProperty.allCases.map(\.rawValue) + ["tier.cool", "tier.archive", "retain"] + watched,
    families: meanings, isOpen: true)
  /// Of a table that jobs make in the lake.
  private static let layer = KnownNames(
    "a property of a table of silver or gold",
    [
      "partition.by", "cluster.by", "sequence.allow_future", "null.updates", "unit.by", "writers",
      "removed_days", Dataset.dropProperty,
    ]
      + Dataset.sealProperties + watched + ["publishes"],
    families: ["expect.", Dataset.renameFamily] + meanings,
    isOpen: true)
  private static let dimension = KnownNames(
    "a property of a dimension",
    [
      "dimension", "key", "track", "overwrite", "keep", "scope", "keyed_hash", "delete_style",
      "previous_key", "key_change", "two_axes", "on_unknown", "publishes",
    ] + watched,
    families: ["expect.", "scope."] + meanings, isOpen: true)
  private static let fact = KnownNames(
    "a property of a fact",
    [
      "fact", "key", "keep", "partition.month", "snapshot.by", "on_delete", "measures",
      "semi_additive", "views", "audit", "seal", "seal.by", "milestones", "status_order", "undo",
      "publishes",
    ] + watched,
    families: ["lookup.", "expect."] + meanings, isOpen: true)
  /// Of a warehouse table that does not yet say which of the two it is.
  private static let warehouse = KnownNames(
    "a property of a warehouse table",
    dimension.names + fact.names.filter { !dimension.names.contains($0) },
    families: dimension.families + ["lookup."], isOpen: true)
  /// Of what holds no rows of its own.
  private static let view = KnownNames("a property of a temporary view", [], isOpen: true)
  private static let schema = KnownNames("a property of a schema", [], isOpen: true)
  private static let option = KnownNames("an option of a table that jobs make", [], isOpen: true)

  static func check(bronze properties: [PropertySyntax]) throws(Fault) {
    try check(properties, against: bronze)
  }

  static func check(_ view: ViewSyntax) throws(Fault) {
    try check(view.properties, against: self.view)
  }

  static func check(_ schema: SchemaSyntax) throws(Fault) {
    try check(schema.properties, against: self.schema)
  }

  /// The properties and options of a dataset called `name`; a table of the warehouse has to say
  /// what it is there, for else nobody would load it.
  static func check(_ dataset: DatasetSyntax, _ name: LakeTableName) throws(Fault) {
    try check(dataset.options, against: option)
    let properties = dataset.properties
    guard name.schema == "warehouse" else {
      try check(properties, against: layer)
      return try UnwrittenProperties.check(properties)
    }
    let isDimension = properties.contains { $0.key == "dimension" }
    let isFact = properties.contains { $0.key == "fact" }
    // What is both is told by who reads the two.
    guard isDimension != isFact else {
      try check(properties, against: warehouse)
      if isDimension { return }
      throw Fault(
        .configuration, at: dataset.place, "'\(name)' is neither a dimension nor a fact",
        remedy: "give it 'dimension' = 'scd1' or 'fact' = 'incremental', or move it to gold")
    }
    try check(properties, against: isDimension ? dimension : fact)
  }

  private static func check(
    _ properties: [PropertySyntax], against known: KnownNames
  ) throws(Fault) {
    for property in properties where !known.contains(property.key) {
      var fault = known.fault(property.key, at: property.place)
      let owners = [bronze, layer, dimension, fact]
      if let owner = owners.first(where: { $0.means(property.key) }) {
        fault.remedy = "it is \(owner.what): move it there, or take it out"
      }
      throw fault
    }
  }
}

extension KnownNames {
  /// Whether `name` is one of these, and none of another program's.
  fileprivate func means(_ name: String) -> Bool {
    contains(name) && !Self.foreign.contains { name.hasPrefix($0) }
  }
}
