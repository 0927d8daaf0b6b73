package import Core
package import Sealing

/// A Delta table at a place, whether or not it exists yet.
package struct Table: Sendable {
  /// The table's folder.
  package let path: String
  package let fileSystem: any FileSystem
  let shelf: SnapshotShelf?
  /// What works out the rules that a table has for its rows.
  let expressions: (any RowExpressions)?
  /// What its sealed columns are sealed with; nil where nobody has given it.
  package let keys: KeyStore?

  /// The table in the folder `path`; snapshots of it are kept on `shelf`, if there is one. Without
  /// `expressions` a table whose rules are written in SQL can be read only; without `keys` its
  /// sealed columns cannot be read, and it not written.
  package init(
    _ path: String, _ fileSystem: any FileSystem, _ shelf: SnapshotShelf? = nil,
    _ expressions: (any RowExpressions)? = nil, keys: KeyStore? = nil
  ) {
    self.keys = keys
    self.expressions = expressions
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.fileSystem = fileSystem
    self.shelf = shelf
  }

  /// Which version of a table is meant.
  package enum Moment: Hashable, Sendable {
    case latest
    case version(Int64)
    /// The last version made at or before this time.
    case timestamp(Timestamp)
    /// The same, but of a time up to the last commit, as `TIMESTAMP AS OF` wants it.
    case timestampInHistory(Timestamp)
  }

  /// The table at `moment`; nil when there is no table. Throws `.missing` when the log does not
  /// hold that moment, `.data` when the log is damaged or needs a feature that is not supported.
  package func snapshot(at moment: Moment = .latest) throws(Fault) -> Snapshot? {
    guard let listing = try log.listing() else { return nil }
    let version =
      switch moment {
      case .latest: listing.latest
      case .version(let version): version
      case .timestamp(let time):
        try VersionClock(log, listing).version(at: time, withinHistory: false)
      case .timestampInHistory(let time):
        try VersionClock(log, listing).version(at: time, withinHistory: true)
      }
    guard moment == .latest, let shelf else { return try snapshot(of: version, in: listing) }
    let commit = try commitStatus(version)
    let known = try shelf.snapshot(of: self, upTo: version, in: listing)
    let snapshot = if let known { known } else { try snapshot(of: version, in: listing) }
    shelf.keep(snapshot, commit)
    return snapshot
  }

  private func snapshot(of version: Int64, in listing: LogListing) throws(Fault) -> Snapshot {
    let segment = try listing.segment(upTo: version, in: log)
    return try Snapshot(self, version: version, state: try LogReplay(log).state(of: segment))
  }

  /// Whether the folder holds a table.
  package func exists() throws(Fault) -> Bool { try log.listing() != nil }

  /// The table's log folder.
  var log: LogFolder { LogFolder(table: path, fileSystem: fileSystem) }
}
