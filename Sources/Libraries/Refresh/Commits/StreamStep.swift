/// Which part of its streams a flow takes into its table in one commit.
enum StreamStep {
  /// All of it from the beginning, in place of all rows of the table: so a full refresh begins.
  case replaceAll
  /// All of it from the beginning, beside what the refresh has brought into the table so far.
  case rebuild
  /// What is new since the flow's last step.
  case next
  /// Of what was taken before, all that ever was to be read once more: with `rebuild`, or after
  /// `replaceAll`.
  case replayAll
  /// What is to be read once more since the flow's last replay.
  case replay

  /// The steps that a run begins a flow with, each to be followed by others of its kind until there
  /// is nothing left to take. What is read once more comes after what is read for the first time.
  static func beginnings(isFullRefresh: Bool, isFirstFlow: Bool) -> [StreamStep] {
    guard isFullRefresh else { return [.next, .replay] }
    return [isFirstFlow ? .replaceAll : .rebuild, .replayAll]
  }

  /// The step after this one.
  var following: StreamStep { isReplay ? .replay : .next }

  /// Whether it takes what is to be read once more, and not what is read for the first time.
  var isReplay: Bool {
    switch self {
    case .replayAll, .replay: true
    case .replaceAll, .rebuild, .next: false
    }
  }

  /// Whether it begins anew, wherever the flow stood.
  var isFromStart: Bool {
    switch self {
    case .replaceAll, .rebuild, .replayAll: true
    case .next, .replay: false
    }
  }

  /// Whether its rows take the place of all that the table has.
  var replacesTable: Bool { self == .replaceAll }
}
