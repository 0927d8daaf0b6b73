import Columnar
import Core

/// The names Spark gives to columns without an alias.
enum AutoName {
  static func name(of syntax: ExpressionSyntax) -> String {
    switch syntax.kind {
    case .name(let parts): parts[parts.count - 1]
    case .member(_, let name): name
    case .cast(let operand, _, _): columnName(operand) ?? text(syntax)
    default: text(syntax)
    }
  }

  /// The name of a bare column.
  private static func columnName(_ syntax: ExpressionSyntax) -> String? {
    switch syntax.kind {
    case .name(let parts): parts.last
    case .member(_, let name): name
    default: nil
    }
  }

  private static func text(_ syntax: ExpressionSyntax) -> String {
    switch syntax.kind {
    case .literal(let value, _): literal(value) ?? syntax.text
    case .typedLiteral(let text, let type): "\(type.sql) '\(text)'"
    case .name(let parts): parts.joined(separator: ".")
    case .binary(let sign, let left, let right):
      sign == "<>"
        ? "(NOT (\(text(left)) = \(text(right))))"
        : sign == "||"
          ? "concat(\(text(left)), \(text(right)))" : "(\(text(left)) \(sign) \(text(right)))"
    case .unary(let sign, let operand): "(\(sign) \(text(operand)))"
    case .and(let operands): "(\(operands.map(text).joined(separator: " AND ")))"
    case .or(let operands): "(\(operands.map(text).joined(separator: " OR ")))"
    case .not(let operand): "(NOT \(text(operand)))"
    case .isNull(let operand): "(\(text(operand)) IS NULL)"
    case .isIn(let operand, let list):
      "(\(text(operand)) IN (\(list.map(text).joined(separator: ", "))))"
    case .cast(let operand, let type, let isTry):
      "\(isTry ? "TRY_CAST" : "CAST")(\(text(operand)) AS \(type.sql))"
    case .caseWhen(nil, let branches, let otherwise):
      "CASE" + branches.map { " WHEN \(text($0.condition)) THEN \(text($0.result))" }.joined()
        + (otherwise.map { " ELSE \(text($0))" } ?? "") + " END"
    case .element(let operand, let index): "\(text(operand))[\(text(index))]"
    case .member(let operand, let name): "\(text(operand)).\(name)"
    case .call(let call) where call.window == nil: self.call(call)
    case .subquery: "scalarsubquery()"
    default: syntax.text
    }
  }

  private static func literal(_ value: Scalar) -> String? {
    switch value {
    case .null: "NULL"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .decimal(let value): value.description
    case .string(let value): value
    default: nil
    }
  }

  private static func call(_ call: CallSyntax) -> String {
    let arguments = call.arguments.map { argument in
      if case .star = argument.kind, call.name == "count" { return "1" }
      return text(argument)
    }
    let distinct = call.isDistinct ? "DISTINCT " : ""
    let filter = call.filter.map { " FILTER (WHERE \(text($0)))" } ?? ""
    return "\(call.name)(\(distinct)\(arguments.joined(separator: ", ")))\(filter)"
  }
}
