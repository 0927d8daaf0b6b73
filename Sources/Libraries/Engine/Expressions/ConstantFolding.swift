package import Columnar
package import Core

/// Computes what does not depend on any row, once, before the query runs.
///
/// What fails is left as it is: the error belongs to the rows that reach it. Functions that differ
/// from call to call are left too.
package struct ConstantFolding {
  private let clock: Clock
  /// What is larger is made when it is asked for: a plan is no place for much data.
  private static let allowance = 1 << 20

  package init(clock: Clock) { self.clock = clock }

  /// The expression with its constant parts computed.
  package func fold(_ expression: Expression) -> Expression {
    let children = expression.children
    let folded = children.isEmpty ? expression : expression.withChildren(children.map(fold))
    if let value = directValue(of: folded) {
      return Expression(
        .literal(value), expression.type, isNullable: value.isNull, place: expression.place)
    }
    return simplified(folded)
  }

  /// The expression's value, if it is the same for all rows; nil when it is not, or fails.
  package func value(of expression: Expression) -> Scalar? { fold(expression).literal }

  /// The value of an expression whose parts are folded already.
  private func directValue(of expression: Expression) -> Scalar? {
    switch expression.kind {
    case .literal(let value): return value
    case .column: return nil
    case .isNull(let operand): return operand.literal.map { .boolean($0.isNull) }
    case .not(let operand):
      switch operand.literal {
      case .boolean(let value)?: return .boolean(!value)
      case .null?: return .null
      default: return nil
      }
    case .call(let function, let arguments):
      guard function.isDeterministic else { return nil }
      return evaluated(arguments) { columns in
        let context = EvaluationContext(
          clock: clock, place: expression.place, allowance: ConstantFolding.allowance)
        return try function.evaluate(columns, 1, context)
      }
    case .cast(let operand, let isTry):
      return evaluated([operand]) { columns in
        try columns[0].cast(to: expression.type, isTry: isTry, today: clock.now.date)
      }
    case .member(let operand, let index):
      guard let value = operand.literal else { return nil }
      guard case .structure(let members) = value else { return .null }
      return members[index]
    case .and, .or, .caseWhen, .isIn: return nil
    }
  }

  private func evaluated(
    _ arguments: [Expression], _ body: ([Column]) throws -> Column
  ) -> Scalar? {
    var columns: [Column] = []
    for argument in arguments {
      guard let value = argument.literal else { return nil }
      columns.append(Column.constant(value, argument.type, count: 1))
    }
    guard let result = try? body(columns), result.count == 1 else { return nil }
    // A literal is text; bytes that are none would become other ones.
    if result.type == .string, !result.isNull(0),
      !result.withBytes({ String(validating: $0[0], as: UTF8.self) != nil })
    {
      return nil
    }
    return result.scalar(at: 0)
  }

  // MARK: Logic

  private func simplified(_ expression: Expression) -> Expression {
    switch expression.kind {
    case .and(let operands): return junction(expression, operands, neutral: true)
    case .or(let operands): return junction(expression, operands, neutral: false)
    case .caseWhen(let branches, let otherwise):
      return choice(expression, branches, otherwise)
    case .isIn(let operand, let elements):
      guard operand.literal == .null, !elements.isEmpty else { return expression }
      return Expression(.literal(.null), .boolean, place: expression.place)
    default: return expression
    }
  }

  /// AND and OR without operands that decide nothing, or decided by one of them.
  private func junction(
    _ expression: Expression, _ operands: [Expression], neutral: Bool
  ) -> Expression {
    var kept: [Expression] = []
    for operand in operands {
      if operand.literal == .boolean(neutral) { continue }
      kept.append(operand)
      // What stands behind the deciding operand is never reached.
      if operand.literal == .boolean(!neutral) { break }
    }
    if kept.isEmpty {
      return Expression(
        .literal(.boolean(neutral)), .boolean, isNullable: false, place: expression.place)
    }
    if kept.count == 1 { return kept[0] }
    if kept.dropLast().allSatisfy({ !$0.mayFail }), kept.last?.literal == .boolean(!neutral) {
      return kept[kept.count - 1]
    }
    var copy = expression
    copy.kind = neutral ? .and(kept) : .or(kept)
    copy.isNullable = kept.contains(where: \.isNullable)
    return copy
  }

  /// CASE without branches that are never taken.
  private func choice(
    _ expression: Expression, _ branches: [Expression.Branch], _ otherwise: Expression?
  ) -> Expression {
    var kept: [Expression.Branch] = []
    var last = otherwise
    for branch in branches {
      if branch.condition.literal == .boolean(false) || branch.condition.literal == .null {
        continue
      }
      if branch.condition.isTrue {
        last = branch.result
        break
      }
      kept.append(branch)
    }
    if kept.isEmpty {
      return last ?? Expression(.literal(.null), expression.type, place: expression.place)
    }
    var copy = expression
    copy.kind = .caseWhen(branches: kept, otherwise: last)
    return copy
  }
}
