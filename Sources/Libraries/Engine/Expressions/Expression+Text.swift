import Columnar
import Core

extension Expression {
  /// The expression with the names of its input's columns.
  package func text(over names: [String]) -> String {
    func list(_ parts: [Expression], _ separator: String) -> String {
      parts.map { $0.text(over: names) }.joined(separator: separator)
    }
    switch kind {
    case .column(let position):
      return names.indices.contains(position) ? names[position] : "#\(position)"
    case .literal(let value): return value.written
    case .call(let function, let arguments):
      if arguments.count == 2, let first = function.name.first, !first.isLetter,
        function.name != "[]"
      {
        return "(\(list(arguments, " \(function.name) ")))"
      }
      return "\(function.name)(\(list(arguments, ", ")))"
    case .cast(let operand, let isTry):
      return "\(isTry ? "try_cast" : "cast")(\(operand.text(over: names)) as \(type.sql))"
    case .and(let operands): return "(\(list(operands, " and ")))"
    case .or(let operands): return "(\(list(operands, " or ")))"
    case .not(let operand): return "not \(operand.text(over: names))"
    case .isNull(let operand): return "\(operand.text(over: names)) is null"
    case .caseWhen(let branches, let otherwise):
      let parts = branches.map {
        "when \($0.condition.text(over: names)) then \($0.result.text(over: names))"
      }
      let last = otherwise.map { " else \($0.text(over: names))" } ?? ""
      return "case \(parts.joined(separator: " "))\(last) end"
    case .isIn(let operand, let elements):
      return "\(operand.text(over: names)) in (\(list(elements, ", ")))"
    case .member(let operand, let index):
      let fields = operand.type.fields
      let name = fields.indices.contains(index) ? fields[index].name : "\(index)"
      return "\(operand.text(over: names)).\(name)"
    }
  }
}

extension Scalar {
  /// The value as a person writes it.
  var written: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .double(let value): "\(value)"
    case .decimal(let value): value.description
    case .string(let value): "'\(value)'"
    case .binary(let bytes): "\(bytes.count) bytes"
    case .date(let value): value.description
    case .timestamp(let value): value.description
    case .list(let values): "[\(values.map(\.written).joined(separator: ", "))]"
    case .structure(let values): "{\(values.map(\.written).joined(separator: ", "))}"
    }
  }
}
