import Core

/// What an event says of a row, or of all rows of its table.
struct ChangeEvent {
  /// What it says happened.
  enum Kind: Equatable {
    case row(ChangeOperation)
    /// All rows are gone.
    case truncation
  }

  var kind: Kind
  /// The columns that it gives, as bronze calls them, and their texts; nil is NULL.
  var columns: [String] = []
  var values: [[UInt8]?] = []
  /// The texts of the key's columns.
  var key: [[UInt8]?] = []
  /// Columns of large values that it does not give, since they did not change.
  var absentColumns: [String] = []
  /// The key that the row had before, where this is the row of another key now.
  var oldKey: [[UInt8]?]?
  /// The rest of a change of a key is to come: the row under its new one.
  var isHalfOfKeyChange = false
  /// Whether the row was written under another key before, which the event before this one told.
  var followsKeyChange = false
  var source: EventSource
}

/// What an event says of where it came from.
struct EventSource {
  /// What tells it from all others of its table, where it tells a position in the source's log.
  var identity: String?
  var transaction: String?
  /// When the source committed it.
  var time: Timestamp?
  /// The names of its table at the source, `shop.public.customers`.
  var table: String
  /// Whether it is a row alone, of which deletes may be told by tombstones.
  var isUnwrapped = false
}

/// What became of a record.
enum DecodedEvent {
  case change(EventTables.Index, ChangeEvent)
  /// A record that has only a key: behind a delete, or instead of one.
  case tombstone(EventTables.Index?, key: [[UInt8]?]?)
  /// What is no change of a row, and is counted.
  case passedOver(PassedEvent)
  /// A change of a table that `sources.yml` does not name.
  case unknownTable(String)
  case rejected(EventTables.Index?, reason: (rule: String, words: String))
}

/// Events that tell of no row.
package enum PassedEvent: String, Hashable, Sendable, CaseIterable {
  case heartbeat = "heartbeat"
  case transaction = "transaction boundary"
  case schemaChange = "change of a schema"
  case message = "message"
  case tombstone = "tombstone"
}
