extension LogicalPlan {
  /// The expressions of this step, not of its inputs.
  package var expressions: [Expression] {
    switch self {
    case .scan, .limit, .unionAll, .setOperation: return []
    case .values(let rows, _): return rows.flatMap { $0 }
    case .project(_, let columns): return columns.map(\.expression)
    case .filter(_, let condition): return [condition]
    case .join(let join):
      return join.equalities.flatMap { [$0.left, $0.right] } + (join.residual.map { [$0] } ?? [])
    case .aggregate(let aggregate):
      return aggregate.groups.map(\.expression) + aggregate.calls.flatMap(\.call.expressions)
    case .window(_, let calls): return calls.flatMap(\.call.expressions)
    case .generate(let generate): return [generate.argument]
    case .sort(_, let keys): return keys.map(\.expression)
    }
  }

  /// The same step over other expressions.
  package func rewritingExpressions(
    _ change: (Expression) throws -> Expression
  ) rethrows -> LogicalPlan {
    switch self {
    case .scan, .limit, .unionAll, .setOperation: return self
    case .values(let rows, let schema):
      return .values(rows: try rows.map { try $0.map(change) }, schema: schema)
    case .project(let input, let columns):
      return .project(input, try columns.map { .init($0.name, try change($0.expression)) })
    case .filter(let input, let condition): return .filter(input, try change(condition))
    case .join(var join):
      join.equalities = try join.equalities.map {
        .init(try change($0.left), try change($0.right), nullsMatch: $0.nullsMatch)
      }
      join.residual = try join.residual.map(change)
      return .join(join)
    case .aggregate(var aggregate):
      aggregate.groups = try aggregate.groups.map { .init($0.name, try change($0.expression)) }
      aggregate.calls = try aggregate.calls.map { .init($0.name, try $0.call.rewriting(change)) }
      return .aggregate(aggregate)
    case .window(let input, let calls):
      return .window(input, try calls.map { .init($0.name, try $0.call.rewriting(change)) })
    case .generate(var generate):
      generate.argument = try change(generate.argument)
      return .generate(generate)
    case .sort(let input, let keys):
      return .sort(input, try keys.map { try $0.rewriting(change) })
    }
  }
}
