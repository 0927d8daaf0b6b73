package import JSON

/// How much was read.
package struct InputStatisticsFacet: Facet {
  package static let key = "inputStatistics"
  package static let schema = OpenLineage.schema("InputStatisticsInputDatasetFacet", "1-0-0")

  package var size: DataSize

  package init(_ size: DataSize) { self.size = size }
  package init?(_ members: JSONObject) { self.init(DataSize(members)) }
  package var members: JSONObject { size.members }
  package var rowCount: Int? { size.rowCount }
}

/// How much was written.
package struct OutputStatisticsFacet: Facet {
  package static let key = "outputStatistics"
  package static let schema = OpenLineage.schema("OutputStatisticsOutputDatasetFacet", "1-0-2")

  package var size: DataSize

  package init(_ size: DataSize) { self.size = size }
  package init?(_ members: JSONObject) { self.init(DataSize(members)) }
  package var members: JSONObject { size.members }
  package var rowCount: Int? { size.rowCount }
}

/// Rows, bytes and files, as far as known.
package struct DataSize: Equatable, Sendable {
  package var rowCount: Int?
  package var byteCount: Int?
  package var fileCount: Int?

  package init(rowCount: Int? = nil, byteCount: Int? = nil, fileCount: Int? = nil) {
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.fileCount = fileCount
  }

  init(_ members: JSONObject) {
    self.init(
      rowCount: members["rowCount"]?.int, byteCount: members["size"]?.int,
      fileCount: members["fileCount"]?.int)
  }

  var members: JSONObject {
    JSONObject(present: [
      ("rowCount", rowCount.map { JSONValue($0) }), ("size", byteCount.map { JSONValue($0) }),
      ("fileCount", fileCount.map { JSONValue($0) }),
    ])
  }
}

/// What a commit did to a table's rows (a facet of our own, of an output).
package struct ChangeFacet: Facet {
  package static let key = "medallion_change"
  package static let schema = OpenLineage.ownSchema("change")

  package var inserted: Int
  package var updated: Int
  package var deleted: Int
  package var quarantined: Int
  /// The rows that came in; nil where that cannot be said. Each was written, set aside, or is one
  /// of the duplicates.
  package var read: Int?
  /// Rows that came in and left nothing of their own: sent before, or overtaken by another.
  package var duplicates: Int?
  /// Rows set aside since another of their key and sequence says something else; nil where such
  /// rows are none, or not looked for.
  package var conflicts: Int?
  /// The partitions that were written, as `name=value/…`; empty when the table has none.
  package var partitions: [String]

  package init(
    inserted: Int = 0, updated: Int = 0, deleted: Int = 0, quarantined: Int = 0,
    read: Int? = nil, duplicates: Int? = nil, conflicts: Int? = nil, partitions: [String] = []
  ) {
    self.inserted = inserted
    self.updated = updated
    self.deleted = deleted
    self.quarantined = quarantined
    self.read = read
    self.duplicates = duplicates
    self.conflicts = conflicts
    self.partitions = partitions
  }

  package init?(_ members: JSONObject) {
    self.init(
      inserted: members["inserted"]?.int ?? 0, updated: members["updated"]?.int ?? 0,
      deleted: members["deleted"]?.int ?? 0, quarantined: members["quarantined"]?.int ?? 0,
      read: members["read"]?.int, duplicates: members["duplicates"]?.int,
      conflicts: members["conflicts"]?.int,
      partitions: (members["partitions"]?.array ?? []).compactMap(\.string))
  }

  package var members: JSONObject {
    JSONObject(present: [
      ("inserted", JSONValue(inserted)), ("updated", JSONValue(updated)),
      ("deleted", JSONValue(deleted)), ("quarantined", JSONValue(quarantined)),
      ("read", read.map { JSONValue($0) }), ("duplicates", duplicates.map { JSONValue($0) }),
      ("conflicts", conflicts.map { JSONValue($0) }),
      ("partitions", .array(partitions.map { .string($0) })),
    ])
  }

  /// `120 rows added, 3 changed, 1 removed, 2 set aside`; the rows of a view, which replace those
  /// that were there, are `made`.
  package func sentence(ofView isView: Bool) -> String {
    let counts = [
      (updated, "changed"), (deleted, "removed"), (quarantined, "set aside"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return
      ([
        "\(inserted) \(inserted == 1 ? "row" : "rows") \(isView && updated == 0 ? "made" : "added")"
      ] + counts)
      .joined(separator: ", ")
  }
}
