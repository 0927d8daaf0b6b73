import Columnar
import Core

/// What a query over a stream may not do: its answer would change with rows that come later.
enum StreamingRules {
  /// Throws when `plan` reads a stream.
  static func refuse(_ what: String, on plan: LogicalPlan, at place: Place?) throws {
    guard plan.isStreaming else { return }
    throw Fault(
      .configuration, at: place,
      "\(what) over a stream: the answer would change with each new row",
      remedy: "do it in a materialized view that reads the streaming table")
  }

  /// Throws when a join of the two would change its earlier answers with new rows.
  static func checkJoin(
    _ left: LogicalPlan, _ kind: JoinKind, _ right: LogicalPlan, at place: Place?
  ) throws {
    let isLeft = left.isStreaming
    let isRight = right.isStreaming
    guard isLeft || isRight else { return }
    if isLeft, isRight {
      throw Fault(
        .configuration, at: place, "a join of two streams",
        remedy: "read one of them as a table, without STREAM")
    }
    let isSound =
      switch kind {
      case .inner, .cross: true
      case .left, .semi, .anti, .nullAwareAnti: isLeft
      case .right: isRight
      case .full: false
      }
    guard !isSound else { return }
    throw Fault(
      .configuration, at: place,
      "a \(kind.rawValue.uppercased()) join whose stream is on the side that may stay unmatched",
      remedy: "put the stream on the side whose rows are kept")
  }
}
