import Core
import TextFormats

/// Events whose time is not near the time at which they were received, by till. They are taken as
/// they are: what a till's clock says is never put right here.
package struct ClockSkew: Equatable, Sendable {
  /// How far some events are off.
  package struct Deviation: Equatable, Sendable {
    package var eventCount = 0
    /// Microseconds.
    package var greatest: Int64 = 0

    mutating func add(_ other: Deviation) {
      eventCount += other.eventCount
      greatest = max(greatest, other.greatest)
    }
  }

  /// The events that are off in one direction.
  package struct Side: Equatable, Sendable {
    package private(set) var eventCount = 0
    package private(set) var tills: [Till: Deviation] = [:]

    mutating func add(_ deviation: Deviation, of till: Till) {
      eventCount += deviation.eventCount
      guard tills[till] != nil || tills.count < ClockSkew.tillLimit else { return }
      tills[till, default: Deviation()].add(deviation)
    }

    /// Whether there may be more tills than are told apart.
    package var isFull: Bool { tills.count == ClockSkew.tillLimit }

    /// The tills that are farthest off, at most `count` of them.
    package func worst(_ count: Int) -> [(till: Till, deviation: Deviation)] {
      let order = tills.sorted { left, right in
        left.value.greatest != right.value.greatest
          ? left.value.greatest > right.value.greatest : left.key < right.key
      }
      return order.prefix(count).map { ($0.key, $0.value) }
    }
  }

  /// More tills than that are counted together, not told apart.
  static let tillLimit = 10_000

  /// Events of a time after they were received.
  package private(set) var ahead = Side()
  /// Events that were received long after their time, by the record's own word.
  package private(set) var late = Side()

  /// Whether no event is off.
  package var isNone: Bool { ahead.eventCount == 0 && late.eventCount == 0 }

  /// Adds the events of `lines` that are off by more than `tolerance` microseconds. They were
  /// received at `received(line)`, or where that is nil not after `now`: then none is late.
  mutating func add(
    _ lines: [JSONLineCheck.Noted], senders: [[String?]], now: Timestamp, tolerance: Int64,
    received: (Int) -> Timestamp?
  ) {
    var found: [Int: (ahead: Deviation, late: Deviation)] = [:]
    for line in lines {
      let known = received(line.line)
      let (skew, isTooFar) = line.time.microseconds.subtractingReportingOverflow(
        (known ?? now).microseconds)
      if !isTooFar, skew <= tolerance, known == nil || skew >= -tolerance { continue }
      var sides = found[line.sender] ?? (Deviation(), Deviation())
      let one = Deviation(eventCount: 1, greatest: Int64(clamping: skew.magnitude))
      if skew > 0 { sides.ahead.add(one) } else { sides.late.add(one) }
      found[line.sender] = sides
    }
    for (sender, sides) in found {
      let till = Till(senders[sender])
      if sides.ahead.eventCount > 0 { ahead.add(sides.ahead, of: till) }
      if sides.late.eventCount > 0 { late.add(sides.late, of: till) }
    }
  }
}
