import Governance

extension TillNews {
  /// So many senders or gaps stand in a run event.
  private static let listed = 20

  /// What the run event tells of clocks; nil when none is off.
  var clockSkewFacet: ClockSkewFacet? {
    guard !skew.isNone else { return nil }
    return ClockSkewFacet(
      toleranceSeconds: tolerance / .seconds(1), ahead: side(skew.ahead), late: side(skew.late))
  }

  /// What the run event tells of numbers in sequence; nil when they are not counted.
  var sequenceGapsFacet: SequenceGapsFacet? {
    guard let sequence else { return nil }
    var facet = SequenceGapsFacet(field: sequence.field)
    facet.opened = sequence.opened.numberCount
    facet.filled = sequence.filled.numberCount
    facet.open = sequence.open.numberCount
    facet.openSenders = Set(sequence.open.map(\.till)).count
    facet.repeated = sequence.repeatedCount
    facet.uncounted = sequence.uncountedCount
    facet.givenUp = sequence.givenUpCount
    facet.gaps = sequence.opened.prefix(Self.listed).map { gap in
      SequenceGapsFacet.Gap(
        gap.till.names, first: gap.numbers.lowerBound, last: gap.numbers.upperBound)
    }
    return facet
  }

  private func side(_ side: ClockSkew.Side) -> ClockSkewFacet.Side? {
    guard side.eventCount > 0 else { return nil }
    let worst = side.worst(Self.listed).map { till, deviation in
      ClockSkewFacet.Sender(
        till.names, eventCount: deviation.eventCount,
        greatestSeconds: seconds(deviation.greatest))
    }
    return ClockSkewFacet.Side(
      eventCount: side.eventCount, senderCount: side.tills.count,
      greatestSeconds: worst.first?.greatestSeconds ?? 0, worst: worst)
  }

  private func seconds(_ microseconds: Int64) -> Double { Double(microseconds) / 1_000_000 }
}
