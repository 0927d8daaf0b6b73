package import Columnar

/// Which scans of a plan a column of its output partitions: where only rows with certain values of
/// that column are wanted, only rows with those values need be read.
///
/// A scan is aligned with the output column when the output rows with value v depend on no other
/// rows of the scan than those with v in one of its columns. A change in such a table touches
/// only the output's partitions of the same values.
package struct PartitionAnalysis: Sendable {
  /// A scan and the column of it that the output column passes on; nil when it is not aligned.
  package struct Alignment: Hashable, Sendable {
    package var table: String
    package var column: String?
  }

  /// One for each scan, from left to right.
  package let alignments: [Alignment]

  /// The analysis of `plan` for its output column at `column`.
  package init(of plan: LogicalPlan, column: Int) {
    alignments = PartitionAnalysis.align(plan, column)
  }

  /// The column of `table` that cuts it as the output is cut; nil when some scan of the table is
  /// not aligned, or the plan does not read it.
  package func alignedColumn(of table: String) -> String? {
    let columns = Set(alignments.filter { $0.table == table }.map(\.column))
    guard columns.count == 1 else { return nil }
    return columns.first ?? nil
  }

  /// Whether every scan is aligned.
  package var isComplete: Bool { alignments.allSatisfy { $0.column != nil } }

  private static func none(_ plan: LogicalPlan) -> [Alignment] {
    plan.scans.map { Alignment(table: $0.table.name, column: nil) }
  }

  private static func align(_ plan: LogicalPlan, _ column: Int) -> [Alignment] {
    switch plan {
    case .scan(let scan):
      return [Alignment(table: scan.table.name, column: scan.columns[column].name)]
    case .values, .limit: return none(plan)
    case .filter(let input, _), .sort(let input, _): return align(input, column)
    case .project(let input, let columns):
      return columns[column].expression.columnPosition.map { align(input, $0) } ?? none(plan)
    case .aggregate(let aggregate):
      guard column < aggregate.groups.count, aggregate.groupingSets == nil,
        let position = aggregate.groups[column].expression.columnPosition
      else { return none(plan) }
      return align(aggregate.input, position)
    case .window(let input, let calls):
      let partitions = calls.allSatisfy { call in
        call.call.partitionBy.contains { $0.columnPosition == column }
      }
      return partitions && column < input.columnCount
        ? align(input, column) : none(plan)
    case .generate(let generate):
      return column < generate.input.columnCount
        ? align(generate.input, column) : none(plan)
    case .unionAll(let inputs, _): return inputs.flatMap { align($0, column) }
    case .setOperation(let left, let right, _):
      return align(left, column) + align(right, column)
    case .join(let join): return align(join, column)
    }
  }

  /// The side that gives the column is aligned, unless it may be filled up with NULLs; the other
  /// one is where the join demands an equal column of it.
  private static func align(_ join: LogicalPlan.Join, _ column: Int) -> [Alignment] {
    let leftCount = join.left.columnCount
    let isLeft = column < leftCount
    let mayTake: Bool =
      switch join.kind {
      case .inner, .cross: true
      case .left, .semi, .anti, .nullAwareAnti: isLeft
      case .right: !isLeft
      case .full: false
      }
    guard mayTake else { return none(join.left) + none(join.right) }
    let own = isLeft ? column : column - leftCount
    var partner: Int?
    for equality in join.equalities {
      let (mine, other) =
        isLeft ? (equality.left, equality.right) : (equality.right, equality.left)
      if mine.columnPosition == own, let position = other.columnPosition { partner = position }
    }
    if join.kind == .nullAwareAnti { partner = nil }
    let left = isLeft ? own : partner
    let right = isLeft ? partner : own
    return (left.map { align(join.left, $0) } ?? none(join.left))
      + (right.map { align(join.right, $0) } ?? none(join.right))
  }
}

extension LogicalPlan {
  /// Whether the rows come row by row from a scan whose table has rows with different values of the
  /// column at `position` apart.
  func canBeParted(by position: Int) -> Bool {
    switch self {
    case .scan(let scan): return scan.table.isParted(by: scan.columns[position].name)
    case .filter(let input, _): return input.canBeParted(by: position)
    case .project(let input, let columns):
      return columns[position].expression.columnPosition.map(input.canBeParted) ?? false
    case .generate(let generate):
      return position < generate.input.columnCount
        && generate.input.canBeParted(by: position)
    case .join(let join):
      if let left = join.position(of: position, ofLeft: true) {
        return join.kind != .right && join.kind != .full && join.left.canBeParted(by: left)
      }
      let right = join.position(of: position, ofLeft: false)
      return join.kind == .right && right.map(join.right.canBeParted) ?? false
    case .aggregate(let aggregate):
      guard aggregate.groupingSets == nil, position < aggregate.groups.count else { return false }
      return aggregate.groups[position].expression.columnPosition.map(aggregate.input.canBeParted)
        ?? false
    case .values, .unionAll, .window, .sort, .limit, .setOperation: return false
    }
  }

  /// The rows whose column at `position` has one of `values`, NULL among them if it is given.
  /// The optimizer takes the condition down to the aligned scans.
  package func restricted(toColumn position: Int, in values: [Scalar]) -> LogicalPlan {
    let column = Expression(column: position, schema.fields[position])
    let known = values.filter { !$0.isNull }
    let literals = known.map {
      Expression(.literal($0), column.type, isNullable: false)
    }
    if literals.count > 8, literals.count == values.count {
      // Looked up, and not compared one by one; the join tells the scans what to skip.
      let field = Field("value", column.type, isNullable: false)
      let wanted = LogicalPlan.values(rows: literals.map { [$0] }, schema: Schema([field]))
      let equality = Equality(column, Expression(column: 0, field))
      return .join(Join(self, wanted, .semi, equalities: [equality], residual: nil))
    }
    var choices: [Expression] = []
    if !literals.isEmpty {
      choices.append(Expression(.isIn(column, literals), .boolean, isNullable: column.isNullable))
    }
    if known.count < values.count {
      choices.append(Expression(.isNull(column), .boolean, isNullable: false))
    }
    switch choices.count {
    case 0:
      return .filter(self, Expression(.literal(.boolean(false)), .boolean, isNullable: false))
    case 1: return .filter(self, choices[0])
    default: return .filter(self, Expression(.or(choices), .boolean))
    }
  }
}
