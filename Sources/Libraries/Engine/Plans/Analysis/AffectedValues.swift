import Columnar

/// Which part of a plan's output changed rows of one scan can touch, as a query.
///
/// Let `changed` hold the rows by which two versions of a table differ. For some columns of the
/// output, the query gives at least every tuple of values whose output rows are not the same in
/// both versions; the other tables are read as they stand. So it goes from the scan upward:
/// row-wise steps compute the columns from the changed rows, groups pass on their keys, and a join
/// looks the keys up in its other side.
///
/// When several tables changed, all tuples are found by one query a changed scan: rows of a join
/// differ either because the side that gives the columns differs there, which that side's own
/// queries tell, or because the side's rows stand and their partners differ, which the look-up in
/// the side as it stands now tells.
package struct AffectedValues {
  private let changed: LogicalPlan

  /// `changed` gives the changed rows, in the columns of the scan that is asked for later.
  package init(changed: LogicalPlan) { self.changed = changed }

  /// The tuples of `columns` of `plan` that the scan number `scan`, counted from left to right,
  /// can have touched; nil when that cannot be told.
  package func query(_ plan: LogicalPlan, _ columns: [Int], scan: Int) -> LogicalPlan? {
    switch plan {
    case .scan: return changed.selecting(columns)
    case .values, .limit: return nil
    case .sort(let input, _): return query(input, columns, scan: scan)
    case .filter(let input, let condition):
      return filter(input, condition, columns, scan) ?? query(input, columns, scan: scan)
    case .project(let input, let list):
      return project(input, columns.map { list[$0] }, scan)
    case .aggregate(let aggregate):
      guard aggregate.groupingSets == nil,
        columns.allSatisfy({ $0 < aggregate.groups.count })
      else { return nil }
      return project(aggregate.input, columns.map { aggregate.groups[$0] }, scan)
    case .window(let input, let calls):
      // Rows of one window have one value of each column, so that no other tuple depends on them.
      let areKeys = calls.allSatisfy { call in
        Set(call.call.partitionBy.compactMap(\.columnPosition)).isSuperset(of: columns)
      }
      return areKeys ? query(input, columns, scan: scan) : nil
    case .generate(let generate):
      let ownCount = generate.input.columnCount
      guard columns.allSatisfy({ $0 < ownCount }) else { return nil }
      return query(generate.input, columns, scan: scan)
    case .unionAll, .setOperation:
      var scan = scan
      for input in plan.inputs {
        let count = input.scans.count
        if scan < count { return query(input, columns, scan: scan) }
        scan -= count
      }
      return nil
    case .join(let join): return self.join(join, columns, scan)
    }
  }

  /// Expressions over the tuples of the columns they use.
  private func project(
    _ input: LogicalPlan, _ list: [LogicalPlan.NamedExpression], _ scan: Int
  ) -> LogicalPlan? {
    guard list.allSatisfy(\.expression.isDeterministic) else { return nil }
    let used = list.reduce(into: Set<Int>()) { $0.formUnion($1.expression.columns) }.sorted()
    guard let rows = query(input, used, scan: scan) else { return nil }
    return .project(rows, list.map { $0.moved(to: used) })
  }

  /// The tuples that pass the condition, when its columns can be had too.
  private func filter(
    _ input: LogicalPlan, _ condition: Expression, _ columns: [Int], _ scan: Int
  ) -> LogicalPlan? {
    let used = columns + condition.columns.subtracting(columns).sorted()
    guard condition.isDeterministic, let rows = query(input, used, scan: scan),
      let moved = condition.movingColumns({ used.firstIndex(of: $0) })
    else { return nil }
    return LogicalPlan.filter(rows, moved).selecting(Array(columns.indices))
  }

  // MARK: Joins

  private func join(_ join: LogicalPlan.Join, _ columns: [Int], _ scan: Int) -> LogicalPlan? {
    let leftScans = join.left.scans.count
    let isLeft = scan < leftScans
    let side = isLeft ? join.left : join.right
    let scan = isLeft ? scan : scan - leftScans
    if let own = join.positions(columns, ofLeft: isLeft), join.keepsValues(ofLeft: isLeft) {
      return query(side, own, scan: scan)
    }
    guard let others = join.positions(join.equated(columns, toLeft: !isLeft), ofLeft: !isLeft),
      join.keepsValues(ofLeft: !isLeft), join.kind != .nullAwareAnti
    else { return nil }
    let keys = join.equalities.map { isLeft ? $0.mirrored : $0 }
    if let found = lookUp(keys, side, scan, in: isLeft ? join.right : join.left, others) {
      return found
    }
    // One equality alone finds more rows, never fewer.
    guard keys.count > 1 else { return nil }
    for key in keys {
      if let found = lookUp([key], side, scan, in: isLeft ? join.right : join.left, others) {
        return found
      }
    }
    return nil
  }

  /// The tuples of `columns` in rows of `other` that have partners of changed content: `keys` are
  /// equalities of `other`, on the left, with the changed side.
  private func lookUp(
    _ keys: [LogicalPlan.Equality], _ side: LogicalPlan, _ scan: Int, in other: LogicalPlan,
    _ columns: [Int]
  ) -> LogicalPlan? {
    guard !keys.isEmpty, keys.allSatisfy(\.left.isDeterministic) else { return nil }
    let list = keys.enumerated().map { LogicalPlan.NamedExpression("key\($0)", $1.right) }
    guard let changedKeys = project(side, list, scan) else { return nil }
    let used = keys.reduce(into: Set(columns)) { $0.formUnion($1.left.columns) }.sorted()
    let fields = changedKeys.schema.fields
    let equalities = keys.enumerated().compactMap { index, key in
      key.left.movingColumns { used.firstIndex(of: $0) }.map {
        LogicalPlan.Equality(
          $0, Expression(column: index, fields[index]), nullsMatch: key.nullsMatch)
      }
    }
    let partners = LogicalPlan.Join(
      other.superset(of: used), changedKeys, .semi, equalities: equalities, residual: nil)
    return LogicalPlan.join(partners).selecting(columns.compactMap { used.firstIndex(of: $0) })
  }
}

extension LogicalPlan {
  /// Some columns of at least all rows, without joins that give none of them.
  fileprivate func superset(of columns: [Int]) -> LogicalPlan {
    switch self {
    case .sort(let input, _): return input.superset(of: columns)
    case .project(let input, let list):
      let chosen = columns.map { list[$0] }
      let used = chosen.reduce(into: Set<Int>()) { $0.formUnion($1.expression.columns) }.sorted()
      return .project(input.superset(of: used), chosen.map { $0.moved(to: used) })
    case .filter(let input, let condition):
      let used = columns + condition.columns.subtracting(columns).sorted()
      guard let moved = condition.movingColumns({ used.firstIndex(of: $0) }) else { break }
      return LogicalPlan.filter(input.superset(of: used), moved)
        .selecting(Array(columns.indices))
    case .unionAll(let inputs, let schema):
      return .unionAll(
        inputs.map { $0.superset(of: columns) }, schema: schema.selecting(columns))
    case .join(let join):
      if let left = join.positions(columns, ofLeft: true), join.keepsValues(ofLeft: true) {
        return join.left.superset(of: left)
      }
      if let right = join.positions(columns, ofLeft: false), join.keepsValues(ofLeft: false) {
        return join.right.superset(of: right)
      }
    default: break
    }
    return selecting(columns)
  }
}

extension LogicalPlan.Join {
  /// Where columns of the join lie in one of its inputs; nil when some are the other's.
  fileprivate func positions(_ columns: [Int], ofLeft isLeft: Bool) -> [Int]? {
    let own = columns.compactMap { position(of: $0, ofLeft: isLeft) }
    return own.count == columns.count ? own : nil
  }

  /// Whether each row's values of one side come from a row of that side, never from filling up with
  /// NULLs.
  fileprivate func keepsValues(ofLeft isLeft: Bool) -> Bool {
    switch kind {
    case .inner, .cross: true
    case .left, .semi, .anti, .nullAwareAnti: isLeft
    case .right: !isLeft
    case .full: false
    }
  }

  /// The columns, each one of the wrong side as the equal one of the wanted side, if there is one.
  fileprivate func equated(_ columns: [Int], toLeft isLeft: Bool) -> [Int] {
    guard kind == .inner else { return columns }
    let leftCount = left.columnCount
    return columns.map { column in
      for equality in equalities where !equality.nullsMatch {
        guard let left = equality.left.columnPosition,
          let right = equality.right.columnPosition,
          equality.left.type == equality.right.type, !equality.left.type.isFloating
        else { continue }
        if isLeft, column == leftCount + right { return left }
        if !isLeft, column == left { return leftCount + right }
      }
      return column
    }
  }
}

extension LogicalPlan.Equality {
  fileprivate var mirrored: LogicalPlan.Equality {
    LogicalPlan.Equality(right, left, nullsMatch: nullsMatch)
  }
}

extension LogicalPlan.NamedExpression {
  /// The same over an input that has only the columns at `used`, in that order.
  fileprivate func moved(to used: [Int]) -> LogicalPlan.NamedExpression {
    LogicalPlan.NamedExpression(
      name, expression.movingColumns { used.firstIndex(of: $0) } ?? expression)
  }
}
