import Core

/// Where a lake notes who was erased from it, and where that can be known again by:
///
///     _erasures/record.ndjson      who was erased, as keyed hashes: a line a person
///     _erasures/<16 digits>.json   what one erasure did; it is there once that is done
///     _secrets/erasure-key         the secret of the hashes
///
/// Both go with a lake wherever a restore takes it: what an older epoch brings back is erased again
/// by them.
package enum ErasureFolder {
  /// The folder's name, below the lake's root.
  package static let name = "_erasures"
  /// The secret of the keyed hashes.
  package static let secretName = "erasure-key"

  /// The record, by its path below a lake's root.
  package static let record = "\(name)/record.ndjson"
  /// The secret's file, by its path below a lake's root.
  package static let secret = "_secrets/\(secretName)"

  /// The certificate of the erasure of a plan's fingerprint, by its path below a lake's root.
  package static func certificate(_ fingerprint: String) -> String {
    "\(name)/\(fingerprint.prefix(16)).json"
  }
}
