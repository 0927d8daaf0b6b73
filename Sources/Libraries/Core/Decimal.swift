/// An exact decimal number: `unscaled` × 10^-`scale`, at most 38 digits (Spark's DECIMAL).
package struct Decimal: Hashable, Sendable, CustomStringConvertible {
  /// The most digits a DECIMAL holds.
  package static let maximumPrecision = 38

  package var unscaled: Int128
  package var scale: Int

  package init(unscaled: Int128, scale: Int) {
    self.unscaled = unscaled
    self.scale = scale
  }

  /// How many digits the number has, at least one.
  package var digitCount: Int { Decimal.digitCount(unscaled) }

  /// Plain notation with exactly `scale` digits after the point, as Spark prints it.
  package var description: String {
    let negative = unscaled < 0
    var digits = String(unscaled.magnitude)
    guard scale > 0 else { return (negative ? "-" : "") + digits }
    if digits.count <= scale {
      digits = String(repeating: "0", count: scale + 1 - digits.count) + digits
    }
    let point = digits.index(digits.endIndex, offsetBy: -scale)
    return (negative ? "-" : "") + digits[..<point] + "." + digits[point...]
  }

  /// The number with `scale` digits after the point, rounded half up (away from zero);
  /// nil when it needs more than `precision` digits.
  package func rescaled(to scale: Int, precision: Int = Decimal.maximumPrecision) -> Decimal? {
    guard let value = Decimal.rescale(unscaled, from: self.scale, to: scale),
      value.magnitude < Decimal.power(precision).magnitude
    else { return nil }
    return Decimal(unscaled: value, scale: scale)
  }

  /// 10^`exponent`, for 0 to 38.
  @inlinable
  package static func power(_ exponent: Int) -> Int128 { powersOfTen[exponent] }

  /// `value` moved from one scale to another, rounded half up; nil on overflow of 128 bits.
  @inlinable
  package static func rescale(_ value: Int128, from: Int, to: Int) -> Int128? {
    if from == to { return value }
    if to > from {
      guard to - from <= maximumPrecision else { return value == 0 ? 0 : nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: power(to - from))
      return overflow ? nil : product
    }
    guard from - to <= maximumPrecision else { return 0 }
    let divisor = power(from - to)
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    let roundsAway = remainder.magnitude >= divisor.magnitude - remainder.magnitude
    return roundsAway ? quotient + (value < 0 ? -1 : 1) : quotient
  }

  /// How many decimal digits `value` has, at least one.
  @inlinable
  package static func digitCount(_ value: Int128) -> Int {
    let magnitude = value.magnitude
    var count = 1
    while count <= maximumPrecision, magnitude >= power(count).magnitude { count += 1 }
    return count
  }

  @usableFromInline
  package static let powersOfTen: [Int128] = {
    var powers: [Int128] = [1]
    for _ in 0..<maximumPrecision { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()
}

extension Decimal: Comparable {
  package static func == (left: Decimal, right: Decimal) -> Bool {
    !(left < right) && !(right < left)
  }

  package static func < (left: Decimal, right: Decimal) -> Bool {
    if left.scale == right.scale { return left.unscaled < right.unscaled }
    let scale = max(left.scale, right.scale)
    let a = Decimal.rescale(left.unscaled, from: left.scale, to: scale)
    let b = Decimal.rescale(right.unscaled, from: right.scale, to: scale)
    if let a, let b { return a < b }
    // The one that does not fit is the greater in magnitude.
    return a == nil ? left.unscaled < 0 : right.unscaled > 0
  }

  package func hash(into hasher: inout Hasher) {
    // Equal numbers hash alike: trailing zeros do not count.
    var value = unscaled
    var places = scale
    while places > 0, value % 10 == 0 {
      value /= 10
      places -= 1
    }
    hasher.combine(value)
    hasher.combine(value == 0 ? 0 : places)
  }
}
