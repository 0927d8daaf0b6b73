/// The table properties of a bronze contract that ingestion goes by. Spark keeps them, and reads
/// none.
package enum IngestProperty: String, CaseIterable {
  /// The mark beside a file that is whole: `*.done`.
  case done = "ingest.done"
  /// The file that tells what is in others: `*.manifest.json`.
  case manifest = "ingest.manifest"
  /// How long a whole file has not changed: `60s`.
  case settle = "ingest.settle"
  /// The record that ends a CSV file and sums it up: `TRAILER, rows, sum(amount)`.
  case trailer = "ingest.trailer"
  /// What happens to fields that are not declared: `evolve`, `freeze` or `quarantine`.
  case drift = "ingest.drift"
  /// The field of the number that a till gives each event.
  case sequence = "ingest.sequence"
  /// The fields that say which till sent an event: `store_id, register_id`.
  case register = "ingest.register"
  /// Whether the table may lie outside of its layer's folder: `true`.
  case outside = "location.outside"
  /// Whether the table's files lie sealed: `true`.
  case seal
}

extension BronzeContract {
  /// The text of a property; nil when the contract does not say.
  package subscript(property: IngestProperty) -> String? { properties[property.rawValue] }
}
