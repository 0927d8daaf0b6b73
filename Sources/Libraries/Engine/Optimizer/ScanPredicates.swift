import Columnar
import Core

/// Tells scans which of the conditions above them partition values and statistics can judge.
enum ScanPredicates {
  static func apply(_ plan: LogicalPlan) -> LogicalPlan {
    if case .filter(.scan(var scan), let condition) = plan {
      let names = Set(scan.table.schema.names)
      for part in condition.conjuncts {
        if let predicate = predicate(part, scan.columns), names.contains(predicate.column),
          !scan.predicates.contains(predicate)
        {
          scan.predicates.append(predicate)
        }
      }
      return .filter(.scan(scan), condition)
    }
    return plan.withInputs(plan.inputs.map(apply))
  }

  private static func predicate(
    _ condition: Expression, _ columns: [Field]
  ) -> ColumnPredicate? {
    switch condition.kind {
    case .isNull(let operand):
      return operand.columnPosition.map { ColumnPredicate(columns[$0].name, .isNull) }
    case .not(let inner):
      guard case .isNull(let operand) = inner.kind else { return nil }
      return operand.columnPosition.map { ColumnPredicate(columns[$0].name, .isNotNull) }
    case .isIn(let operand, let elements):
      guard let position = operand.columnPosition else { return nil }
      let values = elements.compactMap(\.literal)
      guard values.count == elements.count else { return nil }
      return ColumnPredicate(columns[position].name, .isIn(Set(values.filter { !$0.isNull })))
    case .call(let function, let sides) where sides.count == 2:
      return comparison(function.name, sides, columns)
    default: return nil
    }
  }

  private static let mirrored = ["=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="]

  private static func comparison(
    _ sign: String, _ sides: [Expression], _ columns: [Field]
  ) -> ColumnPredicate? {
    var sign = sign
    var position = sides[0].columnPosition
    var value = sides[1].literal
    if position == nil {
      guard let turned = mirrored[sign] else { return nil }
      sign = turned
      position = sides[1].columnPosition
      value = sides[0].literal
    }
    guard let position, let value, !value.isNull else { return nil }
    let field = columns[position]
    // NaN is greater than all numbers, and statistics do not count it.
    let isFloating = field.type == .double || field.type == .float
    switch sign {
    case "=": return isFloating ? nil : ColumnPredicate(field.name, .equal(value))
    case "<": return ColumnPredicate(field.name, .less(value))
    case "<=": return ColumnPredicate(field.name, .lessOrEqual(value))
    case ">" where !isFloating: return ColumnPredicate(field.name, .greater(value))
    case ">=" where !isFloating: return ColumnPredicate(field.name, .greaterOrEqual(value))
    default: return nil
    }
  }
}
