package import Core

extension Table {
  /// What the columns of files are called: those of today, and those that the log remembers of
  /// older versions, also of columns that were dropped.
  package func mappedNames() throws(Fault) -> ColumnRenaming {
    var names = ColumnRenaming()
    guard let listing = try log.listing() else { return names }
    // The oldest version may be in a checkpoint alone.
    let first = try snapshot(at: .version(listing.earliest(in: log)))
    if let first { names.add(first.schema) }
    for version in try schemaVersions() { names.add(version.schema) }
    return names
  }
}
