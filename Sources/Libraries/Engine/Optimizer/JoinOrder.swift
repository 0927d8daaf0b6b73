import Columnar

/// Joins the inputs of inner joins in an order that keeps what stands between them small, and makes
/// no product of tables while a condition joins them.
///
/// Inner joins that stand on one another are a region: their inputs, and the conditions between
/// them. Outer, semi and anti joins are inputs of a region, and have regions of their own below.
/// The written order stays unless another is far better: rows come in the order of the plan.
enum JoinOrder {
  /// A better order is one that costs less than this share of the written one.
  private static let gain = 0.5

  static func apply(_ plan: LogicalPlan) -> LogicalPlan {
    guard case .join(let join) = plan, isPlain(join) else {
      return plan.withInputs(plan.inputs.map(apply))
    }
    var region = JoinRegion()
    gather(plan, into: &region)
    guard region.inputs.count > 1 else { return plan.withInputs(plan.inputs.map(apply)) }
    guard region.inputs.count <= JoinGraph.inputLimit else { return rebuilt(plan, region) }
    let graph = JoinGraph(region)
    let written = Array(region.inputs.indices)
    let best = graph.bestOrder()
    let isLess = graph.productCount(best) < graph.productCount(written)
    // A key that can fail is not computed for other rows for the sake of speed alone.
    let isFar = graph.cost(best) < gain * graph.cost(written) && !region.mayFail
    guard isLess || isFar && graph.productCount(best) == graph.productCount(written),
      let joined = region.joined(in: best)
    else { return rebuilt(plan, region) }
    return joined
  }

  /// Whether a join may change places with its neighbours.
  private static func isPlain(_ join: LogicalPlan.Join) -> Bool {
    guard join.kind == .inner || join.kind == .cross else { return false }
    let hasKeys = join.equalities.allSatisfy {
      [$0.left, $0.right].allSatisfy { $0.isDeterministic && !$0.columns.isEmpty }
    }
    return hasKeys && join.residual?.isDeterministic != false
  }

  private static func gather(_ plan: LogicalPlan, into region: inout JoinRegion) {
    guard case .join(let join) = plan, isPlain(join) else {
      return region.add(apply(plan))
    }
    let start = region.width
    gather(join.left, into: &region)
    let middle = region.width
    gather(join.right, into: &region)
    for equality in join.equalities {
      region.equalities.append(
        .init(
          equality.left.shifted(by: start), equality.right.shifted(by: middle),
          nullsMatch: equality.nullsMatch))
    }
    region.conditions += (join.residual?.conjuncts ?? []).map { $0.shifted(by: start) }
  }

  /// The joins as they were written, over the inputs of the region.
  private static func rebuilt(_ plan: LogicalPlan, _ region: JoinRegion) -> LogicalPlan {
    var next = region.inputs[...]
    func build(_ plan: LogicalPlan) -> LogicalPlan {
      guard case .join(let join) = plan, isPlain(join) else { return next.popFirst() ?? plan }
      let left = build(join.left)
      return plan.withInputs([left, build(join.right)])
    }
    return build(plan)
  }
}

/// Inputs that inner joins bring together, and the conditions between them, over the columns of all
/// inputs one after the other.
struct JoinRegion {
  private(set) var inputs: [LogicalPlan] = []
  /// Where each input's columns begin.
  private(set) var starts: [Int] = []
  private(set) var fields: [Field] = []
  var equalities: [LogicalPlan.Equality] = []
  /// Further conditions.
  var conditions: [Expression] = []

  /// How many columns there are so far.
  var width: Int { fields.count }

  mutating func add(_ input: LogicalPlan) {
    inputs.append(input)
    starts.append(width)
    fields += input.schema.fields
  }

  /// The inputs that an expression speaks of.
  func inputs(of expression: Expression) -> Set<Int> {
    Set(expression.columns.map { column in (starts.lastIndex { $0 <= column }) ?? 0 })
  }

  /// Whether a key can fail.
  var mayFail: Bool { equalities.contains { $0.left.mayFail || $0.right.mayFail } }

  /// The inputs joined one by one, each condition at the first join that has all its columns; the
  /// columns in their old order. Nil where the conditions do not allow it.
  func joined(in order: [Int]) -> LogicalPlan? {
    var positions: [Int: Int] = [:]
    var present: Set<Int> = []
    var equalities = equalities
    var conditions = conditions
    var plan: LogicalPlan?
    for input in order {
      let leftCount = positions.count
      for column in inputs[input].schema.fields.indices {
        positions[starts[input] + column] = leftCount + column
      }
      guard let left = plan else {
        plan = inputs[input]
        present.insert(input)
        continue
      }
      let keys = takeKeys(&equalities, present, input, positions, leftCount)
      present.insert(input)
      guard let unsplit = unsplit(&equalities, present) else { return nil }
      conditions += unsplit
      let ready = take(&conditions, present, positions)
      let kind: JoinKind = keys.isEmpty && ready.isEmpty ? .cross : .inner
      plan = .join(
        LogicalPlan.Join(
          left, inputs[input], kind, equalities: keys, residual: Expression.all(ready)))
    }
    guard conditions.isEmpty, equalities.isEmpty else { return nil }
    return plan?.selecting((0..<width).compactMap { positions[$0] })
  }

  /// The equalities whose inputs are all there though no join had one side of them in each hand, as
  /// conditions; nil when they cannot be said so.
  private func unsplit(
    _ equalities: inout [LogicalPlan.Equality], _ present: Set<Int>
  ) -> [Expression]? {
    var conditions: [Expression] = []
    for equality in equalities
    where inputs(of: equality.left).union(inputs(of: equality.right)).isSubset(of: present) {
      let sides = [equality.left, equality.right]
      guard
        let function = try? FunctionCatalog.scalar(
          equality.nullsMatch ? "<=>" : "=", sides.map { .init($0.type) }),
        function.argumentTypes == sides.map(\.type)
      else { return nil }
      conditions.append(Expression(.call(function, sides), .boolean))
    }
    equalities.removeAll {
      inputs(of: $0.left).union(inputs(of: $0.right)).isSubset(of: present)
    }
    return conditions
  }

  /// The equalities between `present` inputs and `input`, over the two sides of their join.
  private func takeKeys(
    _ equalities: inout [LogicalPlan.Equality], _ present: Set<Int>, _ input: Int,
    _ positions: [Int: Int], _ leftCount: Int
  ) -> [LogicalPlan.Equality] {
    var keys: [LogicalPlan.Equality] = []
    equalities.removeAll { equality in
      let sides = [equality.left, equality.right].map { ($0, inputs(of: $0)) }
      for (mine, other) in [(sides[0], sides[1]), (sides[1], sides[0])]
      where mine.1.isSubset(of: present) && other.1 == [input] {
        guard let left = mine.0.movingColumns({ positions[$0] }),
          let right = other.0.movingColumns({ positions[$0].map { $0 - leftCount } })
        else { continue }
        keys.append(.init(left, right, nullsMatch: equality.nullsMatch))
        return true
      }
      return false
    }
    return keys
  }

  /// The conditions whose inputs are all there; those that can fail wait for the last.
  private func take(
    _ conditions: inout [Expression], _ present: Set<Int>, _ positions: [Int: Int]
  ) -> [Expression] {
    var ready: [Expression] = []
    conditions.removeAll { condition in
      guard inputs(of: condition).isSubset(of: present),
        !condition.mayFail || present.count == inputs.count,
        let moved = condition.movingColumns({ positions[$0] })
      else { return false }
      ready.append(moved)
      return true
    }
    return ready
  }
}
