import Core

/// What this suite calls itself in OpenLineage's words.
package enum OpenLineage {
  static let producer = "urn:medallion:\(Medallion.version)"
  static let runEventSchema = specification + "2-0-2/OpenLineage.json#/$defs/RunEvent"
  static let specification = "https://openlineage.io/spec/"

  /// The schema address of a facet that the specification defines.
  static func schema(_ type: String, _ version: String) -> String {
    "\(specification)facets/\(version)/\(type).json#/$defs/\(type)"
  }

  /// The schema name of a facet of our own.
  static func ownSchema(_ name: String) -> String { "urn:medallion:facet:\(name):1-0-0" }
}
