import Core
import JSON

/// When the changes of a table were committed: as the source's log says, and never going back.
struct CommitTimes {
  /// What was said of the last change: its transaction, the source's time, and the time it was
  /// given.
  private var transaction: String?
  private var said: Timestamp?
  private var given: Timestamp?

  /// As a commit's state remembers them.
  init(_ state: JSONValue?) {
    transaction = state?["transaction"]?.string
    said = state?["said"]?.int64.map(Timestamp.init(microseconds:))
    given = state?["given"]?.int64.map(Timestamp.init(microseconds:))
  }

  /// No change yet, or none since `last`.
  init(after last: Timestamp?) { given = last }

  /// When a change happened that came from `source`; one that tells no time happened `now`.
  mutating func moment(_ source: EventSource, now: Timestamp) -> Timestamp {
    let own = source.time ?? now
    guard let last = given, own < last else {
      (transaction, said, given) = (source.transaction, own, own)
      return own
    }
    // What one transaction did, it did at once.
    let isSame = source.transaction != nil && source.transaction == transaction && own == said
    let moment = isSame ? last : last.adding(microseconds: 1) ?? last
    (transaction, said, given) = (source.transaction, own, moment)
    return moment
  }

  var json: JSONValue {
    [
      "transaction": transaction.map { .string($0) } ?? .null,
      "said": said.map { JSONValue($0.microseconds) } ?? .null,
      "given": given.map { JSONValue($0.microseconds) } ?? .null,
    ]
  }
}
