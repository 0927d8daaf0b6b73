import Columnar

/// Reads and carries only the columns that are used.
enum ProjectionPruning {
  static func apply(_ plan: LogicalPlan) -> LogicalPlan {
    let count = plan.columnCount
    let pruned = prune(plan, Set(0..<count))
    return pruned.plan.selecting((0..<count).compactMap { pruned.positions[$0] })
  }

  /// A plan with at least the wanted columns, and where they lie now.
  private struct Pruned {
    var plan: LogicalPlan
    var positions: [Int: Int]

    init(_ plan: LogicalPlan, _ kept: [Int]) {
      self.plan = plan
      positions = Dictionary(
        kept.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The expression over the pruned plan.
    func moved(_ expression: Expression) -> Expression {
      expression.movingColumns { positions[$0] } ?? expression
    }

    /// The old positions in their new order; columns that nobody asked for are left out.
    var kept: [Int] { positions.sorted { $0.value < $1.value }.map(\.key) }
  }

  private static func prune(_ plan: LogicalPlan, _ wanted: Set<Int>) -> Pruned {
    switch plan {
    case .scan(let scan): return self.scan(scan, wanted)
    case .values, .setOperation:
      let inner = plan.withInputs(plan.inputs.map(apply))
      return Pruned(inner, Array(plan.schema.fields.indices))
    case .project(let input, let columns):
      let kept = columns.indices.filter(wanted.contains)
      let below = prune(input, used(kept.map { columns[$0].expression }))
      let list = kept.map {
        LogicalPlan.NamedExpression(columns[$0].name, below.moved(columns[$0].expression))
      }
      return Pruned(.project(below.plan, list), kept)
    case .filter(let input, let condition):
      return through(input, wanted, [condition]) { .filter($0, $1[0]) }
    case .sort(let input, let keys):
      return through(input, wanted, keys.map(\.expression)) { plan, moved in
        .sort(
          plan,
          zip(keys, moved).map {
            SortKey($1, isDescending: $0.isDescending, nullsFirst: $0.nullsFirst)
          })
      }
    case .limit(let input, let count, let offset):
      return through(input, wanted, []) { plan, _ in
        .limit(plan, count: count, offset: offset)
      }
    case .join(let join): return self.join(join, wanted)
    case .aggregate(let aggregate): return self.aggregate(aggregate, wanted)
    case .window(let input, let calls): return window(input, calls, wanted)
    case .generate(let generate): return self.generate(generate, wanted)
    case .unionAll(let inputs, let schema):
      let kept = schema.fields.indices.filter(wanted.contains)
      let lists = inputs.map { input in
        let below = prune(input, Set(kept))
        return below.plan.selecting(kept.compactMap { below.positions[$0] })
      }
      return Pruned(.unionAll(lists, schema: schema.selecting(kept)), kept)
    }
  }

  private static func used(_ expressions: [Expression]) -> Set<Int> {
    expressions.reduce(into: []) { $0.formUnion($1.columns) }
  }

  /// A step whose columns are its input's.
  private static func through(
    _ input: LogicalPlan, _ wanted: Set<Int>, _ expressions: [Expression],
    _ rebuild: (LogicalPlan, [Expression]) -> LogicalPlan
  ) -> Pruned {
    var below = prune(input, wanted.union(used(expressions)))
    below.plan = rebuild(below.plan, expressions.map(below.moved))
    return below
  }

  private static func scan(_ scan: LogicalPlan.Scan, _ wanted: Set<Int>) -> Pruned {
    var kept = scan.columns.indices.filter(wanted.contains)
    // Rows are counted by a column: the lightest.
    if kept.isEmpty, !scan.columns.isEmpty { kept = [lightest(scan.columns)] }
    var copy = scan
    copy.columns = kept.map { scan.columns[$0] }
    return Pruned(.scan(copy), kept)
  }

  private static func lightest(_ fields: [Field]) -> Int {
    func weight(_ type: DataType) -> Int {
      switch type.layout {
      case .boolean: 0
      case .int32: 1
      case .int64, .double: 2
      case .int128: 3
      case .bytes: 4
      case .list, .structure: 5
      }
    }
    return fields.indices.min { weight(fields[$0].type) < weight(fields[$1].type) } ?? 0
  }

  private static func join(_ join: LogicalPlan.Join, _ wanted: Set<Int>) -> Pruned {
    let leftCount = join.left.columnCount
    let all = wanted.union(join.residual?.columns ?? [])
    let left = prune(
      join.left, all.filter { $0 < leftCount }.union(used(join.equalities.map(\.left))))
    let right = prune(
      join.right,
      Set(all.filter { $0 >= leftCount }.map { $0 - leftCount })
        .union(used(join.equalities.map(\.right))))
    let newLeftCount = left.plan.columnCount
    var copy = join
    copy.left = left.plan
    copy.right = right.plan
    copy.equalities = join.equalities.map {
      .init(left.moved($0.left), right.moved($0.right), nullsMatch: $0.nullsMatch)
    }
    var positions = left.positions
    for (old, new) in right.positions { positions[old + leftCount] = new + newLeftCount }
    copy.residual = join.residual.map { $0.movingColumns { positions[$0] } ?? $0 }
    if copy.schema.fields.count == newLeftCount { positions = left.positions }
    var result = Pruned(.join(copy), [])
    result.positions = positions
    return result
  }

  private static func aggregate(
    _ aggregate: LogicalPlan.Aggregate, _ wanted: Set<Int>
  ) -> Pruned {
    let width = aggregate.groups.count
    var calls = aggregate.calls.indices.filter { wanted.contains(width + $0) }
    // A group of all rows needs something to show for itself.
    if calls.isEmpty, width == 0, !aggregate.calls.isEmpty { calls = [0] }
    let keptCalls = calls.map { aggregate.calls[$0] }
    let below = prune(
      aggregate.input,
      used(aggregate.groups.map(\.expression) + keptCalls.flatMap(\.call.expressions)))
    var copy = aggregate
    copy.input = below.plan
    copy.groups = aggregate.groups.map { .init($0.name, below.moved($0.expression)) }
    copy.calls = keptCalls.map { .init($0.name, $0.call.rewriting(below.moved)) }
    return Pruned(.aggregate(copy), Array(0..<width) + calls.map { width + $0 })
  }

  private static func window(
    _ input: LogicalPlan, _ calls: [LogicalPlan.NamedWindow], _ wanted: Set<Int>
  ) -> Pruned {
    let width = input.columnCount
    let kept = calls.indices.filter { wanted.contains(width + $0) }
    let below = prune(
      input,
      wanted.filter { $0 < width }.union(used(kept.flatMap { calls[$0].call.expressions })))
    guard !kept.isEmpty else { return below }
    let newWidth = below.plan.columnCount
    let list = kept.map {
      LogicalPlan.NamedWindow(calls[$0].name, calls[$0].call.rewriting(below.moved))
    }
    var result = Pruned(.window(below.plan, list), [])
    result.positions = below.positions
    for (index, call) in kept.enumerated() { result.positions[width + call] = newWidth + index }
    return result
  }

  private static func generate(
    _ generate: LogicalPlan.Generate, _ wanted: Set<Int>
  ) -> Pruned {
    let width = generate.input.columnCount
    let below = prune(
      generate.input, wanted.filter { $0 < width }.union(generate.argument.columns))
    let newWidth = below.plan.columnCount
    var copy = generate
    copy.input = below.plan
    copy.argument = below.moved(generate.argument)
    copy.unread = Set(
      below.positions.filter { !wanted.contains($0.key) }.map(\.value))
    var result = Pruned(.generate(copy), [])
    result.positions = below.positions
    for index in generate.columns.indices { result.positions[width + index] = newWidth + index }
    return result
  }
}
