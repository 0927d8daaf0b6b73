/// A join's condition in parts: pairs that must be equal, and the rest.
struct JoinConditions {
  var equalities: [LogicalPlan.Equality] = []
  var residual: Expression?

  /// Conditions over left then right columns; the right ones begin at `leftCount`.
  init(_ conditions: [Expression], leftCount: Int) {
    var rest: [Expression] = []
    for condition in conditions where !condition.isTrue {
      if let equality = JoinConditions.equality(condition, leftCount) {
        equalities.append(equality)
      } else {
        rest.append(condition)
      }
    }
    residual = Expression.all(rest)
  }

  private static func equality(_ condition: Expression, _ leftCount: Int) -> LogicalPlan.Equality? {
    guard case .call(let function, let sides) = condition.kind, sides.count == 2,
      function.name == "=" || function.name == "<=>"
    else { return nil }
    let nullsMatch = function.name == "<=>"
    func isLeft(_ side: Expression) -> Bool {
      let columns = side.columns
      return !columns.isEmpty && columns.allSatisfy { $0 >= 0 && $0 < leftCount }
    }
    func isRight(_ side: Expression) -> Bool {
      let columns = side.columns
      return !columns.isEmpty && columns.allSatisfy { $0 >= leftCount }
    }
    guard sides.allSatisfy(\.isDeterministic) else { return nil }
    if isLeft(sides[0]), isRight(sides[1]) {
      return .init(sides[0], sides[1].shifted(by: -leftCount), nullsMatch: nullsMatch)
    }
    if isLeft(sides[1]), isRight(sides[0]) {
      return .init(sides[1], sides[0].shifted(by: -leftCount), nullsMatch: nullsMatch)
    }
    return nil
  }
}
