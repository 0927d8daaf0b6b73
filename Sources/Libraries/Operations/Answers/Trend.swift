package import Core

/// A straight line through points that a few wild ones do not turn: the median of the slopes of all
/// pairs (Theil and Sen), and the median of what is left.
package struct Trend: Equatable, Sendable {
  /// By how much it grows in a day.
  package let perDay: Double
  /// Where the line stands at the last point.
  package let level: Double
  package let last: Timestamp
  package let count: Int

  /// The line through `points`; nil with fewer than three, or when all are of one moment.
  package init?(_ points: [(time: Timestamp, value: Double)]) {
    // So many tell as much as more would.
    let points = points.sorted { $0.time < $1.time }.suffix(300)
    guard points.count >= 3, let last = points.last?.time else { return nil }
    let days = points.map { Double($0.time.microseconds &- last.microseconds) / 86_400e6 }
    let values = points.map(\.value)
    var slopes: [Double] = []
    for first in days.indices {
      for second in days.indices.dropFirst(first + 1) where days[second] > days[first] {
        slopes.append((values[second] - values[first]) / (days[second] - days[first]))
      }
    }
    guard !slopes.isEmpty else { return nil }
    let slope = Self.median(slopes)
    perDay = slope
    level = Self.median(zip(days, values).map { $1 - slope * $0 })
    self.last = last
    count = points.count
  }

  /// When the line reaches `limit`: now, if it stands there already; nil when it does not within a
  /// hundred years.
  package func reaches(_ limit: Double) -> Timestamp? {
    if level >= limit { return last }
    guard perDay > 0 else { return nil }
    let days = (limit - level) / perDay
    guard days < 36_525 else { return nil }
    return last.adding(microseconds: Int64(days * 86_400e6))
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
