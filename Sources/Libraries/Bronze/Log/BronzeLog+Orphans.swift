import Core

extension BronzeLog {
  /// Removes what a run has left that ended before its commit: drafts, and files that it made for
  /// the version after `latest`, which no commit names. Under the lock, so that nobody makes any.
  func removeOrphans(after latest: BronzeCommit?) throws(Fault) {
    for folder in [commitsFolder, ledgerFolder, statesFolder] {
      try fileSystem.removeDrafts(in: folder)
    }
    let next = (latest?.version ?? -1) + 1
    for root in [folder, "\(folder)/_rejected"] {
      try removeFiles(of: next, in: root)
      for name in try fileSystem.list(root) where name.hasPrefix("ingest_date=") {
        try removeFiles(of: next, in: "\(root)/\(name)")
      }
    }
  }

  private func removeFiles(of version: Int64, in folder: String) throws(Fault) {
    try fileSystem.removeDrafts(in: folder)
    let beginning = "\(padded(Int(version), 10))-"
    for name in try fileSystem.list(folder) where name.hasPrefix(beginning) {
      try fileSystem.remove("\(folder)/\(name)")
    }
  }
}
