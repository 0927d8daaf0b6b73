import Columnar

/// Moves conditions toward the scans, so that rows that fail are dropped early.
///
/// A condition that can fail is never computed for rows that it would not have met before: it stays
/// where it is rather than pass a join, a generator, or a condition that stays.
enum PredicatePushdown {
  static func apply(_ plan: LogicalPlan) -> LogicalPlan { push([], into: plan) }

  /// The plan with the conditions (over its columns) applied as low as they may.
  private static func push(_ conditions: [Expression], into plan: LogicalPlan) -> LogicalPlan {
    switch plan {
    case .filter(let input, let condition):
      return push(condition.conjuncts + conditions, into: input)
    case .project(let input, let columns): return project(input, columns, conditions)
    case .sort(let input, let keys):
      let parts = Parts(conditions) { $0.isDeterministic }
      return filtered(.sort(push(parts.pushed, into: input), keys), parts.kept)
    case .unionAll(let inputs, let schema):
      let parts = Parts(conditions) { $0.isDeterministic }
      let pushed = inputs.map { push(parts.pushed, into: $0) }
      return filtered(.unionAll(pushed, schema: schema), parts.kept)
    case .setOperation(let left, let right, let operation):
      let parts = Parts(conditions) { $0.isDeterministic && !$0.mayFail }
      return filtered(
        .setOperation(
          push(parts.pushed, into: left), push(parts.pushed, into: right), operation),
        parts.kept)
    case .aggregate(let aggregate): return self.aggregate(aggregate, conditions)
    case .window(let input, let calls): return window(input, calls, conditions)
    case .generate(let generate): return self.generate(generate, conditions)
    case .join(let join): return self.join(join, conditions)
    case .scan, .values, .limit:
      return filtered(plan.withInputs(plan.inputs.map(apply)), conditions)
    }
  }

  /// Conditions in two heaps, each in its old order.
  private struct Parts {
    var pushed: [Expression] = []
    var kept: [Expression] = []

    init(_ conditions: [Expression], where canPush: (Expression) -> Bool) {
      for condition in conditions {
        // One that can fail may rely on an earlier one that stays.
        if canPush(condition), kept.isEmpty || !condition.mayFail {
          pushed.append(condition)
        } else {
          kept.append(condition)
        }
      }
    }
  }

  private static func filtered(_ plan: LogicalPlan, _ conditions: [Expression]) -> LogicalPlan {
    Expression.all(conditions).map { .filter(plan, $0) } ?? plan
  }

  private static func project(
    _ input: LogicalPlan, _ columns: [LogicalPlan.NamedExpression], _ conditions: [Expression]
  ) -> LogicalPlan {
    let parts = Parts(conditions) { condition in
      condition.isDeterministic
        && condition.columns.allSatisfy { columns[$0].expression.isCheap }
    }
    let pushed = parts.pushed.map { ProjectionMerging.substituted($0, columns) }
    return filtered(.project(push(pushed, into: input), columns), parts.kept)
  }

  /// Only conditions on group columns pass: they hold for whole groups.
  private static func aggregate(
    _ aggregate: LogicalPlan.Aggregate, _ conditions: [Expression]
  ) -> LogicalPlan {
    let parts = Parts(conditions) { condition in
      let columns = condition.columns
      return condition.isDeterministic && aggregate.groupingSets == nil && !columns.isEmpty
        && columns.allSatisfy {
          $0 < aggregate.groups.count && aggregate.groups[$0].expression.isDeterministic
        }
        && staysSmall(condition, aggregate.groups)
    }
    var copy = aggregate
    let pushed = parts.pushed.map { ProjectionMerging.substituted($0, aggregate.groups) }
    copy.input = push(pushed, into: aggregate.input)
    return filtered(.aggregate(copy), parts.kept)
  }

  /// Whether a condition over computed columns is still of a size when it holds their expressions:
  /// through groups of groups it would double with each.
  private static func staysSmall(
    _ condition: Expression, _ columns: [LogicalPlan.NamedExpression]
  ) -> Bool {
    let own = condition.size
    let sizes = condition.columns.map { columns[$0].expression.size }
    let count = own.count * (sizes.map(\.count).max() ?? 0)
    return count <= 10_000
      && own.height + (sizes.map(\.height).max() ?? 0) <= Expression.maximumHeight
  }

  /// Only conditions on columns that all windows partition by pass: they hold for whole partitions.
  private static func window(
    _ input: LogicalPlan, _ calls: [LogicalPlan.NamedWindow], _ conditions: [Expression]
  ) -> LogicalPlan {
    var common: Set<Int>?
    for call in calls {
      let columns = Set(call.call.partitionBy.compactMap(\.columnPosition))
      common = common?.intersection(columns) ?? columns
    }
    let partition = common ?? []
    let parts = Parts(conditions) { condition in
      let columns = condition.columns
      return condition.isDeterministic && !columns.isEmpty
        && columns.isSubset(of: partition)
    }
    return filtered(.window(push(parts.pushed, into: input), calls), parts.kept)
  }

  private static func generate(
    _ generate: LogicalPlan.Generate, _ conditions: [Expression]
  ) -> LogicalPlan {
    let inputCount = generate.input.columnCount
    let parts = Parts(conditions) { condition in
      condition.isDeterministic && !condition.mayFail
        && condition.columns.allSatisfy { $0 < inputCount }
    }
    var copy = generate
    copy.input = push(parts.pushed, into: generate.input)
    return filtered(.generate(copy), parts.kept)
  }

  // MARK: Joins

  private static func join(
    _ join: LogicalPlan.Join, _ conditions: [Expression]
  ) -> LogicalPlan {
    let leftCount = join.left.columnCount
    var copy = join
    let isInner = join.kind == .inner || join.kind == .cross
    let takesLeft = isInner || [.left, .semi, .anti, .nullAwareAnti].contains(join.kind)
    let takesRight = isInner || join.kind == .right
    var left: [Expression] = []
    var right: [Expression] = []
    var kept: [Expression] = []
    for condition in conditions {
      let side = Side(condition, leftCount)
      let isFree = condition.isDeterministic && !condition.mayFail
      if isFree, side == .left, takesLeft {
        left.append(condition)
      } else if isFree, side == .right, takesRight {
        right.append(condition.shifted(by: -leftCount))
      } else {
        kept.append(condition)
      }
    }
    if isInner { merge(&kept, into: &copy, leftCount) }
    pushResidual(of: &copy, &left, &right, leftCount)
    for equality in copy.equalities where !equality.nullsMatch {
      mirror(equality, join.kind, &left, &right)
    }
    copy.left = push(left, into: join.left)
    copy.right = push(right, into: join.right)
    return filtered(.join(copy), kept)
  }

  /// Whose columns a condition speaks of.
  private enum Side {
    case left, right, both

    init(_ condition: Expression, _ leftCount: Int) {
      let columns = condition.columns
      self =
        columns.isEmpty
        ? .both
        : columns.allSatisfy { $0 < leftCount }
          ? .left : columns.allSatisfy { $0 >= leftCount } ? .right : .both
    }
  }

  /// A condition over an inner join is a condition of the join.
  private static func merge(
    _ kept: inout [Expression], into join: inout LogicalPlan.Join, _ leftCount: Int
  ) {
    // Over a product an equality is what ON would say, whose keys are computed for all rows.
    let isProduct = join.kind == .cross && join.equalities.isEmpty
    let parts = Parts(kept) { condition in
      let isKey = isProduct && !JoinConditions([condition], leftCount: leftCount).equalities.isEmpty
      return condition.isDeterministic && Side(condition, leftCount) == .both
        && (!condition.mayFail || isKey)
    }
    guard !parts.pushed.isEmpty else { return }
    let conditions = JoinConditions(parts.pushed, leftCount: leftCount)
    join.equalities += conditions.equalities
    let residual = (join.residual?.conjuncts ?? []) + (conditions.residual?.conjuncts ?? [])
    join.residual = Expression.all(residual)
    join.kind = .inner
    kept = parts.kept
  }

  /// Parts of ON that speak of one side only are conditions on that side, where it may stay
  /// unmatched without loss.
  private static func pushResidual(
    of join: inout LogicalPlan.Join, _ left: inout [Expression], _ right: inout [Expression],
    _ leftCount: Int
  ) {
    guard let residual = join.residual else { return }
    let rightMayShrink = [.inner, .cross, .left, .semi, .anti].contains(join.kind)
    let leftMayShrink = [.inner, .cross, .right, .semi].contains(join.kind)
    var rest: [Expression] = []
    for condition in residual.conjuncts {
      let side = Side(condition, leftCount)
      if condition.isDeterministic, !condition.mayFail, side == .right, rightMayShrink {
        right.append(condition.shifted(by: -leftCount))
      } else if condition.isDeterministic, !condition.mayFail, side == .left, leftMayShrink {
        left.append(condition)
      } else {
        rest.append(condition)
      }
    }
    join.residual = Expression.all(rest)
  }

  /// What holds for a key on one side holds for its partner on the other.
  private static func mirror(
    _ equality: LogicalPlan.Equality, _ kind: JoinKind,
    _ left: inout [Expression], _ right: inout [Expression]
  ) {
    guard case .column(let a) = equality.left.kind, case .column(let b) = equality.right.kind,
      equality.left.type == equality.right.type
    else { return }
    let mirrorsLeft = [.inner, .left, .semi, .anti].contains(kind)
    let mirrorsRight = [.inner, .right, .semi].contains(kind)
    let rightKeys = Set(right.map(\.key))
    let leftKeys = Set(left.map(\.key))
    let toRight = left.filter { mirrorsLeft && $0.columns == [a] }
      .compactMap { $0.movingColumns { _ in b } }
    let toLeft = right.filter { mirrorsRight && $0.columns == [b] }
      .compactMap { $0.movingColumns { _ in a } }
    right += toRight.filter { !rightKeys.contains($0.key) }
    left += toLeft.filter { !leftKeys.contains($0.key) }
  }
}

extension Expression {
  /// The position, if the expression is a column.
  var columnPosition: Int? {
    if case .column(let position) = kind { return position }
    return nil
  }
}
