import Columnar

/// About how many rows the steps of a plan give: what the order of joins is chosen by, and which
/// side of one stands in memory.
///
/// Tables tell how many rows they have. What a condition lets pass is a guess by its kind; two
/// inputs that are joined by a key are taken to be related as a fact is to its dimension, so that
/// each row of the larger finds one partner.
package enum RowEstimate {
  /// What a table that does not tell is taken to have.
  static let unknown = 100_000.0

  /// About how many rows `plan` gives; nil where a table that it stands on does not tell.
  package static func rows(of plan: LogicalPlan) -> Int? {
    guard plan.scans.allSatisfy({ $0.table.estimatedRowCount != nil }) else { return nil }
    return Int(min(1e15, estimate(plan)).rounded(.up))
  }

  /// The same, whatever tables tell.
  static func estimate(_ plan: LogicalPlan) -> Double { counts(plan).rows }

  /// How many rows a plan would give if no condition held any back: how many values its keys may
  /// have.
  static func size(_ plan: LogicalPlan) -> Double { counts(plan).size }

  /// Both at once: each of them rests on both of what stands below.
  private static func counts(_ plan: LogicalPlan) -> (rows: Double, size: Double) {
    let rows: Double
    switch plan {
    case .filter(let input, let condition):
      let input = counts(input)
      return (input.rows * share(of: condition), input.size)
    case .project(let input, _), .sort(let input, _), .window(let input, _):
      return counts(input)
    case .join(let join): return counts(join)
    case .scan(let scan): rows = scan.table.estimatedRowCount.map(Double.init) ?? unknown
    case .values(let values, _): rows = Double(values.count)
    case .aggregate(let aggregate):
      rows = aggregate.groups.isEmpty ? 1 : max(1, counts(aggregate.input).rows / 4)
    case .generate(let generate): rows = counts(generate.input).rows * 3
    case .limit(let input, let count, _):
      let all = counts(input).rows
      rows = count.map { min(all, Double($0)) } ?? all
    case .unionAll(let inputs, _): rows = inputs.reduce(0) { $0 + counts($1).rows }
    case .setOperation(let left, _, _): rows = counts(left).rows / 2
    }
    return (rows, rows)
  }

  private static func counts(_ join: LogicalPlan.Join) -> (rows: Double, size: Double) {
    let left = counts(join.left)
    switch join.kind {
    case .semi, .anti, .nullAwareAnti: return (left.rows / 2, left.size)
    default: break
    }
    let right = counts(join.right)
    var rows = left.rows * right.rows
    if !join.equalities.isEmpty { rows /= max(1, min(left.size, right.size)) }
    if let residual = join.residual { rows *= share(of: residual) }
    switch join.kind {
    case .left: rows = max(rows, left.rows)
    case .right: rows = max(rows, right.rows)
    case .full: rows = max(rows, left.rows + right.rows)
    default: break
    }
    return (rows, max(left.size, right.size))
  }

  /// Which share of the rows a condition lets pass, guessed.
  static func share(of condition: Expression) -> Double {
    switch condition.kind {
    case .literal(let value): return value == .boolean(true) ? 1 : 0
    case .and(let parts): return parts.reduce(1) { $0 * share(of: $1) }
    case .or(let parts): return min(1, parts.reduce(0) { $0 + share(of: $1) })
    case .not(let inner): return 1 - share(of: inner)
    case .isNull: return 0.05
    case .isIn(_, let values): return min(0.5, 0.05 * Double(values.count))
    case .call(let function, _): return shares[function.name] ?? 0.5
    default: return 0.5
    }
  }

  private static let shares: [String: Double] = [
    "=": 0.05, "<=>": 0.05, "<>": 0.95, "!=": 0.95, "<": 0.3, "<=": 0.3, ">": 0.3, ">=": 0.3,
    "like": 0.1, "rlike": 0.1, "startswith": 0.1, "endswith": 0.1, "contains": 0.1,
  ]
}
