import Bronze
import Core
import Ingest
import JSON

/// What a table's last commit remembers of its events.
///
///     {"events": {"sequence": 17, "table": "shop.public.customers", "unwrapped": false,
///                 "times": {…}, "seen": "…"}, "kafka": {…}, "kafka_times": {…}}
struct EventState {
  /// The `__sequence` of the last row.
  var lastSequence: Int64
  /// What the source calls the table; nil until an event has said so.
  var table: String?
  /// Whether the last event was a row alone.
  var isUnwrapped: Bool
  var times: CommitTimes
  var seen: SeenEvents
  var offsets: KafkaOffsets

  private static let member = "events"

  /// What `state` remembers; nil when it is none of events.
  init?(_ state: JSONValue?, consumer: String) {
    guard let own = state?[EventState.member], let sequence = own["sequence"]?.int64 else {
      return nil
    }
    lastSequence = sequence
    table = own["table"]?.string
    isUnwrapped = own["unwrapped"]?.bool ?? false
    times = CommitTimes(own["times"])
    seen = SeenEvents(own["seen"]?.string)
    offsets = KafkaOffsets(state, consumer: consumer)
  }

  /// Of a table that no event has come for; its rows end with `lastSequence`, at `lastMoment`.
  init(after lastSequence: Int64, at lastMoment: Timestamp?) {
    self.lastSequence = lastSequence
    isUnwrapped = false
    times = CommitTimes(after: lastMoment)
    seen = SeenEvents(nil)
    offsets = KafkaOffsets()
  }

  /// `state` with this in it; all else stays.
  func state(in state: JSONValue?, consumer: String) -> JSONValue {
    var all = state?.object ?? JSONObject()
    all[EventState.member] = [
      "sequence": JSONValue(lastSequence), "table": table.map { .string($0) } ?? .null,
      "unwrapped": .bool(isUnwrapped), "times": times.json, "seen": .string(seen.text),
    ]
    guard !offsets.next.isEmpty else { return .object(all) }
    return offsets.state(in: .object(all), consumer: consumer)
  }

  /// Whether events of a table that the source calls `name` are of another than those before: its
  /// database or schema is another.
  func isOther(_ name: String) -> Bool {
    guard let table, table != name else { return false }
    return !table.hasSuffix(".\(name)") && !name.hasSuffix(".\(table)")
  }
}
