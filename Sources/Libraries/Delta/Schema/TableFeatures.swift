import Columnar
import Core

/// What we can read and write of the Delta protocol, and the words for what we cannot.
enum TableFeatures {
  /// Reader features we honour.
  static let readable: Set<String> = [
    "timestampNtz", "typeWidening", "typeWidening-preview", "v2Checkpoint", "vacuumProtocolCheck",
    "columnMapping", "deletionVectors",
  ]

  /// Writer features we honour, if only by refusing what they guard.
  static let writable: Set<String> = [
    "appendOnly", "invariants", "checkConstraints", "changeDataFeed", "generatedColumns",
    "identityColumns", "inCommitTimestamp", "domainMetadata", "clustering",
    "vacuumProtocolCheck", "allowColumnDefaults", "typeWidening", "deletionVectors",
    "v2Checkpoint", "columnMapping",
  ]

  /// Throws, naming the feature, when rows of such a table cannot be read rightly.
  static func checkReading(_ tableProtocol: TableProtocol, at place: Place) throws(Fault) {
    guard (1...3).contains(tableProtocol.readerVersion) else {
      throw unsupported("reader version \(tableProtocol.readerVersion)", at: place)
    }
    guard tableProtocol.readerVersion == 3 else { return }
    for feature in tableProtocol.readerFeatures ?? [] where !readable.contains(feature) {
      throw unsupported("reader feature '\(feature)'", at: place)
    }
  }

  /// Throws, naming the feature, when we may not write to such a table.
  static func checkWriting(
    _ tableProtocol: TableProtocol, _ metadata: TableMetadata, _ schema: Schema, at place: Place
  ) throws(Fault) {
    guard (1...7).contains(tableProtocol.writerVersion) else {
      throw unwritable("writer version \(tableProtocol.writerVersion)", at: place)
    }
    if tableProtocol.writerVersion == 7 {
      for feature in tableProtocol.writerFeatures ?? [] where !writable.contains(feature) {
        throw unwritable("writer feature '\(feature)'", at: place)
      }
    }
    if let name = TableRules.deepRule(in: schema) {
      throw Fault(
        .configuration, at: place, "member '\(name)' has a rule, which we cannot enforce",
        remedy: "write with the tool that made the table")
    }
    for field in schema.fields { try checkWriting(field, at: place) }
  }

  /// That nobody is there to work out the rules of a table.
  static func ruleFault(_ rules: TableRules, _ schema: Schema, at place: Place) -> Fault {
    let what =
      if let condition = rules.conditions.first {
        "constraint '\(condition.name)'"
      } else {
        "a rule for column '"
          + schema.fields[(rules.generated + rules.defaults).first?.position ?? 0].name + "'"
      }
    return Fault(
      .configuration, at: place, "the table has \(what), which we cannot enforce",
      remedy: "drop it, or write with the tool that made it")
  }

  private static func checkWriting(_ field: Field, at place: Place) throws(Fault) {
    if field.metadata[SchemaJSON.typeKey] != nil {
      throw unwritable("type TIMESTAMP_NTZ of column '\(field.name)'", at: place)
    }
    for member in field.type.fields { try checkWriting(member, at: place) }
  }

  private static func unsupported(_ what: String, at place: Place) -> Fault {
    Fault(
      .data, at: place, "the table needs \(what), which is not supported",
      remedy: "read it with a newer release, or drop the feature with the tool that set it")
  }

  private static func unwritable(_ what: String, at place: Place) -> Fault {
    Fault(
      .configuration, at: place, "writers of the table must support \(what), and we do not",
      remedy: "write with the tool that made the table, or drop the feature there")
  }
}
