package import Core

/// What a version of a table says of the table itself, not of its rows: quick to read, however
/// many files the rows lie in.
package struct TableSummary: Sendable {
  package let version: Int64
  /// The table's properties, such as `delta.appendOnly`.
  package let properties: [String: String]
  private let transactions: [String: ApplicationTransaction]

  /// The version that `application` last recorded here, or nil.
  package func transactionVersion(_ application: String) -> Int64? {
    transactions[application]?.version
  }

  init(version: Int64, metadata: TableMetadata, _ transactions: [String: ApplicationTransaction]) {
    self.version = version
    properties = metadata.configuration
    self.transactions = transactions
  }
}

extension Snapshot {
  /// The snapshot without its files.
  package var summary: TableSummary {
    TableSummary(version: version, metadata: metadata, transactions)
  }
}

extension Table {
  /// The newest version without its files; nil when there is no table. Throws as `snapshot` does,
  /// but for damage to what the log says of files.
  package func summary() throws(Fault) -> TableSummary? {
    guard let listing = try log.listing() else { return nil }
    if let known = try shelf?.snapshot(of: self, upTo: listing.latest, in: listing) {
      return known.summary
    }
    let segment = try listing.segment(upTo: listing.latest, in: log)
    let state = try LogReplay(log, passingOverFiles: true).state(of: segment)
    let place = Place(log.path)
    try TableFeatures.checkReading(try state.namedProtocol(at: place), at: place)
    return TableSummary(
      version: listing.latest, metadata: try state.namedMetadata(at: place), state.transactions)
  }

  /// The newest version's number, which the names in the log tell; nil when there is no table.
  package func latestVersion() throws(Fault) -> Int64? { try log.listing()?.latest }

  /// What tells the commit that made `version` from all others; nil when its file is not there, as
  /// of a version that the log no longer holds by itself. One that was restated stays what it was.
  package func commitIdentity(_ version: Int64) throws(Fault) -> String? {
    let path = log.commitPath(version)
    guard try log.fileSystem.exists(path) else { return nil }
    return LogRestatement.identity(ofCommit: try log.fileSystem.read(path))
  }
}
