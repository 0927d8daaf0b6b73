package import WarehouseJobs

/// What was restored of an epoch and has no name yet, in which some are to be erased again.
package struct RestoredPlace: Sendable {
  /// The folder of the lake.
  package let lake: String
  /// The folder of its job files.
  package let jobs: String
  /// The warehouse, in the lake or on the server that it was loaded into.
  package let warehouse: WarehousePlace
  /// The fingerprints of the erasures that were not done when the epoch was taken; the lake's
  /// record of erasures tells of them.
  package let erasures: [String]
}
