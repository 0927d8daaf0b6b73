package import Core

/// How many events each day has.
package struct Volume: Sendable {
  private let averageCount: Int
  private let firstDay: Int
  /// The counts of the days from `firstDay`, where they are to add up to something.
  private let counts: [Int]

  /// `averageCount` events a day on the average of a year, more or fewer by season: a day has as
  /// many whatever other days are asked for.
  package init(averageCount: Int) {
    self.averageCount = averageCount
    firstDay = 0
    counts = []
  }

  /// `total` events in `days`, shared out by season. Days outside have what an average day there
  /// has.
  package init(total: Int, in days: Range<CivilDate>) {
    firstDay = Int(days.lowerBound.dayNumber)
    let dayNumbers = days.lowerBound.dayNumber..<days.upperBound.dayNumber
    averageCount = total / max(1, dayNumbers.count)
    let shares = dayNumbers.map { Season.share(CivilDate(dayNumber: $0)) }
    let shareTotal = max(1, shares.reduce(0, +))
    var counts: [Int] = []
    var shareSoFar = 0
    var countSoFar = 0
    for share in shares {
      shareSoFar += share
      let count = total / shareTotal * shareSoFar + total % shareTotal * shareSoFar / shareTotal
      counts.append(count - countSoFar)
      countSoFar = count
    }
    self.counts = counts
  }

  /// How many events `day` has.
  package func count(_ day: CivilDate) -> Int {
    let index = Int(day.dayNumber) - firstDay
    if counts.indices.contains(index) { return counts[index] }
    return averageCount * Season.share(day) / 1_000
  }

  /// What the counts follow from, as text.
  var signature: String { counts.isEmpty ? "\(averageCount)" : "\(firstDay) \(counts)" }
}
