import Columnar

/// Makes one step of two select lists on top of one another, and drops those that change nothing.
enum ProjectionMerging {
  static func apply(_ plan: LogicalPlan) -> LogicalPlan {
    let inner = plan.withInputs(plan.inputs.map(apply))
    guard case .project(let input, let columns) = inner else { return inner }
    if isIdentity(columns, over: input) { return input }
    guard case .project(let below, let lower) = input, canMerge(columns, lower) else {
      return inner
    }
    let merged = columns.map { column in
      LogicalPlan.NamedExpression(column.name, substituted(column.expression, lower))
    }
    return isIdentity(merged, over: below) ? below : .project(below, merged)
  }

  /// The expression over the input of a select list, instead of over its columns.
  static func substituted(
    _ expression: Expression, _ columns: [LogicalPlan.NamedExpression]
  ) -> Expression {
    expression.rewriting { part in
      guard case .column(let position) = part.kind else { return nil }
      return columns[position].expression
    }
  }

  private static func isIdentity(
    _ columns: [LogicalPlan.NamedExpression], over input: LogicalPlan
  ) -> Bool {
    let fields = input.schema.fields
    guard columns.count == fields.count else { return false }
    return columns.enumerated().allSatisfy { index, column in
      guard case .column(index) = column.expression.kind else { return false }
      return column.name == fields[index].name
    }
  }

  /// Nothing is computed twice: what is more than a column is used once at most.
  private static func canMerge(
    _ upper: [LogicalPlan.NamedExpression], _ lower: [LogicalPlan.NamedExpression]
  ) -> Bool {
    var uses = [Int](repeating: 0, count: lower.count)
    for column in upper { count(column.expression, &uses) }
    guard height(upper) + height(lower) <= Expression.maximumHeight else { return false }
    return lower.indices.allSatisfy { index in
      lower[index].expression.isCheap
        || uses[index] <= 1 && lower[index].expression.isDeterministic
    }
  }

  private static func height(_ columns: [LogicalPlan.NamedExpression]) -> Int {
    columns.lazy.map(\.expression.size.height).max() ?? 0
  }

  private static func count(_ expression: Expression, _ uses: inout [Int]) {
    if case .column(let position) = expression.kind { uses[position] += 1 }
    for child in expression.children { count(child, &uses) }
  }
}

extension Expression {
  /// Whether computing it twice costs next to nothing.
  var isCheap: Bool {
    switch kind {
    case .column, .literal: true
    case .member(let operand, _): operand.isCheap
    default: false
    }
  }
}
