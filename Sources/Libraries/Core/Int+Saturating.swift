extension Int {
  /// The sum, or the last number there is in its direction when it lies beyond: a wild
  /// number of a till may open a gap of trillions.
  package func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
