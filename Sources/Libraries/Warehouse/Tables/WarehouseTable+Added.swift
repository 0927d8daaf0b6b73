extension WarehouseTable {
  /// What the loader may give the table beside the columns of its view and the keys that lineage
  /// follows: when a row held, how it came, and numbers of its own. None of it tells of anybody.
  package var addedColumns: [String] {
    switch kind {
    case .dimension:
      [
        "valid_from", "valid_to", "is_current", "is_deleted", "is_inferred",
        DimensionColumns.knownFrom, DimensionColumns.knownTo,
      ]
    case .fact: ["\(name)_id", "audit_key", "is_deleted", "revision", "reversed_in", "is_reversal"]
    }
  }
}
