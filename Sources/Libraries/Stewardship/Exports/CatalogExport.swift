import Core
import Governance
import JSON

/// The catalog in the forms that other catalogs take in.
package enum CatalogExport: String, CaseIterable, Sendable {
  /// A metadata file: `datahub ingest` reads it.
  case datahub
  /// Dataset events, a line each.
  case openlineage
  /// Entities and their types, as Atlas and Purview take them in bulk.
  case atlas

  /// The files that it consists of, by name.
  package func files(of catalog: TableCatalog) -> [(name: String, text: String)] {
    switch self {
    case .datahub:
      [("datahub.json", JSONWriter.text(.array(DataHubFile(catalog).proposals)) + "\n")]
    case .openlineage:
      [
        (
          "openlineage.ndjson",
          LineageEvents(catalog).events.map { JSONWriter.text($0.json) + "\n" }.joined()
        )
      ]
    case .atlas:
      [
        ("atlas-types.json", JSONWriter.text(AtlasTypes.json) + "\n"),
        ("atlas.json", JSONWriter.text(AtlasEntities(catalog).json) + "\n"),
      ]
    }
  }
}

extension TableCatalog {
  /// The entries that others are told of: what was dropped they are told of as removed.
  var told: [CatalogEntry] { entries.filter { $0.layer != "quarantine" || $0.state != nil } }
}
