import Columnar
import Core

/// One version of a member: what held from `from` until just before `to`, in microseconds.
struct MemberVersion: Hashable {
  /// 9999-12-31T00:00:00Z, the end of what holds until further notice.
  static let open: Int64 = 253_402_214_400_000_000
  static let openText = "9999-12-31T00:00:00Z"
  /// Before all moments: where reserved members begin.
  static let startText = "0001-01-01T00:00:00.000000Z"

  var from: Int64
  var to: Int64
  var tracked: [Scalar]
  /// The columns that are overwritten in all versions.
  var untracked: [Scalar]
  var isDeleted = false

  var isCurrent: Bool { to == MemberVersion.open }
}

/// Why versions of a member make no history.
enum HistoryFlaw: Error, Hashable {
  /// Two versions hold at the same time, from this moment on.
  case overlap(Int64)
  /// A version ends before it begins, at this moment.
  case backward(Int64)
}

/// The history that delivered versions of one member make, in time order and without holes.
///
/// Neighbours that agree in their tracked columns are one version. Where the source had no row,
/// after a version or between two, a copy of the version before stands, marked as deleted.
/// Untracked columns have the last version's values throughout. Versions without duration and exact
/// repeats are dropped.
func foldedHistory(_ delivered: [MemberVersion]) throws(HistoryFlaw) -> [MemberVersion] {
  let sorted = delivered.filter { $0.from != $0.to }.sorted {
    ($0.from, $0.to) < ($1.from, $1.to)
  }
  guard let latest = sorted.last else { return [] }
  var history: [MemberVersion] = []
  var previous: MemberVersion?
  for var version in sorted {
    guard version.from < version.to else { throw .backward(version.from) }
    if let previous {
      if previous == version { continue }
      guard previous.to <= version.from else { throw .overlap(version.from) }
    }
    previous = version
    version.untracked = latest.untracked
    append(version, to: &history)
  }
  if let last = history.last, last.to < MemberVersion.open {
    history.append(deleted(last, until: MemberVersion.open))
  }
  return history
}

private func append(_ version: MemberVersion, to history: inout [MemberVersion]) {
  guard let last = history.last else {
    history.append(version)
    return
  }
  if last.to < version.from {
    history.append(deleted(last, until: version.from))
    history.append(version)
  } else if last.tracked == version.tracked {
    history[history.count - 1].to = version.to
  } else {
    history.append(version)
  }
}

private func deleted(_ version: MemberVersion, until end: Int64) -> MemberVersion {
  MemberVersion(
    from: version.to, to: end, tracked: version.tracked, untracked: version.untracked,
    isDeleted: true)
}
