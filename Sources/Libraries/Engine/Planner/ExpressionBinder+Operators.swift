import Columnar
import Core

/// Operators, and the one way to a function of the catalog.
extension ExpressionBinder {
  func unary(_ sign: String, _ syntax: ExpressionSyntax, at place: Place) throws -> Expression {
    let operand = try bind(syntax)
    switch sign {
    case "-": return try call("negative", [operand], at: place)
    case "+":
      guard operand.type.isNumeric || operand.type == .null else {
        throw Fault(
          .configuration, at: place, "'+' before \(operand.type.sql)", remedy: "leave it out")
      }
      return operand
    default: return try call(sign, [operand], at: place)
    }
  }

  func binary(
    _ sign: String, _ left: ExpressionSyntax, _ right: ExpressionSyntax, at place: Place
  ) throws -> Expression {
    switch sign {
    case "=", "<=>", "<", "<=", ">", ">=":
      return try comparison(sign, try bind(left), try bind(right), at: place)
    case "<>":
      let equal = try comparison("=", try bind(left), try bind(right), at: place)
      return Expression(.not(equal), .boolean, isNullable: equal.isNullable, place: place)
    case "+", "-": return try sum(sign, left, right, at: place)
    case "||":
      let operands = try [left, right].map(bind)
      return try call(sign, operands, at: place)
    default:
      return try call(sign, try [left, right].map(bind), at: place)
    }
  }

  /// `+` and `-`, which also move dates by days and by intervals.
  private func sum(
    _ sign: String, _ left: ExpressionSyntax, _ right: ExpressionSyntax, at place: Place
  ) throws -> Expression {
    if case .interval(let interval) = right.kind {
      let parts = try intervalArguments(interval, isNegated: sign == "-", at: right.place)
      return try call("add_interval", [try bind(left)] + parts, at: place)
    }
    if case .interval(let interval) = left.kind, sign == "+" {
      let parts = try intervalArguments(interval, isNegated: false, at: left.place)
      return try call("add_interval", [try bind(right)] + parts, at: place)
    }
    let a = try bind(left)
    let b = try bind(right)
    switch (a.type, b.type) {
    case (.date, .tinyint), (.date, .smallint), (.date, .int):
      return try call(sign == "+" ? "date_add" : "date_sub", [a, b], at: place)
    case (.tinyint, .date), (.smallint, .date), (.int, .date):
      if sign == "+" { return try call("date_add", [b, a], at: place) }
    case (.date, .date) where sign == "-", (.timestamp, .timestamp) where sign == "-",
      (.date, .timestamp) where sign == "-", (.timestamp, .date) where sign == "-":
      throw Fault(
        .configuration, at: place,
        "the difference of \(a.type.sql) and \(b.type.sql) is an INTERVAL, which is not supported",
        remedy: "use datediff(a, b) or timestampdiff(SECOND, b, a)")
    default: break
    }
    return try call(sign, [a, b], at: place)
  }

  /// `=`, `<` and the like over one type.
  func comparison(
    _ sign: String, _ left: Expression, _ right: Expression, at place: Place
  ) throws -> Expression {
    guard let common = TypeCoercion.commonType(left.type, right.type) else {
      throw Fault(
        .configuration, at: place, "cannot compare \(left.type.sql) with \(right.type.sql)",
        remedy: "cast one of them")
    }
    return try call(
      sign, [coerce(left, to: common), coerce(right, to: common)], at: place)
  }

  /// A function of the catalog over bound arguments.
  func call(_ name: String, _ arguments: [Expression], at place: Place) throws -> Expression {
    let known = arguments.map { FunctionCatalog.Argument($0.type, literal: $0.literal) }
    let function: ScalarFunction
    do throws(FunctionCatalog.Refusal) {
      function = try FunctionCatalog.scalar(name, known)
    } catch {
      throw fault(error, name, at: place)
    }
    let cast = zip(arguments, function.argumentTypes).map { coerce($0, to: $1) }
    return Expression(
      .call(function, cast), function.resultType,
      isNullable: function.mayAddNulls || cast.contains(where: \.isNullable), place: place)
  }

  func fault(_ refusal: FunctionCatalog.Refusal, _ name: String, at place: Place) -> Fault {
    switch refusal {
    case .unknownName:
      return Fault(
        .configuration, at: place, "no function '\(name)'",
        remedy: Suggestion.remedy(
          for: name, among: FunctionCatalog.names + BuiltIn.names,
          otherwise: "use a built-in Spark SQL function"))
    case .wrongArguments(let words):
      return Fault(
        .configuration, at: place, "'\(name)': \(words)",
        remedy: "mend the arguments, with a cast if need be")
    }
  }

  // MARK: Intervals

  /// An interval as the catalog takes it: months, days, microseconds.
  func intervalArguments(
    _ interval: IntervalSyntax, isNegated: Bool, at place: Place
  ) throws -> [Expression] {
    var months: Int64 = 0
    var days: Int64 = 0
    var microseconds: Int64 = 0
    for part in interval.parts {
      let sign: Int64 = isNegated ? -1 : 1
      guard let value = try number(part.value) else {
        return try computedInterval(interval, isNegated: isNegated, at: place)
      }
      let count = value.rescaled(to: 6).map { $0.unscaled } ?? 0
      let unit = part.unit
      guard count % 1_000_000 == 0 || unit == .second || unit == .millisecond else {
        throw Fault(
          .configuration, at: part.value.place, "\(value) \(unit.rawValue)s is no interval",
          remedy: "give a whole number")
      }
      let whole = Int64(clamping: count / 1_000_000) * sign
      if let unitMonths = unit.months {
        months += whole * Int64(unitMonths)
      } else if unit == .day || unit == .week {
        days += whole * (unit == .week ? 7 : 1)
      } else if let length = unit.microseconds {
        microseconds += Int64(clamping: count * Int128(length) / 1_000_000) * sign
      }
    }
    return [
      Expression(.literal(.integer(months)), .int, isNullable: false, place: place),
      Expression(.literal(.integer(days)), .int, isNullable: false, place: place),
      Expression(.literal(.integer(microseconds)), .bigint, isNullable: false, place: place),
    ]
  }

  private func number(_ syntax: ExpressionSyntax) throws -> Decimal? {
    switch try bind(syntax).literal {
    case .integer(let value)?: return Decimal(unscaled: Int128(value), scale: 0)
    case .decimal(let value)?: return value
    default: return nil
    }
  }

  /// `INTERVAL x DAY`: one part whose count is an expression.
  private func computedInterval(
    _ interval: IntervalSyntax, isNegated: Bool, at place: Place
  ) throws -> [Expression] {
    guard interval.parts.count == 1 else {
      throw Fault(
        .configuration, at: place, "an INTERVAL of several parts takes numbers only",
        remedy: "add one interval after the other")
    }
    let unit = interval.parts[0].unit
    var count = try bind(interval.parts[0].value)
    if isNegated { count = try call("negative", [count], at: place) }
    let type: DataType = unit.months != nil || unit == .day || unit == .week ? .int : .bigint
    let factor = unit.months.map(Int64.init) ?? (unit == .week ? 7 : unit == .day ? 1 : nil)
      ?? unit.microseconds ?? 1
    if factor != 1 {
      let literal = Expression(.literal(.integer(factor)), type, isNullable: false)
      count = try call("*", [coerce(count, to: type), literal], at: place)
    }
    count = coerce(count, to: type)
    let noCount = Expression(.literal(.integer(0)), .int, isNullable: false)
    let noTime = Expression(.literal(.integer(0)), .bigint, isNullable: false)
    if unit.months != nil { return [count, noCount, noTime] }
    if unit == .day || unit == .week { return [noCount, count, noTime] }
    return [noCount, noCount, count]
  }
}
