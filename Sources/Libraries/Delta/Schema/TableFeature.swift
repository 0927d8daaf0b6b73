import Columnar

/// A part of the protocol with a name, which a table may need of those who touch it.
struct TableFeature: Hashable {
  let name: String
  /// Whether readers too must know it.
  let isForReaders: Bool
  /// The versions that stand for it, and for all that came before it, where features are not
  /// named; nil when it can only be named.
  let readerVersion: Int?
  let writerVersion: Int?

  private init(
    _ name: String, isForReaders: Bool = false, reader: Int? = nil, writer: Int? = nil
  ) {
    self.name = name
    self.isForReaders = isForReaders
    readerVersion = reader ?? (writer == nil ? nil : 1)
    writerVersion = writer
  }

  static let appendOnly = TableFeature("appendOnly", writer: 2)
  static let invariants = TableFeature("invariants", writer: 2)
  static let checkConstraints = TableFeature("checkConstraints", writer: 3)
  static let changeDataFeed = TableFeature("changeDataFeed", writer: 4)
  static let generatedColumns = TableFeature("generatedColumns", writer: 4)
  static let columnMapping = TableFeature(
    "columnMapping", isForReaders: true, reader: 2, writer: 5)
  static let identityColumns = TableFeature("identityColumns", writer: 6)
  static let columnDefaults = TableFeature("allowColumnDefaults")
  static let typeWidening = TableFeature("typeWidening", isForReaders: true)
  static let inCommitTimestamp = TableFeature("inCommitTimestamp")
  static let deletionVectors = TableFeature("deletionVectors", isForReaders: true)

  static let v2Checkpoint = TableFeature("v2Checkpoint", isForReaders: true)

  /// The property of a table that says which checkpoints it has: `classic`, or `v2`.
  static let checkpointPolicy = "delta.checkpointPolicy"

  /// The property of a table whose writers mark rows that go in deletion vectors.
  static let vectorsProperty = "delta.enableDeletionVectors"

  /// Those that versions of the protocol stand for, in their order.
  fileprivate static let unnamed = [
    appendOnly, invariants, checkConstraints, changeDataFeed, generatedColumns, columnMapping,
    identityColumns,
  ]
}

extension TableFeature {
  /// What a table with these properties and columns needs.
  static func needed(_ properties: [String: String], _ schema: Schema) -> [TableFeature] {
    var needed: [TableFeature] = []
    if properties["delta.appendOnly"] == "true" { needed.append(.appendOnly) }
    let rules = TableRules(properties, schema)
    if properties.keys.contains(where: { $0.hasPrefix(TableRules.constraintPrefix) }) {
      needed.append(.checkConstraints)
    }
    if !rules.generated.isEmpty { needed.append(.generatedColumns) }
    if !rules.defaults.isEmpty { needed.append(.columnDefaults) }
    if !rules.identities.isEmpty { needed.append(.identityColumns) }
    if properties[ChangeColumns.property] == "true" { needed.append(.changeDataFeed) }
    if properties[SchemaEvolution.wideningProperty] == "true" { needed.append(.typeWidening) }
    if properties[checkpointPolicy] == "v2" { needed.append(.v2Checkpoint) }
    if ColumnMapping.isOn(properties) { needed.append(.columnMapping) }
    if properties[vectorsProperty] == "true" { needed.append(.deletionVectors) }
    if properties["delta.enableInCommitTimestamps"] == "true" { needed.append(.inCommitTimestamp) }
    return needed
  }
}

extension TableProtocol {
  /// Whether who knows this protocol knows `feature`.
  func names(_ feature: TableFeature) -> Bool {
    guard writerVersion < 7 else { return writerFeatures?.contains(feature.name) ?? false }
    guard let reader = feature.readerVersion, let writer = feature.writerVersion else {
      return false
    }
    return writerVersion >= writer && readerVersion >= reader
  }

  /// The least protocol that has what this one has, and `needed` besides.
  func naming(_ needed: [TableFeature]) -> TableProtocol {
    let missing = needed.filter { !names($0) }
    if missing.isEmpty { return self }
    var result = self
    if writerVersion < 7, missing.allSatisfy({ $0.writerVersion != nil }) {
      for feature in missing {
        result.readerVersion = max(result.readerVersion, feature.readerVersion ?? 1)
        result.writerVersion = max(result.writerVersion, feature.writerVersion ?? 1)
      }
      return result
    }
    let known = TableFeature.unnamed.filter { names($0) }
    var writers = writerFeatures ?? known.map { $0.name }
    for feature in missing where !writers.contains(feature.name) { writers.append(feature.name) }
    result.writerVersion = 7
    result.writerFeatures = writers
    if readerVersion >= 2 || missing.contains(where: { $0.isForReaders }) {
      var readers = readerFeatures ?? known.filter { $0.isForReaders }.map { $0.name }
      for feature in missing where feature.isForReaders && !readers.contains(feature.name) {
        readers.append(feature.name)
      }
      result.readerVersion = 3
      result.readerFeatures = readers
    }
    return result
  }
}
