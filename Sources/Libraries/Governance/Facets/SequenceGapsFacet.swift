package import JSON

/// What became of the numbers that senders give their events (a facet of our own, of an output;
/// there when numbers are counted). A gap is a run of numbers that did not come, though lesser and
/// greater ones of the same sender did.
///
///     {"field": "register_sequence",
///      "opened": 3,      numbers that are missing since this run
///      "filled": 2,      numbers that were missing and came with it
///      "open": 17,       all numbers that are missing
///      "openSenders": 4, of so many senders
///      "repeated": 5,    events whose number had come before
///      "uncounted": 0,   events without a number or a sender, or of a sender too many
///      "givenUp": 0,     numbers of senders with too many gaps, not waited for any longer
///      "gaps": [{"sender": ["S1", "R2"], "first": 7, "last": 9}]}
///
/// `gaps` are those that were opened, some of them.
package struct SequenceGapsFacet: Facet {
  /// Numbers that are missing.
  package struct Gap: Equatable, Sendable {
    package var names: [String?]
    package var first: Int64
    package var last: Int64

    package init(_ names: [String?], first: Int64, last: Int64) {
      self.names = names
      self.first = first
      self.last = last
    }
  }

  package static let key = "medallion_sequence_gaps"
  package static let schema = OpenLineage.ownSchema("sequence_gaps")

  package var field: String
  package var opened = 0
  package var filled = 0
  package var open = 0
  package var openSenders = 0
  package var repeated = 0
  package var uncounted = 0
  package var givenUp = 0
  package var gaps: [Gap] = []

  package init(field: String) { self.field = field }

  package init?(_ members: JSONObject) {
    guard let field = members["field"]?.string else { return nil }
    self.init(field: field)
    for (name, path) in Self.counts { self[keyPath: path] = members[name]?.int ?? 0 }
    gaps = (members["gaps"]?.array ?? []).map { gap in
      Gap(
        (gap["sender"]?.array ?? []).map(\.string), first: gap["first"]?.int64 ?? 0,
        last: gap["last"]?.int64 ?? 0)
    }
  }

  package var members: JSONObject {
    var members: JSONObject = ["field": .string(field)]
    for (name, path) in Self.counts { members[name] = JSONValue(self[keyPath: path]) }
    members["gaps"] = .array(
      gaps.map { gap in
        [
          "sender": .array(gap.names.map { $0.map { .string($0) } ?? .null }),
          "first": JSONValue(gap.first), "last": JSONValue(gap.last),
        ]
      })
    return members
  }

  private static var counts: [(String, WritableKeyPath<SequenceGapsFacet, Int>)] {
    [
      ("opened", \.opened), ("filled", \.filled), ("open", \.open),
      ("openSenders", \.openSenders), ("repeated", \.repeated), ("uncounted", \.uncounted),
      ("givenUp", \.givenUp),
    ]
  }
}
