import Core

/// What SQLite keeps of a decimal: a whole number, or the double nearest to it.
///
/// A decimal of at most 15 digits is the only one of its scale near that double, so it reads back
/// exactly; larger ones must prove it one by one.
enum StoredDecimal {
  case integer(Int64)
  case double(Double)

  /// The largest unscaled value of which every neighbour has its own double.
  static let safeLimit: Int64 = 1_000_000_000_000_000

  /// Nil when the number would not read back exactly.
  init?(_ value: Decimal) {
    guard let unscaled = Int64(exactly: value.unscaled) else { return nil }
    self.init(unscaled, scale: value.scale)
  }

  /// Nil when the number would not read back exactly.
  init?(_ unscaled: Int64, scale: Int) {
    guard scale > 0 else {
      self = .integer(unscaled)
      return
    }
    guard scale <= 18, unscaled.magnitude < StoredDecimal.safeLimit.magnitude else { return nil }
    let unit = StoredDecimal.units[scale]
    let (whole, rest) = unscaled.quotientAndRemainder(dividingBy: unit)
    // Both are exact doubles, so the quotient is the double nearest to the decimal.
    self = rest == 0 ? .integer(whole) : .double(Double(unscaled) / Double(unit))
  }

  /// The doubles nearest to decimals of `scale`, each proven to read back; nil when one does not.
  /// SQLite itself makes a whole number of a double that is one, in a column of decimals. Rows that
  /// are not there are not looked at.
  static func doubles(
    _ unscaled: [Int64], scale: Int, isThere: UnsafeMutablePointer<Bool>?
  ) -> [Double]? {
    guard scale <= 18 else { return nil }
    let unit = Double(units[scale])
    var isExact = true
    let doubles = [Double](unsafeUninitializedCapacity: unscaled.count) { doubles, count in
      for row in unscaled.indices {
        let value = isThere.map { $0[row] } ?? true ? unscaled[row] : 0
        let double = Double(value) / unit
        // Both factors are exact, so the product is off by less than the rounding takes away.
        let isBack = (double * unit).rounded() == Double(value)
        isExact = isExact && isBack && value.magnitude < safeLimit.magnitude
        (doubles.baseAddress! + row).initialize(to: double)
      }
      count = unscaled.count
    }
    return isExact ? doubles : nil
  }

  /// The unscaled value that was stored as `value`; nil when no decimal of `scale` was.
  static func unscaled(_ value: Double, scale: Int) -> Int64? {
    guard scale <= 18 else { return nil }
    let scaled = (value * Double(units[scale])).rounded()
    guard scaled.magnitude < Double(safeLimit) else { return nil }
    let unscaled = Int64(scaled)
    return Double(unscaled) / Double(units[scale]) == value ? unscaled : nil
  }

  /// 10^0 to 10^18.
  private static let units: [Int64] = (0...18).map { Int64(Decimal.power($0)) }
}

/// One byte that stands for text without any, so that an empty text has an address.
nonisolated(unsafe) let emptyText = UnsafePointer<CChar>(
  UnsafeMutablePointer<CChar>.allocate(capacity: 1))
