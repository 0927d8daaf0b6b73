package import Columnar
package import Core

/// The rows that versions of a table inserted, deleted and changed, version by version: what a
/// table records that has the property `delta.enableChangeDataFeed`.
///
/// Of each version its files of changed rows tell, if it has any, else the data files that it added
/// and removed. Rows come in the columns of the last version; those that were added since are NULL.
package struct ChangeFeed: Sendable {
  /// The table's columns, then what became of a row, by which version, and when.
  package let schema: Schema
  /// The versions told of, both included.
  package let versions: ClosedRange<Int64>
  private let pieces: [ChangePiece]
  private let rows: Snapshot
  private let recorded: Snapshot

  /// What the versions from `first` up to that of `last` did. Throws `.missing` when the log no
  /// longer holds one of them, or when one did not record its changes.
  package init(of last: Snapshot, from first: Int64) throws(Fault) {
    let table = last.table
    guard first >= 0, first <= last.version else {
      throw Fault(
        .missing, at: Place(table.path), "there is no version \(first) up to \(last.version)",
        remedy: "give a version from 0 to \(last.version)")
    }
    versions = first...last.version
    rows = last
    recorded = try last.withChangeType()
    schema = Schema(last.schema.unsealed.fields + ChangeColumns.all)
    guard let base = try table.snapshot(at: .version(first)) else {
      throw Fault(.missing, at: Place(table.path), "there is no table", remedy: "build it")
    }
    var metadata = base.metadata
    var pieces: [ChangePiece] = []
    for version in versions {
      guard try table.commitStatus(version) != nil else {
        throw Fault(
          .missing, at: Place(table.path), "the log no longer tells what version \(version) did",
          remedy: "ask from a later version")
      }
      let step = try table.step(version)
      metadata = step.metadata ?? metadata
      try Self.check(metadata, of: version, last)
      let time = try table.timestamp(of: version, step.commit)
      pieces += try ChangePiece.pieces(of: step, at: time, last)
    }
    self.pieces = pieces
  }

  /// Throws when `version` recorded nothing, or had columns that the last version does not have.
  private static func check(
    _ metadata: TableMetadata, of version: Int64, _ last: Snapshot
  ) throws(Fault) {
    let place = Place(last.table.path)
    guard metadata.configuration[ChangeColumns.property] == "true" else {
      throw Fault(
        .missing, at: place, "version \(version) did not record its changes",
        remedy: "set '\(ChangeColumns.property)' = 'true', and ask from the version that has it")
    }
    if metadata.schemaText == last.metadata.schemaText { return }
    let then = try SchemaJSON.decode(metadata.schemaText, at: place)
    let names = ColumnMapping.physicalNames(then, metadata.configuration)
    let physical = last.physicalSchema
    do throws(Fault) {
      // Renamed since, it is the column that files know by the same name.
      let fields = try then.fields.map { (field) throws(Fault) in
        guard let name = names[field.name], let index = physical.index(of: name) else {
          throw Fault(
            .configuration, at: place, "column '\(field.name)' would go",
            remedy: "keep the column")
        }
        var field = field
        field.name = last.schema.fields[index].name
        return field
      }
      _ = try SchemaEvolution(place, widens: true).evolved(fields, to: last.schema.fields)
    } catch {
      throw Fault(
        .missing, at: place, "version \(version) had other columns: \(error.problem)",
        remedy: "ask from a later version, or up to one before the columns changed")
    }
  }

  /// At most `count` sources that together give each row once, version by version; `columns` are
  /// names of the schema, and `predicates` serve to skip, as those of a scan.
  package func sources(
    columns: [String], predicates: [ColumnPredicate] = [], atMost count: Int = 1
  ) throws -> [any BatchSource] {
    let own = predicates.filter { rows.schema.index(of: $0.column) != nil }
    let groupSize = max(1, (pieces.count + max(1, count) - 1) / max(1, count))
    let wanted = Schema(
      columns.compactMap { name in schema.index(of: name).map { schema.fields[$0] } })
    return try stride(from: 0, to: pieces.count, by: groupSize).map { start in
      let group = pieces[start..<min(pieces.count, start + groupSize)]
      return SourceList(
        wanted,
        try group.map { try $0.source(wanted, own, rows: rows, recorded: recorded) })
    }
  }
}

extension Snapshot {
  /// The same version, its files read as files of changed rows are: with what became of each.
  fileprivate func withChangeType() throws(Fault) -> Snapshot {
    var metadata = metadata
    metadata.schemaText = SchemaJSON.encode(Schema(schema.fields + [ChangeColumns.type]))
    // The column has no id; by their names all are found.
    if metadata.configuration["delta.columnMapping.mode"] == "id" {
      metadata.configuration["delta.columnMapping.mode"] = "name"
    }
    var state = TableState()
    state.apply(.tableProtocol(tableProtocol))
    state.apply(.metadata(metadata))
    return try Snapshot(table, version: version, state: state)
  }
}
