import Core

/// The versions of a log by time.
struct VersionClock {
  private let log: LogFolder
  private let listing: LogListing

  init(_ log: LogFolder, _ listing: LogListing) {
    self.log = log
    self.listing = listing
  }

  /// The last version made at or before `time`; `.missing` when the log begins later.
  func version(at time: Timestamp) throws(Fault) -> Int64 {
    // Times rise with versions: each commit's is later than the one before it, and log files are
    // written in order. So the versions made by then are a prefix.
    var low = 0
    var high = listing.commits.count
    while low < high {
      let middle = (low + high) / 2
      let isByThen = try self.time(of: listing.commits[middle]) <= time
      if isByThen { low = middle + 1 } else { high = middle }
    }
    guard low > 0, listing.commits[low - 1] >= listing.earliest else {
      throw Fault(
        .missing, at: Place(log.path), "no version is as old as \(time)",
        remedy: "give a time from \(try oldest()) on")
    }
    return listing.commits[low - 1]
  }

  /// When `version` was made.
  func time(of version: Int64) throws(Fault) -> Timestamp {
    let first = try log.commit(version, passingOverFiles: true).lazy.compactMap(\.commitRecord)
      .first
    if let time = first?.inCommitTimestamp { return time }
    return try log.fileSystem.status(of: log.commitPath(version))?.modified
      ?? Timestamp(microseconds: 0)
  }

  private func oldest() throws(Fault) -> Timestamp {
    guard let first = listing.commits.first(where: { $0 >= listing.earliest }) else {
      return Timestamp(microseconds: 0)
    }
    return try time(of: first)
  }
}
