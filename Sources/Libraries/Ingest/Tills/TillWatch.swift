import Bronze
import Core
import JSON
import TextFormats

/// What events tell of the tills that sent them, gathered as they are taken: whose clock is off,
/// and which numbers are missing.
struct TillWatch: Sendable {
  let fields: JSONLineCheck.Fields
  /// When events without a time of their own were received at the latest.
  private let now: Timestamp
  /// By how many microseconds a clock may be off.
  private let tolerance: Int64
  private(set) var skew = ClockSkew()
  private(set) var sequences: TillSequences?
  private let earlier: TillSequences?

  /// Begins with what the state of the last commit tells.
  init(
    _ fields: JSONLineCheck.Fields, now: Timestamp, tolerance: Duration, state: JSONValue?
  ) {
    self.fields = fields
    self.now = now
    self.tolerance = tolerance.microseconds
    sequences = fields.number.map {
      TillSequences(state, field: $0, tillFields: fields.sender)
    }
    earlier = sequences
  }

  /// Which lines from `origin` are to be noted.
  func watch(_ origin: LineOrigin) -> JSONLineCheck.Watch {
    if fields.number != nil || fields.time != nil && origin.tellsReceived { return .all }
    guard fields.time != nil else { return .none }
    let (latest, isNever) = now.microseconds.addingReportingOverflow(tolerance)
    return isNever ? .none : .after(Timestamp(microseconds: latest))
  }

  /// Adds events that were noted among lines of `origin`, with `lineCount` lines before these, and
  /// the numbers that they bear.
  mutating func add(
    _ noted: [JSONLineCheck.Noted], _ numbers: NumberedEvents, senders: [[String?]],
    of origin: LineOrigin, after lineCount: Int
  ) {
    guard !noted.isEmpty else { return }
    if fields.time != nil {
      skew.add(noted, senders: senders, now: now, tolerance: tolerance) { line in
        origin.tellsReceived ? origin.place(ofLine: lineCount + line).received : nil
      }
    }
    sequences?.add(numbers, senders: senders)
  }

  /// The state to be kept with the events; all else in `state` stays.
  func state(in state: JSONValue?) -> JSONValue? {
    sequences.map { $0.state(in: state) } ?? state
  }

  /// What is worth telling.
  var news: TillNews {
    var news = TillNews(skew: skew, tolerance: .microseconds(tolerance))
    if let sequences, let earlier, sequences.changes != TillSequences.Changes() {
      let (opened, filled) = sequences.gaps(since: earlier)
      news.sequence = TillNews.Sequence(
        field: sequences.field, opened: opened, filled: filled, open: sequences.gaps,
        repeatedCount: sequences.changes.repeatedCount,
        givenUpCount: sequences.changes.givenUpCount,
        uncountedCount: sequences.changes.uncountedCount, isFull: sequences.isFull)
    }
    return news
  }
}

extension Duration {
  /// Whole microseconds; the most there are for more.
  fileprivate var microseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : whole + attoseconds / 1_000_000_000_000
  }
}
