package import JSON

/// How the fields of a file that was taken differ from those that its contract declares (a facet of
/// our own, of an input).
package struct SchemaDriftFacet: Facet {
  package static let key = "medallion_schema_drift"
  package static let schema = OpenLineage.ownSchema("schema_drift")

  /// A sentence each: `'tier' is not declared`.
  package var differences: [String]

  package init(_ differences: [String]) { self.differences = differences }

  package init?(_ members: JSONObject) {
    guard let differences = members["differences"]?.array else { return nil }
    self.init(differences.compactMap(\.string))
  }

  package var members: JSONObject {
    ["differences": .array(differences.map { .string($0) })]
  }
}
