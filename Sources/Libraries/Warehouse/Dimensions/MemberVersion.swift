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
  /// The columns that make no version: those that are overwritten, and those that are kept.
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
