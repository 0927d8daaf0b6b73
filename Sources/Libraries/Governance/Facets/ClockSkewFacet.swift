package import JSON

/// Events that came with a time that is not near the one at which they were received (a facet of
/// our own, of an output; there when some did). They were taken as they are.
///
///     {"tolerance": 300,                      seconds by which a clock may be off
///      "ahead": {"events": 12, "senders": 2,  of a later time than they were received
///                "greatest": 3600.5,          seconds
///                "worst": [{"sender": ["S1", "R2"], "events": 9, "greatest": 3600.5}]},
///      "late": {…}}                           received long after their time, the record says
///
/// `worst` are the senders that are farthest off, some of them; a name is null where an event has
/// none. Of very many senders not all are told apart. A side without events is missing.
package struct ClockSkewFacet: Facet {
  /// The events that are off in one direction.
  package struct Side: Equatable, Sendable {
    package var eventCount: Int
    package var senderCount: Int
    package var greatestSeconds: Double
    package var worst: [Sender]

    package init(
      eventCount: Int, senderCount: Int, greatestSeconds: Double, worst: [Sender]
    ) {
      self.eventCount = eventCount
      self.senderCount = senderCount
      self.greatestSeconds = greatestSeconds
      self.worst = worst
    }
  }

  /// How far the events of one sender are off.
  package struct Sender: Equatable, Sendable {
    package var names: [String?]
    package var eventCount: Int
    package var greatestSeconds: Double

    package init(_ names: [String?], eventCount: Int, greatestSeconds: Double) {
      self.names = names
      self.eventCount = eventCount
      self.greatestSeconds = greatestSeconds
    }
  }

  package static let key = "medallion_clock_skew"
  package static let schema = OpenLineage.ownSchema("clock_skew")

  package var toleranceSeconds: Double
  package var ahead: Side?
  package var late: Side?

  package init(toleranceSeconds: Double, ahead: Side?, late: Side?) {
    self.toleranceSeconds = toleranceSeconds
    self.ahead = ahead
    self.late = late
  }

  package init?(_ members: JSONObject) {
    guard let tolerance = members["tolerance"]?.double else { return nil }
    self.init(
      toleranceSeconds: tolerance, ahead: members["ahead"].flatMap(Side.init),
      late: members["late"].flatMap(Side.init))
  }

  package var members: JSONObject {
    JSONObject(present: [
      ("tolerance", JSONValue(toleranceSeconds)), ("ahead", ahead?.json), ("late", late?.json),
    ])
  }
}

extension ClockSkewFacet.Side {
  fileprivate init?(_ json: JSONValue) {
    guard let eventCount = json["events"]?.int else { return nil }
    self.init(
      eventCount: eventCount, senderCount: json["senders"]?.int ?? 0,
      greatestSeconds: json["greatest"]?.double ?? 0,
      worst: (json["worst"]?.array ?? []).map { sender in
        ClockSkewFacet.Sender(
          (sender["sender"]?.array ?? []).map(\.string), eventCount: sender["events"]?.int ?? 0,
          greatestSeconds: sender["greatest"]?.double ?? 0)
      })
  }

  fileprivate var json: JSONValue {
    [
      "events": JSONValue(eventCount), "senders": JSONValue(senderCount),
      "greatest": JSONValue(greatestSeconds),
      "worst": .array(
        worst.map { sender in
          [
            "sender": .array(sender.names.map { $0.map { .string($0) } ?? .null }),
            "events": JSONValue(sender.eventCount),
            "greatest": JSONValue(sender.greatestSeconds),
          ]
        }),
    ]
  }
}
