import Core
import JSON

/// What a table's commits keep of the changes that its triggers noted.
struct TriggerState {
  /// The mark that was left in the source, which has all changes up to `taken` if it bears it.
  var mark: String
  /// The number of the last change that was taken.
  var taken: Int64
  /// The `__sequence` of the last change row.
  var sequence: Int64
  /// The `__committed_at` of the last change row, and what the source said it was.
  var moment: Timestamp

  init(mark: String, taken: Int64, sequence: Int64, moment: Timestamp) {
    self.mark = mark
    self.taken = taken
    self.sequence = sequence
    self.moment = moment
  }

  /// The state that a commit keeps; nil when its rows were found in another way.
  init?(_ state: JSONValue) {
    guard let kept = state[TriggerState.key], let mark = kept["mark"]?.string,
      let taken = kept["taken"]?.int64, let sequence = kept["sequence"]?.int64,
      let moment = kept["moment"]?.string.flatMap({ Timestamp(parsing: $0) })
    else { return nil }
    self.init(mark: mark, taken: taken, sequence: sequence, moment: moment)
  }

  /// The state as a member of a commit's.
  var member: (String, JSONValue) {
    (
      TriggerState.key,
      .object(
        JSONObject([
          ("mark", .string(mark)), ("taken", JSONValue(taken)), ("sequence", JSONValue(sequence)),
          ("moment", .string("\(moment)")),
        ]))
    )
  }

  private static let key = "triggers"
}
