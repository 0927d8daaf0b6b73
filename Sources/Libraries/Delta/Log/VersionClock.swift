import Core

/// The versions of a log by time.
///
/// Times rise with versions. Commits that record their own time do so by themselves; others are as
/// old as their log file, moved to a millisecond after the commit before where that is not older:
/// copies of files have one time, or times in any order.
struct VersionClock {
  private let log: LogFolder
  private let listing: LogListing

  init(_ log: LogFolder, _ listing: LogListing) {
    self.log = log
    self.listing = listing
  }

  /// The last version made at or before `time`; `.missing` when the log begins later or, if the
  /// answer must lie `withinHistory`, when `time` is after its last commit.
  func version(at time: Timestamp, withinHistory isStrict: Bool) throws(Fault) -> Int64 {
    let earliest = try listing.earliest(in: log)
    let commits = listing.commits.filter { $0 >= earliest }
    // Where all commits were cleaned up, the last checkpoint stands alone.
    guard let last = commits.last else { return listing.latest }
    let recording = try firstRecording(of: commits)
    let written = try timesOfFiles(commits[..<recording])
    let recorded = commits[recording...]
    let first = if let time = written.first { time } else { try recordedTime(of: commits[0]) }
    let end = recorded.isEmpty ? written.last : try recordedTime(of: last)
    let isRecorded = try recordedCount(recorded, until: time)
    let count =
      isRecorded > 0 ? recording + isRecorded : written.prefix { $0 <= time }.count
    guard count > 0 else {
      throw outside("no version is as old as \(time)", first, end)
    }
    if isStrict, let end, time > end {
      throw outside("\(time) is after the last version", first, end)
    }
    return commits[count - 1]
  }

  private func outside(_ problem: String, _ first: Timestamp?, _ last: Timestamp?) -> Fault {
    let times = [first, last].compactMap { $0 }
    return Fault(
      .missing, at: Place(log.path), problem,
      remedy: times.first == times.last
        ? "give a version, or the time \(times.first.map { "\($0)" } ?? "of one")"
        : "give a time from \(times[0]) to \(times[1])")
  }

  /// The position of the first commit that records its time; from there on all do.
  private func firstRecording(of commits: [Int64]) throws(Fault) -> Int {
    var low = 0
    var high = commits.count
    while low < high {
      let middle = (low + high) / 2
      if try recordedTime(of: commits[middle]) == nil { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many of the commits, which record their times, were made by `time`.
  private func recordedCount(
    _ commits: ArraySlice<Int64>, until time: Timestamp
  ) throws(Fault) -> Int {
    var low = commits.startIndex
    var high = commits.endIndex
    while low < high {
      let middle = (low + high) / 2
      let made = try recordedTime(of: commits[middle])
      if let made, made <= time { low = middle + 1 } else { high = middle }
    }
    return low - commits.startIndex
  }

  private func recordedTime(of version: Int64) throws(Fault) -> Timestamp? {
    try log.commit(version, passingOverFiles: true).lazy.compactMap(\.commitRecord).first?
      .inCommitTimestamp
  }

  /// When the log files of `commits` were written, each later than the one before it.
  private func timesOfFiles(_ commits: ArraySlice<Int64>) throws(Fault) -> [Timestamp] {
    var times: [Timestamp] = []
    for commit in commits {
      let written =
        try log.fileSystem.status(of: log.commitPath(commit))?.modified
        ?? Timestamp(microseconds: 0)
      // The protocol counts in milliseconds.
      let cut = written.floored(to: 1_000) ?? written
      let least = times.last.flatMap { $0.adding(microseconds: 1_000) } ?? cut
      times.append(max(cut, least))
    }
    return times
  }
}
