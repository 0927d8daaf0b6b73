package import LakeJobs

/// The whole life of a key of a table that AUTO CDC folds: each event that bronze holds of it, what
/// became of it and why, and the rows that stand.
package struct KeyLife: Sendable {
  /// What an event says, where it stands, and what became of it.
  package struct Event: Sendable {
    /// The bronze table.
    package var table: LakeTableName
    package var line: RowTrace.Line
    /// Its sequence as text.
    package var sequence: String
    package var isDelete: Bool
    /// What it says, as a JSON object.
    package var values: String
    /// Whether events of later sequences had come before it.
    package var isLate: Bool
    package var fate: EventFate
  }

  package let table: LakeTableName
  /// Which rows are meant, in the words of SQL.
  package let condition: String
  /// The rows in order, as JSON objects.
  package let rows: [String]
  /// In order of their sequences.
  package let events: [Event]
}

/// What became of an event, and why.
package enum EventFate: Hashable, Sendable {
  /// It begins a version.
  case version
  /// Nothing that is tracked differs from the version that began at a sequence.
  case unchanged(since: String)
  /// It ends the version that began at a sequence.
  case end(of: String)
  /// It deletes what was deleted before.
  case repeatedDelete
  /// It deletes what nobody knows; that is remembered, should something older come.
  case unknownDelete
  /// The same was said at a place.
  case duplicate(of: String)
  /// A later step of its transaction says something else.
  case overtaken
  /// It broke a rule, or lost against another of its sequence.
  case setAside(rule: String, reason: String)

  /// In one word.
  package var word: String {
    switch self {
    case .version: "version"
    case .unchanged: "noop"
    case .end: "end"
    case .repeatedDelete: "repeated_delete"
    case .unknownDelete: "unknown_delete"
    case .duplicate: "duplicate"
    case .overtaken: "overtaken"
    case .setAside(rule: "conflict", _): "conflict"
    case .setAside: "quarantined"
    }
  }

  /// In a sentence.
  package var why: String {
    switch self {
    case .version: "begins a version"
    case .unchanged(let start): "changes nothing tracked in the version from \(start)"
    case .end(let start): "ends the version from \(start)"
    case .repeatedDelete: "is a delete of what is deleted"
    case .unknownDelete: "is a delete of what nobody knew then"
    case .duplicate(let place): "says what \(place) says"
    case .overtaken: "is a step that a later one of its transaction overtakes"
    case .setAside(let rule, let reason):
      reason.isEmpty ? "was set aside by \(rule)" : "was set aside by \(rule): \(reason)"
    }
  }
}
