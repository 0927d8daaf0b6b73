import Columnar
import Core

// Spark's ANSI rules for the types that operators and functions take and give.
extension FunctionCatalog {
  /// Whether an argument of type `source` may stand where `target` is wanted, cast unasked: what
  /// may be stored in a column of it, and a text where a value is wanted that is not nested. A
  /// value that is out of the type's range is an error when it comes.
  static func isImplicitlyCast(_ source: DataType, to target: DataType) -> Bool {
    if source == .string, !target.isNested, target != .null { return true }
    return isStored(source, as: target)
  }

  /// Whether a value of type `source` may be stored as `target`.
  private static func isStored(_ source: DataType, as target: DataType) -> Bool {
    if source == target || source == .null { return true }
    switch (source, target) {
    case (.array(let a, _), .array(let b, _)): return isStored(a, as: b)
    case (.map(let a, let x, _), .map(let b, let y, _)):
      return isStored(a, as: b) && isStored(x, as: y)
    case (.structure(let a), .structure(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { isStored($0.type, as: $1.type) }
    case (_, .string): return !source.isNested
    case (.date, .timestamp), (.timestamp, .date): return true
    default: return source.isNumeric && target.isNumeric
    }
  }

  // MARK: Decimals

  /// DECIMAL with precision and scale cut to 38 digits; digits left of the point are kept.
  static func adjusted(precision: Int, scale: Int) -> DataType {
    guard precision > Decimal.maximumPrecision else {
      return .decimal(precision: precision, scale: scale)
    }
    let whole = precision - scale
    return .decimal(
      precision: Decimal.maximumPrecision,
      scale: max(Decimal.maximumPrecision - whole, min(scale, 6)))
  }

  /// DECIMAL with precision and scale each at most 38.
  static func bounded(precision: Int, scale: Int) -> DataType {
    .decimal(
      precision: min(precision, Decimal.maximumPrecision),
      scale: min(scale, Decimal.maximumPrecision))
  }

  /// The result of an operator on two decimals.
  static func decimalResult(
    _ op: ArithmeticOperator, _ left: DataType, _ right: DataType
  ) -> DataType {
    let (p1, s1) = left.decimalShape
    let (p2, s2) = right.decimalShape
    let scale = max(s1, s2)
    switch op {
    case .add, .subtract:
      return adjusted(precision: max(p1 - s1, p2 - s2) + scale + 1, scale: scale)
    case .multiply: return adjusted(precision: p1 + p2 + 1, scale: s1 + s2)
    case .divide:
      let scale = max(6, s1 + p2 + 1)
      return adjusted(precision: p1 - s1 + s2 + scale, scale: scale)
    case .wholeQuotient: return .bigint
    case .remainder, .positiveRemainder:
      return adjusted(precision: min(p1 - s1, p2 - s2) + scale, scale: scale)
    }
  }

  /// The decimal type of a number beside a decimal; a whole-number literal takes its own digits,
  /// unless it is a TINYINT.
  static func decimalType(_ argument: Argument) -> DataType {
    if argument.type.isWhole, argument.type != .tinyint,
      case .integer(let value)? = argument.literal
    {
      return .decimal(precision: Decimal.digitCount(Int128(value)), scale: 0)
    }
    let (precision, scale) = argument.type.decimalShape
    return .decimal(precision: precision, scale: scale)
  }
}

extension DataType {
  /// Whether values hold values of other types.
  var isNested: Bool { layout == .list || layout == .structure }

  /// Whether values are whole numbers.
  var isWhole: Bool {
    switch self {
    case .tinyint, .smallint, .int, .bigint: true
    default: false
    }
  }

  /// Whether values are floating point.
  var isFloating: Bool { self == .float || self == .double }

  /// The digits of a whole number as a decimal; 0 for other types.
  var wholeDigits: Int {
    switch self {
    case .tinyint: 3
    case .smallint: 5
    case .int: 10
    case .bigint: 20
    default: 0
    }
  }

  /// Precision and scale of a decimal, or of a whole number as a decimal.
  var decimalShape: (precision: Int, scale: Int) {
    if case .decimal(let precision, let scale) = self { return (precision, scale) }
    return (wholeDigits, 0)
  }

  /// Whether values have an order.
  var isOrderable: Bool {
    switch self {
    case .map: false
    case .array(let element, _): element.isOrderable
    case .structure(let fields): fields.allSatisfy { $0.type.isOrderable }
    default: true
    }
  }
}
