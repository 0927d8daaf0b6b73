/// What is usual, by numbers of before: the middle one, and how far others are from it. One night
/// that went wrong moves neither, as it would a mean.
package struct Usual: Equatable, Sendable {
  package let middle: Double
  /// The middle distance from `middle`, scaled as a standard deviation would be.
  package let spread: Double

  /// The trend of `values`; nil with fewer than `least` of them.
  package init?(_ values: [Double], least: Int = 5) {
    guard values.count >= max(1, least) else { return nil }
    middle = Self.middle(of: values)
    let center = middle
    spread = 1.4826 * Self.middle(of: values.map { abs($0 - center) })
  }

  /// Whether `value` is more than usual: beyond `factor` times the middle, and beyond what spread
  /// explains.
  package func isExceeded(by value: Double, factor: Double) -> Bool {
    value > middle * factor && value > middle + 4 * spread
  }

  private static func middle(of values: [Double]) -> Double {
    let sorted = values.sorted()
    let half = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half]
  }
}
