import Core

// Governance: what a run says of itself, in OpenLineage's words, and what follows from many such.
//
// The floor holds the words that all use: `OpenLineage`, `DatasetName`, `ColumnEdge`. Above it are
// the rooms, in this order: `Facets` (what is said of a run, a job or a dataset), `Events` (a run
// event as a line of JSON, and the log of them), `Lineage` (what came from what, by the events, and
// rules for make).
//
// Begin with `RunEvent`. Nothing here knows Delta, SQL or files of tables: Lakehouse tells what it
// read and wrote.

/// What this suite calls itself in OpenLineage's words.
package enum OpenLineage {
  static let producer = "urn:medallion:\(Medallion.version)"
  static let runEventSchema = specification + "2-0-2/OpenLineage.json#/$defs/RunEvent"
  static let datasetEventSchema = specification + "2-0-2/OpenLineage.json#/$defs/DatasetEvent"
  static let specification = "https://openlineage.io/spec/"

  /// The schema address of a facet that the specification defines.
  static func schema(_ type: String, _ version: String) -> String {
    "\(specification)facets/\(version)/\(type).json#/$defs/\(type)"
  }

  /// The schema name of a facet of our own.
  static func ownSchema(_ name: String) -> String { "urn:medallion:facet:\(name):1-0-0" }
}
