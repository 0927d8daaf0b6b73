import Columnar
package import Core

/// Which rows of one scan stand behind those rows of a plan's output that meet conditions.
///
/// Conditions go down from the output to the scan: through select lists they are put in terms of
/// what the columns are computed from, through groups where they speak of the keys, through joins
/// to the side they speak of, and to the other one over the equalities. What cannot be taken along
/// is left out: then the rows are more than those that were asked for, and it is said so.
package struct RowReach: Sendable {
  /// Conditions on the scan's columns.
  package var conditions: [Expression] { asked + own }
  /// Whether what was asked for is told by a column of the scan; if not, its rows are found by the
  /// query's own filters alone.
  package var isTold: Bool { !asked.isEmpty }
  /// What became of the conditions that were asked for.
  private var asked: [Expression]
  /// The plan's own filters.
  private var own: [Expression] = []
  /// Whether each row that meets them stands behind a row that was asked for; else it may.
  package private(set) var isExact = true
  /// Whether the rows asked for may do without any row of the scan.
  package private(set) var isOptional = false

  /// For the rows of `plan` that meet `conditions` and the scan number `scan` of it, counted from
  /// left to right; nil when no row of the scan can stand behind them.
  package init?(
    behind plan: LogicalPlan, _ conditions: [Expression], scan: Int, clock: Clock
  ) {
    asked = conditions
    guard descend(plan, scan, ConstantFolding(clock: clock)) else { return nil }
  }

  /// False when no row can be behind.
  private mutating func descend(
    _ plan: LogicalPlan, _ scan: Int, _ folding: ConstantFolding
  ) -> Bool {
    change { $0.map { folding.fold($0).decided } }
    if conditions.contains(where: { $0.literal == .boolean(false) || $0.literal == .null }) {
      return false
    }
    change { $0.filter { $0.literal != .boolean(true) } }
    switch plan {
    case .scan: return true
    case .values: return false
    case .sort(let input, _): return descend(input, scan, folding)
    case .limit(let input, _, _):
      isExact = false
      return descend(input, scan, folding)
    case .filter(let input, let condition):
      own += condition.conjuncts
      return descend(input, scan, folding)
    case .project(let input, let list):
      substitute(list.map(\.expression))
      return descend(input, scan, folding)
    case .window(let input, _):
      keep(upTo: input.columnCount)
      return descend(input, scan, folding)
    case .generate(let generate):
      keep(upTo: generate.input.columnCount)
      return descend(generate.input, scan, folding)
    case .aggregate(let aggregate):
      throughGroups(of: aggregate)
      return descend(aggregate.input, scan, folding)
    case .unionAll(let inputs, _):
      var scan = scan
      for input in inputs {
        let count = input.scans.count
        if scan < count { return descend(input, scan, folding) }
        scan -= count
      }
      return false
    case .setOperation(let left, _, _):
      guard scan < left.scans.count else { return false }
      return descend(left, scan, folding)
    case .join(let join): return descend(join, scan, folding)
    }
  }

  /// Puts the conditions in terms of what the columns are computed from.
  private mutating func substitute(_ list: [Expression]) {
    limit { list[$0].isDeterministic }
    change {
      $0.map { condition in condition.rewriting { $0.columnPosition.map { list[$0] } } }
    }
  }

  /// Leaves out conditions on columns from `count` on.
  private mutating func keep(upTo count: Int) { limit { $0 < count } }

  /// Leaves out conditions on other columns than those that `isKept`.
  private mutating func limit(_ isKept: (Int) -> Bool) {
    let count = conditions.count
    change { $0.filter { $0.columns.allSatisfy(isKept) } }
    if conditions.count < count { isExact = false }
  }

  private mutating func change(_ change: ([Expression]) -> [Expression]) {
    asked = change(asked)
    own = change(own)
  }

  /// Conditions on keys hold for all rows of a group; one on what is computed of a group is met by
  /// all its rows, if the keys say which group it is.
  private mutating func throughGroups(of aggregate: LogicalPlan.Aggregate) {
    let keys = aggregate.groups.indices
    let pinned = pinnedColumns
    let isOneGroup = aggregate.groupingSets == nil && keys.allSatisfy { pinned[$0] != nil }
    let wasExact = isExact
    keep(upTo: aggregate.groupingSets == nil ? keys.count : 0)
    if isOneGroup { isExact = wasExact }
    substitute(aggregate.groups.map(\.expression))
  }

  private mutating func descend(
    _ join: LogicalPlan.Join, _ scan: Int, _ folding: ConstantFolding
  ) -> Bool {
    let leftScans = join.left.scans.count
    let isLeft = scan < leftScans
    if !isLeft, join.kind == .semi || join.kind == .anti || join.kind == .nullAwareAnti {
      return false
    }
    let leftCount = join.left.columnCount
    let isOwn = { (column: Int) in (column < leftCount) == isLeft }
    let pinned = pinnedColumns
    let ownSupplies = join.kind == .full || join.kind == (isLeft ? .right : .left)
    if ownSupplies { isOptional = true }
    // What the other side's columns say is told by the equalities, as far as it is.
    limit(isOwn)
    if join.kind != .left, join.kind != .right { isExact = false }
    for equality in join.equalities {
      let (mine, other) =
        isLeft
        ? (equality.left, equality.right.shifted(by: leftCount))
        : (equality.right.shifted(by: leftCount), equality.left)
      guard let value = folding.value(of: other.pinning(pinned)) else {
        if !isLeft { isExact = false }
        continue
      }
      if value.isNull {
        if !equality.nullsMatch {
          // A row of the left side may have no partner; one of the right side is none.
          if isLeft { continue } else { return false }
        }
        asked.append(Expression(.isNull(mine), .boolean, isNullable: false))
      } else if mine.type == other.type {
        let literal = Expression(.literal(value), mine.type, isNullable: false)
        asked.append(Expression(.isIn(mine, [literal]), .boolean))
      } else {
        isExact = false
      }
    }
    for condition in join.residual?.conjuncts ?? [] where ownSupplies || join.kind == .inner {
      let known = condition.rewriting { part in
        part.columnPosition.flatMap { isOwn($0) ? nil : pinned[$0] }
      }
      if known.columns.allSatisfy(isOwn) { own.append(known) } else { isExact = false }
    }
    if isLeft { return descend(join.left, scan, folding) }
    change { $0.compactMap { $0.movingColumns { $0 - leftCount } } }
    return descend(join.right, scan - leftScans, folding)
  }

  /// The values of columns that have but one.
  private var pinnedColumns: [Int: Expression] {
    var pinned: [Int: Expression] = [:]
    for condition in conditions {
      switch condition.kind {
      case .isIn(let operand, let values) where values.count == 1:
        if let column = operand.columnPosition, values[0].literal != nil {
          pinned[column] = values[0]
        }
      case .isNull(let operand):
        if let column = operand.columnPosition {
          pinned[column] = Expression(.literal(.null), operand.type)
        }
      default: continue
      }
    }
    return pinned
  }
}

extension Expression {
  /// Whether a value is among others, where all of them are known.
  fileprivate var decided: Expression {
    guard case .isIn(let operand, let values) = kind, let value = operand.literal else {
      return self
    }
    let known = values.compactMap(\.literal)
    guard known.count == values.count else { return self }
    let result = value.isNull ? Scalar.null : .boolean(known.contains(value))
    return Expression(.literal(result), .boolean)
  }

  /// The expression with the values of columns that are known.
  fileprivate func pinning(_ values: [Int: Expression]) -> Expression {
    rewriting { part in part.columnPosition.flatMap { values[$0] } }
  }
}
