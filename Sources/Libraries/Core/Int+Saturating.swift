extension FixedWidthInteger where Self: SignedInteger {
  /// The sum, or the last number there is in its direction when it lies beyond: a wild
  /// number of a till may open a gap of trillions.
  package func saturatingAdd(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, in the same way.
  package func saturatingSubtract(_ other: Self) -> Self {
    let (rest, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other > 0 ? .min : .max) : rest
  }
}
