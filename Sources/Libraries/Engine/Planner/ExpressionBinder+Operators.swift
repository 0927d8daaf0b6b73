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
    default:
      let operands = try [left, right].map { try interval($0) ?? bind($0) }
      let isArithmetic = ["+", "-", "*", "/", "%", "div"].contains(sign)
      if isArithmetic, operands.allSatisfy({ $0.type == .string }) {
        throw Fault(
          .configuration, at: place, "'\(sign)' of two strings",
          remedy: "cast them to numbers, or join texts with ||")
      }
      return try call(sign, operands, at: place)
    }
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
    if var replacement = function.replacement?(cast) {
      replacement.place = place
      return replacement
    }
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
      // The words may bring their own remedy.
      let parts = words.split(separator: "; ", maxSplits: 1)
      return Fault(
        .configuration, at: place, "'\(name)': \(parts.first ?? "")",
        remedy: parts.count > 1 ? String(parts[1]) : "mend the arguments, with a cast if need be")
    }
  }

  // MARK: Intervals

  /// An interval as functions take it; nil when the syntax is something else.
  func interval(_ syntax: ExpressionSyntax) throws -> Expression? {
    guard case .interval(let interval) = syntax.kind else { return nil }
    var counts: [Int128] = [0, 0, 0]
    for part in interval.parts {
      guard let value = try number(part.value) else {
        return try computedInterval(interval, at: syntax.place)
      }
      // So many digits, times a week in microseconds, are far from the end of 128 bits.
      let millionths = value.rescaled(to: 6, precision: 26)?.unscaled
      let (index, length) = part.unit.measure
      guard let millionths, index == 2 || millionths % 1_000_000 == 0 else {
        throw Fault(
          .configuration, at: part.value.place, "\(value) \(part.unit.rawValue)s is no interval",
          remedy: millionths == nil ? "give a smaller number" : "give a whole number")
      }
      counts[index] += millionths * Int128(length) / 1_000_000
    }
    let members = zip(DataType.interval.fields, counts).compactMap { field, count -> Scalar? in
      let isHeld = field.type == .int ? Int32(exactly: count) != nil : Int64(exactly: count) != nil
      return isHeld ? .integer(Int64(count)) : nil
    }
    guard members.count == counts.count else {
      throw Fault(
        .configuration, at: syntax.place, "the interval is longer than any",
        remedy: "give smaller numbers")
    }
    return Expression(
      .literal(.structure(members)), .interval, isNullable: false, place: syntax.place)
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
    _ interval: IntervalSyntax, at place: Place
  ) throws -> Expression {
    guard interval.parts.count == 1 else {
      throw Fault(
        .configuration, at: place, "an INTERVAL of several parts takes numbers only",
        remedy: "add one interval after the other")
    }
    let (index, length) = interval.parts[0].unit.measure
    var members: [Expression] = []
    for (position, field) in DataType.interval.fields.enumerated() {
      var count = Expression(.literal(.integer(0)), field.type, isNullable: false)
      if position == index {
        let factor = Expression(.literal(.integer(length)), field.type, isNullable: false)
        count = coerce(try bind(interval.parts[0].value), to: field.type)
        if length != 1 { count = try call("*", [count, factor], at: place) }
      }
      members += [
        Expression(.literal(.string(field.name)), .string, isNullable: false), count,
      ]
    }
    var result = try call("named_struct", members, at: place)
    result.type = .interval
    return result
  }
}

extension IntervalUnit {
  /// Which member of `DataType.interval` counts the unit (0 months, 1 days, 2 microseconds), and
  /// how many of it a unit is.
  var measure: (index: Int, length: Int64) {
    switch self {
    case .day: (1, 1)
    case .week: (1, 7)
    default: months.map { (0, Int64($0)) } ?? (2, microseconds ?? 1)
    }
  }
}
