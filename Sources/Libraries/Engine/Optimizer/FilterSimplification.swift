import Columnar

/// Drops conditions that always hold, and the inputs of conditions that never do.
enum FilterSimplification {
  static func apply(_ plan: LogicalPlan) -> LogicalPlan {
    let inner = plan.withInputs(plan.inputs.map(apply))
    switch inner {
    case .filter(let input, let condition): return filtered(input, condition, inner)
    case .limit(let input, let count, let offset):
      if count == 0 { return empty(input.schema) }
      if count == nil, offset == 0 { return input }
      return inner
    case .sort(let input, _) where input.isEmpty: return input
    case .project(let input, _) where input.isEmpty: return empty(inner.schema)
    case .generate(let generate) where generate.input.isEmpty: return empty(inner.schema)
    case .window(let input, _) where input.isEmpty: return empty(inner.schema)
    case .unionAll(let inputs, let schema):
      let kept = inputs.filter { !$0.isEmpty }
      if kept.isEmpty { return empty(schema) }
      return kept.count == inputs.count ? inner : .unionAll(kept, schema: schema)
    case .join(let join): return joined(join, inner)
    default: return inner
    }
  }

  private static func empty(_ schema: Schema) -> LogicalPlan { .values(rows: [], schema: schema) }

  private static func filtered(
    _ input: LogicalPlan, _ condition: Expression, _ plan: LogicalPlan
  ) -> LogicalPlan {
    if condition.isTrue { return input }
    if input.isEmpty { return input }
    if let value = condition.literal, value != .boolean(true) { return empty(input.schema) }
    let kept = condition.conjuncts.filter { !$0.isTrue }
    guard let rest = Expression.all(kept) else { return input }
    if case .filter(let below, let earlier) = input,
      let both = Expression.all(earlier.conjuncts + rest.conjuncts)
    {
      return .filter(below, both)
    }
    return .filter(input, rest)
  }

  private static func joined(_ join: LogicalPlan.Join, _ plan: LogicalPlan) -> LogicalPlan {
    switch join.kind {
    case .inner, .cross, .semi:
      return join.left.isEmpty || join.right.isEmpty ? empty(plan.schema) : plan
    case .left: return join.left.isEmpty ? empty(plan.schema) : plan
    case .right: return join.right.isEmpty ? empty(plan.schema) : plan
    case .anti, .nullAwareAnti:
      if join.left.isEmpty { return empty(plan.schema) }
      return join.right.isEmpty ? join.left : plan
    case .full: return plan
    }
  }
}

extension LogicalPlan {
  /// Whether the plan is known to have no rows.
  fileprivate var isEmpty: Bool {
    if case .values(let rows, _) = self { return rows.isEmpty }
    return false
  }
}
