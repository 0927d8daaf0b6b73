import Columnar
import Core

/// Takes the conditions that mention columns of the query around a subquery out of its plan, so
/// that they become conditions of a join.
struct Decorrelation {
  /// A plan without outer columns, and the conditions taken out of it.
  struct Result {
    /// The plan's own columns, then those that conditions need.
    var plan: LogicalPlan
    /// Over the plan's columns and outer ones.
    var conditions: [Expression] = []
    /// Whether each combination of the added columns comes in one row at most.
    var isSingleRow = false
    /// The first column's value when there is no row: `count(*)` of nothing is 0.
    var emptyValue: Expression?
  }

  var place: Place
  /// EXISTS asks for rows only: the select list counts for nothing.
  var ignoresOutput: Bool

  func pull(_ plan: LogicalPlan) throws -> Result {
    guard plan.usesOuterColumns else { return Result(plan: plan) }
    if ignoresOutput { return try inner.pull(plan.withoutOutput) }
    switch plan {
    case .filter(let input, let condition): return try filter(input, condition)
    case .project(let input, let columns): return try project(input, columns)
    case .aggregate(let aggregate): return try self.aggregate(aggregate)
    case .join(let join): return try self.join(join)
    case .generate(let generate): return try self.generate(generate)
    case .sort(let input, _): return try inner.pull(input)
    default: throw unsupported("this form of")
    }
  }

  private var inner: Decorrelation { Decorrelation(place: place, ignoresOutput: false) }

  private func unsupported(_ what: String) -> Fault {
    Fault(
      .configuration, at: place,
      "\(what) subquery that uses columns of the query around it is not supported",
      remedy: "write it as a join")
  }

  private func filter(_ input: LogicalPlan, _ condition: Expression) throws -> Result {
    var result = try inner.pull(input)
    let parts = condition.conjuncts
    let own = parts.filter { !OuterColumn.isUsed(in: $0) }
    if let kept = Expression.all(own) { result.plan = .filter(result.plan, kept) }
    result.conditions += parts.filter { OuterColumn.isUsed(in: $0) }
    if result.emptyValue != nil {
      // HAVING decides over an empty group too: the value alone does not tell.
      throw unsupported("a HAVING in a")
    }
    return result
  }

  private func project(
    _ input: LogicalPlan, _ columns: [LogicalPlan.NamedExpression]
  ) throws -> Result {
    var result = try inner.pull(input)
    guard !columns.contains(where: { OuterColumn.isUsed(in: $0.expression) }) else {
      throw unsupported("the select list of a")
    }
    if let emptyAggregates = result.emptyColumns {
      result.emptyValue = columns[0].expression.rewriting { part in
        guard case .column(let position) = part.kind else { return nil }
        return emptyAggregates[position] ?? part
      }
    }
    let fields = result.plan.schema.fields
    let needed = result.neededColumns
    let added = needed.map {
      LogicalPlan.NamedExpression(fields[$0].name, Expression(column: $0, fields[$0]))
    }
    let positions = Dictionary(
      needed.enumerated().map { ($1, columns.count + $0) }, uniquingKeysWith: { first, _ in first })
    result.plan = .project(result.plan, columns + added)
    result.conditions = result.conditions.map { moved($0, positions) }
    return result
  }

  private func aggregate(_ aggregate: LogicalPlan.Aggregate) throws -> Result {
    var result = try inner.pull(aggregate.input)
    guard aggregate.groupingSets == nil else { throw unsupported("GROUPING SETS in a") }
    guard !LogicalPlan.aggregate(aggregate).expressions.contains(where: OuterColumn.isUsed) else {
      throw unsupported("an aggregate of outer columns in a")
    }
    if !aggregate.calls.isEmpty {
      guard result.conditions.allSatisfy(isEquality) else {
        throw unsupported("an aggregate, tied by anything but equality, in a")
      }
    }
    let fields = result.plan.schema.fields
    let needed = result.neededColumns
    let keys = needed.map {
      LogicalPlan.NamedExpression(fields[$0].name, Expression(column: $0, fields[$0]))
    }
    var grouped = aggregate
    grouped.input = result.plan
    grouped.groups += keys
    let width = aggregate.groups.count
    let order =
      Array(0..<width) + aggregate.calls.indices.map { width + keys.count + $0 }
      + keys.indices.map { width + $0 }
    let positions = Dictionary(
      needed.enumerated().map { ($1, width + aggregate.calls.count + $0) },
      uniquingKeysWith: { first, _ in first })
    let conditions = result.conditions.map { moved($0, positions) }
    result = Result(plan: LogicalPlan.aggregate(grouped).selecting(order), conditions: conditions)
    if aggregate.groups.isEmpty {
      result.isSingleRow = true
      result.emptyValue = try aggregate.calls.first.map { try emptyValue($0.call) }
    }
    return result
  }

  /// What an aggregate gives for no rows.
  private func emptyValue(_ call: AggregateCall) throws -> Expression {
    try Result.emptyValue(of: call) ?? { throw unsupported("'\(call.function.name)' in a") }()
  }

  private func join(_ join: LogicalPlan.Join) throws -> Result {
    let left = try inner.pull(join.left)
    let right = try inner.pull(join.right)
    let keepsLeftOnly = [.semi, .anti, .nullAwareAnti].contains(join.kind)
    let isFree = join.kind == .inner || join.kind == .cross
    let outerParts = join.residual?.conjuncts.filter(OuterColumn.isUsed) ?? []
    guard
      isFree
        || right.conditions.isEmpty && outerParts.isEmpty && join.kind != .right
          && join.kind != .full,
      !join.equalities.contains(where: {
        OuterColumn.isUsed(in: $0.left) || OuterColumn.isUsed(in: $0.right)
      })
    else { throw unsupported("an outer join in a") }
    let leftOwn = join.left.columnCount
    let leftCount = left.plan.columnCount
    let rightOwn = join.right.columnCount
    let rightCount = right.plan.columnCount
    func place(_ position: Int) -> Int? {
      position < leftOwn ? position : position - leftOwn + leftCount
    }
    var copy = join
    copy.left = left.plan
    copy.right = right.plan
    let ownParts = join.residual?.conjuncts.filter { !OuterColumn.isUsed(in: $0) } ?? []
    copy.residual = Expression.all(ownParts.map { $0.movingColumns(place) ?? $0 })
    // Own columns first, in their old order; then those that conditions need.
    let order =
      Array(0..<leftOwn)
      + (keepsLeftOnly ? [] : (0..<rightOwn).map { leftCount + $0 })
      + Array(leftOwn..<leftCount)
      + (keepsLeftOnly ? [] : (rightOwn..<max(rightOwn, rightCount)).map { leftCount + $0 })
    var positions: [Int: Int] = [:]
    for (new, old) in order.enumerated() { positions[old] = new }
    let conditions =
      left.conditions.map { moved($0, positions) }
      + right.conditions.map { condition in
        moved(condition.movingColumns { $0 < 0 ? $0 : $0 + leftCount } ?? condition, positions)
      } + outerParts
    return Result(plan: LogicalPlan.join(copy).selecting(order), conditions: conditions)
  }

  private func generate(_ generate: LogicalPlan.Generate) throws -> Result {
    guard !OuterColumn.isUsed(in: generate.argument) else { throw unsupported("a generator in a") }
    let own = generate.input.columnCount
    var result = try inner.pull(generate.input)
    let count = result.plan.columnCount
    var copy = generate
    copy.input = result.plan
    let order =
      Array(0..<own) + generate.columns.indices.map { count + $0 } + Array(own..<max(own, count))
    var positions: [Int: Int] = [:]
    for (new, old) in order.enumerated() { positions[old] = new }
    result.plan = LogicalPlan.generate(copy).selecting(order)
    result.conditions = result.conditions.map { moved($0, positions) }
    return result
  }

  private func isEquality(_ condition: Expression) -> Bool {
    guard case .call(let function, let sides) = condition.kind, sides.count == 2,
      function.name == "=" || function.name == "<=>"
    else { return false }
    let areOuter = sides.map { !$0.columns.isEmpty && $0.columns.allSatisfy { $0 < 0 } }
    let areInner = sides.map { $0.columns.allSatisfy { $0 >= 0 } }
    return areOuter[0] && areInner[1] || areOuter[1] && areInner[0]
  }

  private func moved(_ condition: Expression, _ positions: [Int: Int]) -> Expression {
    condition.movingColumns { $0 < 0 ? $0 : positions[$0] ?? $0 } ?? condition
  }
}

extension Decorrelation.Result {
  /// The plan's columns that conditions mention.
  fileprivate var neededColumns: [Int] {
    conditions.reduce(into: Set<Int>()) { $0.formUnion($1.columns.filter { $0 >= 0 }) }.sorted()
  }

  /// For an aggregate without groups: the value of each result over no rows.
  fileprivate var emptyColumns: [Int: Expression]? {
    guard emptyValue != nil else { return nil }
    var found: LogicalPlan.Aggregate?
    if case .project(.aggregate(let aggregate), _) = plan { found = aggregate }
    if case .aggregate(let aggregate) = plan { found = aggregate }
    guard let found else { return nil }
    var values: [Int: Expression] = [:]
    for (index, call) in found.calls.enumerated() {
      values[index] = Decorrelation.Result.emptyValue(of: call.call)
    }
    return values
  }

  /// What an aggregate gives for no rows; nil when that is not known.
  fileprivate static func emptyValue(of call: AggregateCall) -> Expression? {
    let type = call.function.resultType
    if call.function.isNullable { return Expression(.literal(.null), type) }
    switch type {
    case .tinyint, .smallint, .int, .bigint:
      return Expression(.literal(.integer(0)), type, isNullable: false)
    case .array: return Expression(.literal(.list([])), type, isNullable: false)
    default: return nil
    }
  }
}

extension LogicalPlan {
  /// Whether some expression mentions a column of the query around.
  var usesOuterColumns: Bool {
    expressions.contains(where: OuterColumn.isUsed) || inputs.contains(where: \.usesOuterColumns)
  }

  /// A plan with a row wherever this one has one, whatever the columns.
  fileprivate var withoutOutput: LogicalPlan {
    switch self {
    case .project(let input, _), .sort(let input, _): input.withoutOutput
    case .limit(let input, let count, 0) where count ?? 1 > 0: input.withoutOutput
    case .aggregate(let aggregate)
    where !aggregate.groups.isEmpty && aggregate.groupingSets == nil:
      aggregate.input.withoutOutput
    default: self
    }
  }
}
