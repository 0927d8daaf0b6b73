import Columnar

/// Takes what all arms of an OR have in common out of it: `a AND b OR a AND c` is `a AND (b OR c)`.
///
/// A key of a join that stands in each arm is then a key of the join, and a condition on one table
/// can go to its scan; left in the OR, both would be asked of the product of the tables.
enum SharedConditions {
  static func apply(_ plan: LogicalPlan) -> LogicalPlan {
    let inner = plan.withInputs(plan.inputs.map(apply))
    switch inner {
    case .filter(let input, let condition):
      return factored(condition).map { .filter(input, $0) } ?? inner
    case .join(var join):
      guard join.kind != .nullAwareAnti, let residual = join.residual,
        let condition = factored(residual)
      else { return inner }
      let leftCount = join.left.columnCount
      let parts = JoinConditions(condition.conjuncts, leftCount: leftCount)
      // The equalities that were there stay ahead of those that are found.
      join.equalities += parts.equalities.filter { !$0.left.mayFail && !$0.right.mayFail }
      join.residual =
        parts.equalities.contains { $0.left.mayFail || $0.right.mayFail }
        ? condition : parts.residual
      if join.kind == .cross, !join.equalities.isEmpty { join.kind = .inner }
      return .join(join)
    default: return inner
    }
  }

  /// The condition with the common parts of its ORs taken out; nil when there are none.
  private static func factored(_ condition: Expression) -> Expression? {
    var isChanged = false
    let parts = condition.conjuncts.flatMap { part -> [Expression] in
      guard case .or(let arms) = part.kind, let split = split(arms, part) else { return [part] }
      isChanged = true
      return split
    }
    return isChanged ? Expression.all(parts) : nil
  }

  /// The common parts, then what is left of the OR; nil when the arms have nothing in common.
  private static func split(_ arms: [Expression], _ whole: Expression) -> [Expression]? {
    let lists = arms.flatMap(alternatives).map(\.conjuncts)
    guard lists.count > 1 else { return nil }
    let common = lists[0].filter { part in
      part.isDeterministic
        && lists.dropFirst().allSatisfy { $0.contains { part.meansSame(as: $0) } }
    }
    guard !common.isEmpty else { return nil }
    var rests: [Expression] = []
    for list in lists {
      let rest = list.filter { part in !common.contains { $0.meansSame(as: part) } }
      // An arm of nothing else holds wherever the common parts do.
      guard let arm = Expression.all(rest) else { return common }
      rests.append(arm)
    }
    return common + [Expression(.or(rests), .boolean, isNullable: whole.isNullable)]
  }

  private static func alternatives(_ arm: Expression) -> [Expression] {
    if case .or(let inner) = arm.kind { return inner.flatMap(alternatives) }
    return [arm]
  }
}

extension Expression {
  /// Whether two conditions are equal, the sides of an equation in any order.
  fileprivate func meansSame(as other: Expression) -> Bool {
    if isSame(as: other) { return true }
    guard case .call(let sign, let a) = kind, case .call(let otherSign, let b) = other.kind,
      sign.name == otherSign.name, sign.name == "=" || sign.name == "<=>",
      sign.argumentTypes == otherSign.argumentTypes, a.count == 2, b.count == 2
    else { return false }
    return a[0].isSame(as: b[1]) && a[1].isSame(as: b[0])
  }
}
