import Columnar

/// What stops a label on its way from a column to those that are made from it.
package struct LabelBreakers: Sendable {
  /// Functions whose result tells no value of theirs: those that lineage says mask.
  package var functions: Set<String> = ColumnOrigins.hashes
  /// An aggregate over at least so many rows tells none of them.
  package var leastRows = 10

  package init() {}

  /// Aggregates that sum up many values; others (`min`, `first`, `collect_list`…) give some of
  /// them as they are.
  static let summaries: Set<String> = [
    "count", "count_if", "approx_count_distinct", "sum", "try_sum", "avg", "mean", "try_avg",
    "stddev", "std", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "covar_pop",
    "covar_samp", "corr",
  ]
}

/// The labels of a plan's columns, when those of the tables' columns are known.
///
/// A label goes where values go: through every expression, join, union and aggregate that gives
/// them on, changed or not. What only decides which values those are carries none: conditions of
/// CASE, filters, keys of joins, groups and windows. A function of the breakers stops it; an
/// aggregate does where the query itself sees to the number of rows behind it, by
/// `HAVING count(*) >= 10` or `CASE WHEN count(*) >= 10 THEN … END`.
package struct ColumnLabels {
  /// The labels of each column of the plan.
  package let columns: [Set<String>]

  /// `labels` gives those of a column of a scanned table.
  package init(
    of plan: LogicalPlan, breakers: LabelBreakers,
    _ labels: (_ table: String, _ column: String) -> Set<String>
  ) {
    columns = withoutActuallyEscaping(labels) { labels in
      var walk = LabelWalk(breakers: breakers, labels: labels)
      return walk.columns(of: plan).map(\.all)
    }
  }
}

/// What one column carries, while the walk goes up.
private struct Load {
  /// Labels that stay.
  var labels: Set<String> = []
  /// Labels that go once it is seen that the groups of an aggregate have rows enough.
  var pending: [Int: Set<String>] = [:]
  /// The aggregates whose number of rows in a group this column is.
  var counts: Set<Int> = []

  var all: Set<String> { pending.values.reduce(into: labels) { $0.formUnion($1) } }

  /// What a value carries that is made of these.
  static func sum(_ loads: [Load]) -> Load {
    loads.reduce(into: Load()) { sum, load in
      sum.labels.formUnion(load.labels)
      sum.pending.merge(load.pending) { $0.union($1) }
    }
  }

  /// The same behind a condition that holds only for groups of rows enough.
  func with(proven groups: Set<Int>) -> Load {
    guard !groups.isEmpty else { return self }
    var copy = self
    for group in groups { copy.pending[group] = nil }
    return copy
  }
}

/// One walk over a plan, from the scans upwards.
private struct LabelWalk {
  let breakers: LabelBreakers
  let labels: (_ table: String, _ column: String) -> Set<String>
  private var groupCount = 0

  init(
    breakers: LabelBreakers, labels: @escaping (_ table: String, _ column: String) -> Set<String>
  ) {
    self.breakers = breakers
    self.labels = labels
  }

  mutating func columns(of plan: LogicalPlan) -> [Load] {
    switch plan {
    case .scan(let scan):
      return scan.columns.map { Load(labels: labels(scan.table.name, $0.name)) }
    case .values(let rows, let schema):
      return schema.fields.indices.map { position in
        Load.sum(rows.map { carried(by: $0[position], over: []) })
      }
    case .project(let input, let expressions):
      let input = columns(of: input)
      return expressions.map { carried(by: $0.expression, over: input) }
    case .filter(let input, let condition):
      let input = columns(of: input)
      let proven = groups(provenBy: condition, over: input)
      return input.map { $0.with(proven: proven) }
    case .sort(let input, _), .limit(let input, _, _): return columns(of: input)
    case .join(let join):
      let both = columns(of: join.left) + columns(of: join.right)
      return Array(both.prefix(join.schema.fields.count))
    case .aggregate(let aggregate): return grouped(aggregate)
    case .window(let input, let calls):
      let input = columns(of: input)
      return input
        + calls.map { window in
          Load.sum(window.call.arguments.map { carried(by: $0, over: input) })
        }
    case .generate(let generate): return generated(generate)
    case .unionAll(let inputs, let schema):
      var parts: [[Load]] = []
      for input in inputs { parts.append(columns(of: input)) }
      return schema.fields.indices.map { position in Load.sum(parts.map { $0[position] }) }
    case .setOperation(let left, let right, let operation):
      let (first, second) = (columns(of: left), columns(of: right))
      switch operation {
      // What stays is a value of both.
      case .intersect, .intersectAll: return zip(first, second).map { Load.sum([$0, $1]) }
      case .except, .exceptAll: return first
      }
    }
  }

  private mutating func generated(_ generate: LogicalPlan.Generate) -> [Load] {
    let input = columns(of: generate.input)
    var made = generate.columns.map { _ in carried(by: generate.argument, over: input) }
    // Where an element stands tells nothing of it.
    if generate.generator == .posexplode { made[0] = Load() }
    return input + made
  }

  private mutating func grouped(_ aggregate: LogicalPlan.Aggregate) -> [Load] {
    let input = columns(of: aggregate.input)
    let group = groupCount
    groupCount += 1
    return aggregate.groups.map { carried(by: $0.expression, over: input) }
      + aggregate.calls.map { named in
        let call = named.call
        var load = Load.sum(call.arguments.map { carried(by: $0, over: input) })
        guard LabelBreakers.summaries.contains(call.function.name), call.filter == nil else {
          return load
        }
        load = Load(pending: [group: load.all])
        if call.function.name == "count" { load.counts = [group] }
        return load
      }
  }

  private func carried(by expression: Expression, over input: [Load]) -> Load {
    switch expression.kind {
    case .column(let position): return input[position]
    case .literal: return Load()
    case .caseWhen(let branches, let otherwise):
      let results = branches.map { branch in
        carried(by: branch.result, over: input)
          .with(proven: groups(provenBy: branch.condition, over: input))
      }
      return Load.sum(results + (otherwise.map { [carried(by: $0, over: input)] } ?? []))
    case .call(let function, let arguments):
      if stops(function.name, arguments) { return Load() }
      return Load.sum(arguments.map { carried(by: $0, over: input) })
    case .cast(let operand, _):
      var load = carried(by: operand, over: input)
      if !expression.type.isWhole { load.counts = [] }
      return load
    case .and, .or, .not, .isNull, .isIn, .member:
      return Load.sum(expression.children.map { carried(by: $0, over: input) })
    }
  }

  /// Whether a call of the function called `name` tells nothing of its arguments. `mask` gives a
  /// character on where it is given NULL for its kind.
  private func stops(_ name: String, _ arguments: [Expression]) -> Bool {
    guard breakers.functions.contains(name) else { return false }
    guard name == "mask" else { return true }
    return arguments.dropFirst().prefix(3).allSatisfy { argument in
      guard case .literal(let value) = argument.kind else { return false }
      return !value.isNull
    }
  }

  /// The aggregates whose groups have rows enough wherever `condition` holds.
  private func groups(provenBy condition: Expression, over input: [Load]) -> Set<Int> {
    switch condition.kind {
    case .and(let parts):
      return parts.reduce(into: []) { $0.formUnion(groups(provenBy: $1, over: input)) }
    case .or(let parts):
      let each = parts.map { groups(provenBy: $0, over: input) }
      return each.dropFirst().reduce(each.first ?? []) { $0.intersection($1) }
    case .call(let function, let sides) where sides.count == 2:
      guard let least = Self.least(function.name, sides) else { return [] }
      guard least.rows >= breakers.leastRows else { return [] }
      return carried(by: least.count, over: input).counts
    default: return []
    }
  }

  /// The side of a comparison that is no literal, and the least number that it has where the
  /// comparison holds; nil when it sets no least one.
  private static func least(
    _ sign: String, _ sides: [Expression]
  ) -> (count: Expression, rows: Int)? {
    if let number = number(sides[1]) {
      switch sign {
      case ">=", "=", "<=>": return (sides[0], number)
      case ">": return (sides[0], number + 1)
      default: return nil
      }
    }
    guard let number = number(sides[0]) else { return nil }
    switch sign {
    case "<=", "=", "<=>": return (sides[1], number)
    case "<": return (sides[1], number + 1)
    default: return nil
    }
  }

  private static func number(_ side: Expression) -> Int? {
    switch side.kind {
    case .literal(.integer(let number)) where number < 1 << 40: Int(number)
    case .cast(let operand, _) where side.type.isWhole: number(operand)
    default: nil
    }
  }
}
