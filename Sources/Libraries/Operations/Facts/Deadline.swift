package import Core

/// When a table is due each day: `06:30 Europe/Berlin`, or with how long before that it may have
/// been built, `06:30 Europe/Berlin within 10h`.
///
/// It is a time of the zone's clocks, so that a night of 23 or 25 hours has one like any other.
package struct Deadline: Equatable, Sendable, CustomStringConvertible {
  /// Six hours: what was built before belongs to the day before.
  private static let standardWindow: Int64 = 6 * 3_600

  package let description: String
  private let minute: Int64
  private let zone: ZoneRules
  private let window: Int64

  /// Reads a deadline; `.configuration` at `place` when it is none.
  package init(_ text: String, at place: Place) throws(Fault) {
    let words = text.split(separator: " ")
    let clock = words.first?.split(separator: ":") ?? []
    guard words.count == 2 || words.count == 4 && words[2] == "within", clock.count == 2,
      clock.allSatisfy({ $0.count == 2 }), let hour = Int64(clock[0]), let minute = Int64(clock[1]),
      (0..<24).contains(hour), (0..<60).contains(minute)
    else {
      throw Fault(
        .configuration, at: place, "'\(text)' is no deadline",
        remedy: "write '06:30 Europe/Berlin', or '06:30 Europe/Berlin within 10h'")
    }
    guard let zone = ZoneRules.named(String(words[1])) else {
      var fault = ZoneRules.unknown(String(words[1]))
      fault.kind = .configuration
      throw fault.placed(at: place)
    }
    var window = Self.standardWindow
    if words.count == 4 {
      guard let span = TimeSpan(String(words[3])) else {
        throw Fault(
          .configuration, at: place, "'\(words[3])' is no length of time", remedy: "write '10h'")
      }
      window = span.duration.components.seconds
    }
    description = text
    self.minute = hour * 60 + minute
    self.zone = zone
    self.window = window
  }

  /// The last time at or before `now` at which it was due; nil where time ends.
  package func last(before now: Timestamp) -> Timestamp? {
    guard let today = zone.localTime(at: now)?.date else { return nil }
    return [0, -1, -2].lazy.compactMap { self.due(on: today, $0) }.first { $0 <= now }
  }

  /// The next time after `now` at which it is due; nil where time ends.
  package func next(after now: Timestamp) -> Timestamp? {
    guard let today = zone.localTime(at: now)?.date else { return nil }
    return [0, 1, 2].lazy.compactMap { self.due(on: today, $0) }.first { $0 > now }
  }

  /// From when on what was built counts for what is due at `due`.
  package func opening(of due: Timestamp) -> Timestamp { due.adding(seconds: -window) ?? due }

  /// A time as the zone's clocks show it: `06:30`.
  package func localText(_ time: Timestamp) -> String {
    String((zone.localTime(at: time) ?? time).description.dropFirst(11).prefix(5))
  }

  private func due(on day: CivilDate, _ offset: Int) -> Timestamp? {
    day.adding(days: offset)
      .flatMap { Timestamp($0, microsecondOfDay: minute * 60 * Timestamp.microsecondsPerSecond) }
      .flatMap { zone.instant(ofLocal: $0) }
  }

  package static func == (left: Deadline, right: Deadline) -> Bool {
    left.description == right.description
  }
}
