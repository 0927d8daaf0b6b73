import Columnar
import Core

extension Transaction {
  /// What the table's rules make of rows that are written; nil when it has none. One serves the
  /// whole transaction while the table's columns and rules stay as they are.
  mutating func rowRules() throws -> RowRules? {
    if let heldRules { return heldRules }
    guard let metadata else { return nil }
    let rules = try RowRules(table, metadata, schema)
    heldRules = .some(rules)
    return rules
  }

  /// Throws `.configuration` where rows bring numbers for a column that the table alone numbers.
  func refuseNumbers(in source: any BatchSource) throws(Fault) {
    for field in schema.fields where source.schema.index(of: field.name) != nil {
      guard let rule = IdentityRule(field), !rule.allowsOthers else { continue }
      throw Fault(
        .configuration, at: Place(table.path),
        "column '\(field.name)' is numbered by the table, and rows bring numbers of their own",
        remedy: "leave the column out")
    }
  }

  /// Notes how far the numbers of identity columns have come.
  mutating func noteNumbers() {
    guard let heldRules, let counted = heldRules?.countedSchema else { return }
    schema = counted
    metadata?.schemaText = SchemaJSON.encode(counted)
  }

  /// Holds the rows that stay against conditions that are new: a table must not have a rule that
  /// its rows break.
  mutating func checkRowsThere() throws {
    guard let snapshot, let metadata, metadata.configuration != snapshot.metadata.configuration
    else { return }
    let known = TableRules(snapshot.metadata.configuration, snapshot.schema).conditions
    let wanted = TableRules(metadata.configuration, schema).conditions
    let isNew = wanted.contains { rule in !known.contains { $0 == rule } }
    let kept = snapshot.files.filter { removed[FileKey($0.path, $0.deletionVector)] == nil }
    guard isNew, !kept.isEmpty, let rules = try rowRules(), let now = try provisionalSnapshot()
    else { return }
    for source in try now.scan(files: kept).sources() {
      while let batch = try source.next() { try rules.check(batch) }
    }
  }
}
