import Columnar
import Core

/// A subquery of an expression, bound, and not yet joined to the query around it.
struct PendingSubquery {
  /// What the expression asks of it.
  enum Use {
    case value
    case exists
    case isIn([Expression])
  }

  var use: Use
  /// Columns of the query around it are `OuterColumn`s.
  var plan: LogicalPlan
  var place: Place
  /// Whether it stands in an aggregate's arguments, and so is joined before grouping.
  var isInAggregate: Bool
}

extension ExpressionBinder {
  /// A subquery as a value: a placeholder, until it is joined.
  func subquery(_ syntax: ExpressionSyntax) throws -> Expression {
    guard [.select, .condition, .having, .qualify, .orderBy].contains(clause) else {
      throw Fault(
        .configuration, at: syntax.place, "a subquery has no place in \(clause.rawValue)",
        remedy: "join it, or move it to WHERE")
    }
    let pending = try self.pending(syntax)
    subqueries.append(pending)
    let column = Expression.Kind.column(Placeholder.subquery(subqueries.count - 1))
    guard case .value = pending.use else {
      var isNullable = false
      if case .isIn = pending.use { isNullable = true }
      return Expression(column, .boolean, isNullable: isNullable, place: syntax.place)
    }
    return Expression(column, pending.plan.schema.fields[0].type, place: syntax.place)
  }

  func pending(_ syntax: ExpressionSyntax) throws -> PendingSubquery {
    let place = syntax.place
    try queries.budget.addSubquery(at: place)
    let inner = environment.within(scope)
    switch syntax.kind {
    case .exists(let query):
      return PendingSubquery(
        use: .exists, plan: try queries.bind(query, inner), place: place,
        isInAggregate: isInAggregate)
    case .isInQuery(let operand, let query):
      return try membership(operand, try queries.bind(query, inner), at: place)
    case .subquery(let query):
      let plan = try queries.bind(query, inner)
      guard plan.columnCount == 1 else {
        throw Fault(
          .configuration, at: place,
          "a subquery of \(plan.columnCount) columns where a value is wanted",
          remedy: "select one column")
      }
      return PendingSubquery(use: .value, plan: plan, place: place, isInAggregate: isInAggregate)
    default:
      throw Fault(.internal, at: place, "not a subquery", remedy: "report this")
    }
  }

  private func membership(
    _ operand: ExpressionSyntax, _ plan: LogicalPlan, at place: Place
  ) throws -> PendingSubquery {
    let fields = plan.schema.fields
    var operands = [operand]
    if fields.count > 1, case .call(let call) = operand.kind, call.name == "struct" {
      operands = call.arguments
    }
    guard operands.count == fields.count else {
      throw Fault(
        .configuration, at: place,
        "IN compares \(operands.count) values with \(fields.count) columns",
        remedy: "select as many columns as there are values")
    }
    var values: [Expression] = []
    var columns: [LogicalPlan.NamedExpression] = []
    for (index, field) in fields.enumerated() {
      let value = try bind(operands[index])
      let column = Expression(column: index, field)
      let common = try commonType(of: [value, column], "IN", at: place)
      values.append(coerce(value, to: common))
      columns.append(LogicalPlan.NamedExpression(field.name, coerce(column, to: common)))
    }
    let isSame = zip(columns, fields).allSatisfy { $0.expression.type == $1.type }
    return PendingSubquery(
      use: .isIn(values), plan: isSame ? plan : .project(plan, columns), place: place,
      isInAggregate: isInAggregate)
  }
}

/// How a subquery becomes a join.
extension PendingSubquery {
  typealias Settle = (Expression) throws -> Expression

  /// The rows of `left` for which EXISTS or IN holds, or does not.
  func filtering(
    _ left: LogicalPlan, isNegated: Bool, outer: Settle
  ) throws -> LogicalPlan {
    try StreamingRules.checkJoin(left, .semi, plan, at: place)
    let leftCount = left.columnCount
    var isExists = false
    var values: [Expression] = []
    switch use {
    case .exists: isExists = true
    case .isIn(let operands): values = try operands.map(outer)
    case .value: break
    }
    let inner = try Decorrelation(place: place, ignoresOutput: isExists).pull(plan)
    var conditions = try inner.conditions.map { try over(leftCount, $0, outer) }
    let equalities = values.enumerated().map { index, value in
      LogicalPlan.Equality(value, Expression(column: index, inner.plan.schema.fields[index]))
    }
    if isNegated, !values.isEmpty {
      if conditions.isEmpty, values.count == 1 {
        return .join(
          LogicalPlan.Join(
            left, inner.plan, .nullAwareAnti, equalities: equalities, residual: nil))
      }
      conditions += try equalities.map { try notFalse($0, leftCount) }
    }
    var parts = JoinConditions(conditions, leftCount: leftCount)
    if !isNegated { parts.equalities = equalities + parts.equalities }
    return .join(
      LogicalPlan.Join(
        left, inner.plan, isNegated ? .anti : .semi, equalities: parts.equalities,
        residual: parts.residual))
  }

  /// The condition over left then right columns.
  private func over(
    _ leftCount: Int, _ condition: Expression, _ outer: Settle
  ) throws -> Expression {
    try condition.rewriting { part in
      guard case .column(let position) = part.kind else { return nil }
      var column = part
      if let outerPosition = OuterColumn.position(position) {
        column.kind = .column(outerPosition)
        return try outer(column)
      }
      column.kind = .column(position + leftCount)
      return column
    }
  }

  /// Equal, or unknown whether equal.
  private func notFalse(
    _ equality: LogicalPlan.Equality, _ leftCount: Int
  ) throws -> Expression {
    let right = equality.right.shifted(by: leftCount)
    let function: ScalarFunction
    do throws(FunctionCatalog.Refusal) {
      function = try FunctionCatalog.scalar("=", [.init(right.type), .init(right.type)])
    } catch {
      throw Fault(.configuration, at: place, "values of IN do not compare", remedy: "cast them")
    }
    let equal = Expression(.call(function, [equality.left, right]), .boolean, place: place)
    let unknown = [equality.left, right].map {
      Expression(.isNull($0), .boolean, isNullable: false, place: place)
    }
    return Expression(.or(unknown + [equal]), .boolean, place: place)
  }

  // MARK: As a value

  /// Joins the subquery so that each row of `left` stays once; gives its value over the result.
  func joined(
    to left: LogicalPlan, _ expressions: ExpressionBinder, outer: Settle
  ) throws -> (LogicalPlan, Expression) {
    try StreamingRules.checkJoin(left, .left, plan, at: place)
    switch use {
    case .exists: return try existence(left, expressions, outer)
    case .isIn(let operands):
      guard operands.count == 1 else { throw unsupported("IN of several values inside OR or CASE") }
      return try membership(left, try outer(operands[0]), expressions)
    case .value:
      let inner = try Decorrelation(place: place, ignoresOutput: false).pull(plan)
      return inner.conditions.isEmpty
        ? try uncorrelated(left, inner.plan, expressions)
        : try correlated(left, inner, expressions, outer)
    }
  }

  private func uncorrelated(
    _ left: LogicalPlan, _ plan: LogicalPlan, _ expressions: ExpressionBinder
  ) throws -> (LogicalPlan, Expression) {
    let leftCount = left.columnCount
    let single = plan.givesOneRow ? plan : try oneValue(plan, groups: [], expressions)
    let join = LogicalPlan.Join(left, single, .cross, equalities: [], residual: nil)
    return (.join(join), Expression(column: leftCount, single.schema.fields[0], place: place))
  }

  /// The value for each key; keys with several rows fail as they are met.
  private func correlated(
    _ left: LogicalPlan, _ inner: Decorrelation.Result, _ expressions: ExpressionBinder,
    _ outer: Settle
  ) throws -> (LogicalPlan, Expression) {
    let leftCount = left.columnCount
    var plan = inner.plan
    let width = plan.columnCount
    if !inner.isSingleRow { plan = try oneValue(plan, groups: Array(1..<width), expressions) }
    let fields = plan.schema.fields
    let marker = LogicalPlan.NamedExpression(
      "is_matched", Expression(.literal(.boolean(true)), .boolean, isNullable: false))
    plan = .project(plan, plan.identityColumns + [marker])
    let conditions = try inner.conditions.map { try over(leftCount, $0, outer) }
    let parts = JoinConditions(conditions, leftCount: leftCount)
    guard parts.residual == nil else {
      throw unsupported("a subquery for a value, tied by anything but equality,")
    }
    let join = LogicalPlan.Join(
      left, plan, .left, equalities: parts.equalities, residual: nil)
    var value = Expression(column: leftCount, fields[0], place: place)
    value.isNullable = true
    if let otherwise = inner.emptyValue, otherwise.literal != .null {
      let mark = Expression(.column(leftCount + fields.count), .boolean)
      let isUnmatched = Expression(.isNull(mark), .boolean, isNullable: false)
      value = try expressions.choice([isUnmatched], [otherwise, value], at: place)
    }
    return (.join(join), value)
  }

  private func existence(
    _ left: LogicalPlan, _ expressions: ExpressionBinder, _ outer: Settle
  ) throws -> (LogicalPlan, Expression) {
    let inner = try Decorrelation(place: place, ignoresOutput: true).pull(plan)
    let leftCount = left.columnCount
    let conditions = try inner.conditions.map { try over(leftCount, $0, outer) }
    let parts = JoinConditions(conditions, leftCount: leftCount)
    guard parts.residual == nil else {
      throw unsupported("EXISTS inside OR or CASE, tied by anything but equality,")
    }
    let marker = LogicalPlan.NamedExpression(
      "exists", Expression(.literal(.boolean(true)), .boolean, isNullable: false))
    let keys = parts.equalities.enumerated().map {
      LogicalPlan.NamedExpression("key_\($0)", $1.right)
    }
    let marked = LogicalPlan.project(inner.plan, keys + [marker]).distinct
    let equalities = parts.equalities.enumerated().map { index, equality in
      LogicalPlan.Equality(
        equality.left, Expression(column: index, marked.schema.fields[index]),
        nullsMatch: equality.nullsMatch)
    }
    let join = LogicalPlan.Join(left, marked, .left, equalities: equalities, residual: nil)
    return (.join(join), isPresent(leftCount + keys.count))
  }

  private func isPresent(_ position: Int) -> Expression {
    let mark = Expression(.column(position), .boolean)
    let isNull = Expression(.isNull(mark), .boolean, isNullable: false)
    return Expression(.not(isNull), .boolean, isNullable: false, place: place)
  }

  /// `x IN (…)` with three values: true, false, or NULL when only a NULL leaves it open.
  private func membership(
    _ left: LogicalPlan, _ operand: Expression, _ expressions: ExpressionBinder
  ) throws -> (LogicalPlan, Expression) {
    let inner = try Decorrelation(place: place, ignoresOutput: false).pull(plan)
    guard inner.conditions.isEmpty else { throw unsupported("a correlated IN inside OR or CASE") }
    let leftCount = left.columnCount
    let field = inner.plan.schema.fields[0]
    let column = Expression(column: 0, field)
    let marker = LogicalPlan.NamedExpression(
      "is_in", Expression(.literal(.boolean(true)), .boolean, isNullable: false))
    let values = LogicalPlan.project(
      inner.plan, [LogicalPlan.NamedExpression("value", column), marker]
    ).distinct
    let first = LogicalPlan.Join(
      left, values, .left, equalities: [LogicalPlan.Equality(operand, column)], residual: nil)
    let calls = try [("rows", [Expression]()), ("known", [column])].map { name, arguments in
      LogicalPlan.NamedAggregate(name, try expressions.aggregate("count", arguments, at: place))
    }
    let counts = LogicalPlan.aggregate(
      LogicalPlan.Aggregate(inner.plan, groups: [], calls: calls))
    let second = LogicalPlan.Join(
      .join(first), counts, .cross, equalities: [], residual: nil)
    let rows = Expression(.column(leftCount + 2), .bigint, isNullable: false)
    let known = Expression(.column(leftCount + 3), .bigint, isNullable: false)
    let none = Expression(.literal(.integer(0)), .bigint, isNullable: false)
    let isEmpty = try expressions.comparison("=", rows, none, at: place)
    let hasNulls = try expressions.comparison("<", known, rows, at: place)
    let isNull = Expression(.isNull(operand), .boolean, isNullable: false)
    func literal(_ value: Bool) -> Expression {
      Expression(.literal(.boolean(value)), .boolean, isNullable: false)
    }
    let value = try expressions.choice(
      [isPresent(leftCount + 1), isEmpty, Expression(.or([isNull, hasNulls]), .boolean)],
      [literal(true), literal(false), Expression(.literal(.null), .boolean), literal(false)],
      at: place)
    return (.join(second), value)
  }

  /// The first column's only value in each group; more than one row is an error at run time.
  private func oneValue(
    _ plan: LogicalPlan, groups: [Int], _ expressions: ExpressionBinder
  ) throws -> LogicalPlan {
    let fields = plan.schema.fields
    let keys = groups.map {
      LogicalPlan.NamedExpression(fields[$0].name, Expression(column: $0, fields[$0]))
    }
    let first = try expressions.aggregate(
      "first", [Expression(column: 0, fields[0])], at: place)
    let count = try expressions.aggregate("count", [], at: place)
    let aggregate = LogicalPlan.aggregate(
      LogicalPlan.Aggregate(
        plan, groups: keys,
        calls: [.init("value", first), .init("rows", count)]))
    let result = aggregate.schema.fields
    let one = Expression(.literal(.integer(1)), .bigint, isNullable: false)
    let rows = Expression(column: keys.count + 1, result[keys.count + 1])
    let isMany = try expressions.comparison(">", rows, one, at: place)
    let text = Expression(
      .literal(.string("a subquery used as a value gave more than one row")), .string,
      isNullable: false)
    let error = try expressions.call("raise_error", [text], at: place)
    let value = try expressions.choice(
      [isMany], [error, Expression(column: keys.count, result[keys.count])], at: place)
    let columns =
      [LogicalPlan.NamedExpression(fields[0].name, value)]
      + keys.indices.map {
        LogicalPlan.NamedExpression(result[$0].name, Expression(column: $0, result[$0]))
      }
    return .project(aggregate, columns)
  }

  private func unsupported(_ what: String) -> Fault {
    Fault(
      .configuration, at: place, "\(what) is not supported",
      remedy: "write it as a join, or as a condition of its own in WHERE")
  }
}

extension ExpressionBinder {
  /// An aggregate over bound arguments.
  func aggregate(
    _ name: String, _ arguments: [Expression], at place: Place
  ) throws -> AggregateCall {
    do throws(FunctionCatalog.Refusal) {
      let function = try FunctionCatalog.aggregate(name, arguments.map { .init($0.type) })
      return AggregateCall(
        function, zip(arguments, function.argumentTypes).map { coerce($0, to: $1) })
    } catch {
      throw fault(error, name, at: place)
    }
  }
}
