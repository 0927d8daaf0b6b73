extension Int {
  /// The sum with a number of the same sign, or the greatest number when it is too great: a wild
  /// number of a till may open a gap of trillions.
  package func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
