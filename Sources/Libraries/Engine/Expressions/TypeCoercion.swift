package import Columnar
import Core

/// Which type values of several types meet in, by Spark's ANSI rules.
package enum TypeCoercion {
  /// The type that values of all `types` can be cast to without loss of kind (CASE, UNION, IN,
  /// COALESCE, ARRAY); nil when there is none. Strings meet numbers and dates as those.
  package static func commonType(_ types: [DataType]) -> DataType? {
    guard let first = types.first else { return nil }
    var common = first
    for type in types.dropFirst() {
      guard let wider = commonType(common, type) else { return nil }
      common = wider
    }
    return common
  }

  /// The common type of two.
  package static func commonType(_ left: DataType, _ right: DataType) -> DataType? {
    if left == right { return left }
    switch (left, right) {
    case (.null, let other), (let other, .null): return other
    case (.date, .timestamp), (.timestamp, .date): return .timestamp
    case (.string, let other), (let other, .string): return withString(other)
    case (.array(let a, let aNull), .array(let b, let bNull)):
      guard let element = commonType(a, b) else { return nil }
      return .array(element: element, containsNull: aNull || bNull)
    case (.map(let aKey, let a, let aNull), .map(let bKey, let b, let bNull)):
      guard let key = commonType(aKey, bKey), let value = commonType(a, b) else { return nil }
      return .map(key: key, value: value, valueContainsNull: aNull || bNull)
    case (.structure(let a), .structure(let b)): return structure(a, b)
    default: return numeric(left, right)
    }
  }

  /// The DECIMAL that holds every value of an integer type.
  package static func decimal(for type: DataType) -> DataType? {
    switch type {
    case .tinyint: .decimal(precision: 3, scale: 0)
    case .smallint: .decimal(precision: 5, scale: 0)
    case .int: .decimal(precision: 10, scale: 0)
    case .bigint: .decimal(precision: 20, scale: 0)
    case .decimal: type
    default: nil
    }
  }

  /// ANSI: a string becomes what it meets; whole numbers as BIGINT, others as DOUBLE.
  private static func withString(_ other: DataType) -> DataType? {
    switch other {
    case .tinyint, .smallint, .int, .bigint: .bigint
    case .float, .double, .decimal: .double
    case .date, .timestamp, .boolean, .binary: other
    default: nil
    }
  }

  private static func structure(_ left: [Field], _ right: [Field]) -> DataType? {
    guard left.count == right.count else { return nil }
    var members: [Field] = []
    for (a, b) in zip(left, right) {
      guard let type = commonType(a.type, b.type) else { return nil }
      members.append(Field(a.name, type, isNullable: a.isNullable || b.isNullable))
    }
    return .structure(members)
  }

  private static let ranks: [DataType: Int] = [
    .tinyint: 0, .smallint: 1, .int: 2, .bigint: 3, .float: 4, .double: 5,
  ]

  private static func numeric(_ left: DataType, _ right: DataType) -> DataType? {
    guard left.isNumeric, right.isNumeric else { return nil }
    if let a = ranks[left], let b = ranks[right] {
      // A BIGINT does not fit a FLOAT; Spark's ANSI rule goes to DOUBLE for both integer kinds.
      if max(a, b) == 4, min(a, b) < 4 { return .double }
      return a > b ? left : right
    }
    if left == .float || left == .double || right == .float || right == .double { return .double }
    guard case .decimal(let p1, let s1) = decimal(for: left),
      case .decimal(let p2, let s2) = decimal(for: right)
    else { return nil }
    return bounded(whole: max(p1 - s1, p2 - s2), scale: max(s1, s2))
  }

  /// A DECIMAL with so many digits before and after the point, within 38: digits before it win.
  private static func bounded(whole: Int, scale: Int) -> DataType {
    let limit = Decimal.maximumPrecision
    if whole + scale <= limit { return .decimal(precision: whole + scale, scale: scale) }
    return .decimal(precision: limit, scale: max(limit - whole, 0))
  }
}
