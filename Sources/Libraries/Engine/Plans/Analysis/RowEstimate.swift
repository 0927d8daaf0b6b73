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
  static func estimate(_ plan: LogicalPlan) -> Double {
    switch plan {
    case .scan(let scan): return scan.table.estimatedRowCount.map(Double.init) ?? unknown
    case .values(let rows, _): return Double(rows.count)
    case .filter(let input, let condition): return estimate(input) * share(of: condition)
    case .project(let input, _), .sort(let input, _), .window(let input, _):
      return estimate(input)
    case .aggregate(let aggregate):
      if aggregate.groups.isEmpty { return 1 }
      return max(1, estimate(aggregate.input) / 4)
    case .generate(let generate): return estimate(generate.input) * 3
    case .limit(let input, let count, _):
      let rows = estimate(input)
      return count.map { min(rows, Double($0)) } ?? rows
    case .unionAll(let inputs, _): return inputs.reduce(0) { $0 + estimate($1) }
    case .setOperation(let left, _, _): return estimate(left) / 2
    case .join(let join): return estimate(join)
    }
  }

  private static func estimate(_ join: LogicalPlan.Join) -> Double {
    let left = estimate(join.left)
    let right = estimate(join.right)
    switch join.kind {
    case .semi, .anti, .nullAwareAnti: return left / 2
    default: break
    }
    var rows = left * right
    if !join.equalities.isEmpty { rows /= max(1, min(size(join.left), size(join.right))) }
    if let residual = join.residual { rows *= share(of: residual) }
    switch join.kind {
    case .left: return max(rows, left)
    case .right: return max(rows, right)
    case .full: return max(rows, left + right)
    default: return rows
    }
  }

  /// How many rows a plan would give if no condition held any back: how many values its keys may
  /// have.
  static func size(_ plan: LogicalPlan) -> Double {
    switch plan {
    case .filter(let input, _), .project(let input, _), .sort(let input, _), .window(let input, _):
      return size(input)
    case .join(let join):
      switch join.kind {
      case .semi, .anti, .nullAwareAnti: return size(join.left)
      default: return max(size(join.left), size(join.right))
      }
    default: return estimate(plan)
    }
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
