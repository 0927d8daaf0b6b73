package import Columnar

extension LogicalPlan {
  /// The plan with hidden columns of its scan behind its own, where they lie, and nothing else
  /// changed: where each row came from. nil when rows do not come one from one row of a scan
  /// (aggregates, set operations), or the table has no such columns.
  ///
  /// Of a join the streamed side is followed, else the side whose rows are all kept.
  package func carrying(hidden: [Field]) -> (plan: LogicalPlan, positions: [Int])? {
    let count = schema.fields.count
    guard let plan = carried(hidden) else { return nil }
    return (plan, Array(count..<(count + hidden.count)))
  }

  /// The plan with the hidden columns last.
  private func carried(_ hidden: [Field]) -> LogicalPlan? {
    switch self {
    case .scan(var scan):
      let known = Set(scan.table.hiddenColumns.map(\.name))
      guard hidden.allSatisfy({ known.contains($0.name) }) else { return nil }
      scan.columns += hidden
      return .scan(scan)
    case .filter, .sort, .limit:
      return inputs[0].carried(hidden).map { withInputs([$0]) }
    case .project(let input, let columns):
      guard let below = input.carried(hidden) else { return nil }
      let start = input.columnCount
      let added = hidden.enumerated().map {
        NamedExpression($1.name, Expression(column: start + $0, $1))
      }
      return .project(below, columns + added)
    case .window(let input, let calls):
      return input.carried(hidden).map {
        LogicalPlan.window($0, calls).movingToEnd(
          from: input.columnCount, count: hidden.count)
      }
    case .generate(var generate):
      let own = generate.input.columnCount
      guard let below = generate.input.carried(hidden) else { return nil }
      generate.input = below
      return LogicalPlan.generate(generate).movingToEnd(from: own, count: hidden.count)
    case .unionAll(let inputs, let schema):
      let below = inputs.compactMap { $0.carried(hidden) }
      guard below.count == inputs.count else { return nil }
      return .unionAll(below, schema: Schema(schema.fields + hidden))
    case .join(let join): return join.carried(hidden)
    case .values, .aggregate, .setOperation: return nil
    }
  }

  /// The columns from `start` on, `count` of them, behind all others.
  fileprivate func movingToEnd(from start: Int, count: Int) -> LogicalPlan {
    let all = Array(schema.fields.indices)
    let moved = all[start..<(start + count)]
    return selecting(Array(all[..<start]) + Array(all[(start + count)...]) + Array(moved))
  }
}

extension LogicalPlan.Join {
  fileprivate func carried(_ hidden: [Field]) -> LogicalPlan? {
    let keepsRight = kind == .right || (kind == .inner || kind == .cross) && !left.isStreaming
    let keepsLeft = kind != .right && kind != .full
    if keepsLeft, !(keepsRight && right.isStreaming), let plan = carriedLeft(hidden) {
      return plan
    }
    return keepsRight ? carriedRight(hidden) : nil
  }

  private func carriedLeft(_ hidden: [Field]) -> LogicalPlan? {
    guard case .some(let below) = left.carrying(hidden: hidden) else { return nil }
    let start = left.columnCount
    var copy = self
    copy.left = below.plan
    copy.residual = residual?.movingColumns { $0 < start ? $0 : $0 + hidden.count }
    return LogicalPlan.join(copy).movingToEnd(from: start, count: hidden.count)
  }

  private func carriedRight(_ hidden: [Field]) -> LogicalPlan? {
    guard case .some(let below) = right.carrying(hidden: hidden) else { return nil }
    var copy = self
    copy.right = below.plan
    return .join(copy)
  }
}
