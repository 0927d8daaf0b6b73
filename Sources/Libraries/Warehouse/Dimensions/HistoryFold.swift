import Columnar

/// How delivered versions of one member become its history: by their content alone, so that the
/// same versions make the same history in whatever order they were learnt.
struct HistoryFold {
  /// What a column's values in several versions come to, of columns that make no version.
  enum Rule: Hashable {
    /// All versions have the last value (type 1).
    case overwritten
    /// A version has the last value that was given while it held.
    case overwrittenWhileCurrent
    /// All versions have the first value that was given (type 0).
    case kept
    /// The same of the key of before, where another value is nothing to tell of.
    case linked
  }

  /// The rules of the untracked columns, in their order.
  let rules: [Rule]
  let deleteStyle: WarehouseTable.Dimension.DeleteStyle

  /// The history in time order and without holes, and what became of the delivered versions.
  struct Outcome: Hashable {
    var versions: [MemberVersion] = []
    var tally = VersionTally()
  }

  /// Neighbours that agree in their tracked columns are one version. Where the source had no row,
  /// after a version or between two, a copy of the version before stands, marked as deleted, or
  /// nothing. Versions without duration and exact repeats are dropped.
  func outcome(of delivered: [MemberVersion]) throws(HistoryFlaw) -> Outcome {
    let sorted = delivered.filter { $0.from != $0.to }.sorted {
      ($0.from, $0.to) < ($1.from, $1.to)
    }
    var outcome = Outcome()
    outcome.tally.delivered = delivered.count
    outcome.tally.empty = delivered.count - sorted.count
    guard let latest = sorted.last else { return outcome }
    var shared = latest.untracked
    takeKept(sorted, &shared, &outcome.tally)
    var previous: MemberVersion?
    for version in sorted {
      guard version.from < version.to else { throw .backward(version.from) }
      if let previous {
        if previous == version {
          outcome.tally.repeated += 1
          continue
        }
        guard previous.to <= version.from else { throw .overlap(version.from) }
      }
      previous = version
      var made = version
      for (position, rule) in rules.enumerated() where rule != .overwrittenWhileCurrent {
        made.untracked[position] = shared[position]
      }
      append(made, to: &outcome)
    }
    if let last = outcome.versions.last, last.to < MemberVersion.open {
      end(last, at: MemberVersion.open, in: &outcome.versions)
    }
    return outcome
  }

  /// Puts the first value that was given of each kept column into `shared`.
  private func takeKept(
    _ sorted: [MemberVersion], _ shared: inout [Scalar], _ tally: inout VersionTally
  ) {
    for (position, rule) in rules.enumerated() where rule == .kept || rule == .linked {
      let given = sorted.lazy.map { $0.untracked[position] }.filter { !$0.isNull }
      guard let first = given.first else { continue }
      shared[position] = first
      if rule == .kept { tally.keptDifferences += given.count { $0 != first } }
    }
  }

  private func append(_ version: MemberVersion, to outcome: inout Outcome) {
    let place = outcome.versions.count - 1
    guard let last = outcome.versions.last else {
      outcome.versions.append(version)
      outcome.tally.versions += 1
      return
    }
    if last.to == version.from, last.tracked == version.tracked {
      outcome.versions[place].to = version.to
      outcome.versions[place].untracked = version.untracked
      outcome.tally.unchanged += 1
      return
    }
    if last.to < version.from { end(last, at: version.from, in: &outcome.versions) }
    outcome.versions.append(version)
    outcome.tally.versions += 1
  }

  /// What a delete leaves between a version and the next moment at which there is one.
  private func end(
    _ last: MemberVersion, at end: Int64, in history: inout [MemberVersion]
  ) {
    guard deleteStyle == .version else { return }
    history.append(
      MemberVersion(
        from: last.to, to: end, tracked: last.tracked, untracked: last.untracked, isDeleted: true))
  }
}
