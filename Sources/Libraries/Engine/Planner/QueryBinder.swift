import Columnar
import Core

/// Binds queries: WITH, set operations, VALUES, ORDER BY and LIMIT. `SelectBinder` does SELECT.
final class QueryBinder {
  let catalog: any Catalog
  let clock: Clock
  let views: [String: ViewSyntax]
  /// The views being bound, from the outermost: one that stands in it twice is a cycle.
  var openViews: [String] = []
  /// The plans of views that were read before, and how large they are.
  var boundViews: [String: (plan: LogicalPlan, size: TreeSize)] = [:]
  /// What the query's plan may still grow to.
  let budget = PlanBudget()

  init(catalog: any Catalog, clock: Clock, views: [String: ViewSyntax]) {
    self.catalog = catalog
    self.clock = clock
    self.views = views
  }

  func bind(_ query: QuerySyntax, _ outside: Environment) throws -> LogicalPlan {
    try budget.addStep(at: query.place)
    var environment = outside
    var names: Set<String> = []
    for table in query.commonTables {
      guard names.insert(table.name.lowercased()).inserted else {
        throw Fault(
          .configuration, at: table.place, "a second common table '\(table.name)'",
          remedy: "give it another name")
      }
      environment.commonTables[table.name.lowercased()] = CommonTable(
        syntax: table,
        plan: try budget.apart { try bind(table.query, environment.withoutOuter) })
    }
    if case .select(let select) = query.body {
      return try SelectBinder(self, environment, select, query).bind()
    }
    let plan = try bind(query.body, environment)
    return try limited(try sorted(plan, query), query)
  }

  /// The value of an expression without columns, computed now; nil when it is none.
  func constant(_ expression: Expression) -> Scalar? {
    ConstantFolding(clock: clock).value(of: expression)
  }

  private func bind(_ body: QuerySyntax.Body, _ environment: Environment) throws -> LogicalPlan {
    switch body {
    case .select(let select):
      let query = QuerySyntax(body, place: select.place)
      return try SelectBinder(self, environment, select, query).bind()
    case .values(let rows): return try values(rows, environment)
    case .table(let relation): return try self.relation(relation, environment).plan
    case .nested(let query): return try bind(query, environment)
    case .setOperation(let left, let operation, let right):
      return try setOperation(
        try bind(left, environment), operation, try bind(right, environment), at: right.place)
    }
  }

  // MARK: VALUES

  func values(
    _ rows: [[ExpressionSyntax]], _ environment: Environment
  ) throws -> LogicalPlan {
    let expressions = ExpressionBinder(self, environment, Scope())
    expressions.clause = .values
    let bound = try rows.map { try $0.map(expressions.bind) }
    let count = rows.first?.count ?? 0
    if let odd = rows.first(where: { $0.count != count }), let place = odd.first?.place {
      throw Fault(
        .configuration, at: place, "a row of \(odd.count) values among rows of \(count)",
        remedy: "give each row as many")
    }
    var fields: [Field] = []
    for column in 0..<count {
      let values = bound.map { $0[column] }
      let type = try expressions.commonType(
        of: values, "column \(column + 1) of VALUES", at: rows[0][column].place)
      fields.append(
        Field("col\(column + 1)", type, isNullable: values.contains(where: \.isNullable)))
    }
    let cast = bound.map { row in zip(row, fields).map { $0.coerced(to: $1.type) } }
    return .values(rows: cast, schema: Schema(fields))
  }

  // MARK: Set operations

  private func setOperation(
    _ left: LogicalPlan, _ operation: SetOperationSyntax, _ right: LogicalPlan, at place: Place
  ) throws -> LogicalPlan {
    let word = operation.kind.rawValue.uppercased()
    let a = left.schema.fields
    let b = right.schema.fields
    guard a.count == b.count else {
      throw Fault(
        .configuration, at: place, "\(word) of \(a.count) and \(b.count) columns",
        remedy: "select as many columns on both sides")
    }
    var fields: [Field] = []
    for (x, y) in zip(a, b) {
      guard let type = TypeCoercion.commonType(x.type, y.type) else {
        throw Fault(
          .configuration, at: place,
          "\(word): column '\(x.name)' is \(x.type.sql) on one side, \(y.type.sql) on the other",
          remedy: "cast one of them")
      }
      fields.append(Field(x.name, type, isNullable: x.isNullable || y.isNullable))
    }
    let schema = Schema(fields)
    let sides = [left, right].map { coerced($0, to: schema) }
    switch operation.kind {
    case .union:
      var inputs: [LogicalPlan] = []
      for side in sides {
        if case .unionAll(let parts, _) = side { inputs += parts } else { inputs.append(side) }
      }
      let union = LogicalPlan.unionAll(inputs, schema: schema)
      guard !operation.isAll else { return union }
      try StreamingRules.refuse("UNION without ALL", on: union, at: place)
      return union.distinct
    case .intersect, .except:
      for side in sides { try StreamingRules.refuse(word, on: side, at: place) }
      let kind: LogicalPlan.SetOperation =
        operation.kind == .intersect
        ? (operation.isAll ? .intersectAll : .intersect)
        : (operation.isAll ? .exceptAll : .except)
      return .setOperation(sides[0], sides[1], kind)
    }
  }

  /// The plan with its columns cast to the types of `schema`.
  private func coerced(_ plan: LogicalPlan, to schema: Schema) -> LogicalPlan {
    let own = plan.schema.fields
    guard zip(own, schema.fields).contains(where: { !$0.type.agrees(with: $1.type) }) else {
      return plan
    }
    let columns = own.enumerated().map { index, field in
      LogicalPlan.NamedExpression(
        field.name, Expression(column: index, field).coerced(to: schema.fields[index].type))
    }
    return .project(plan, columns)
  }

  // MARK: Order and limit

  /// Orders a plan by its own columns.
  private func sorted(_ plan: LogicalPlan, _ query: QuerySyntax) throws -> LogicalPlan {
    guard !query.orderBy.isEmpty else { return plan }
    try StreamingRules.refuse("ORDER BY", on: plan, at: query.place)
    let fields = plan.schema.fields
    if query.ordersByAll {
      let item = query.orderBy[0]
      return .sort(
        plan,
        fields.enumerated().map {
          SortKey(
            Expression(column: $0, $1), isDescending: item.isDescending,
            nullsFirst: item.nullsFirst ?? !item.isDescending)
        })
    }
    let expressions = ExpressionBinder(
      self, Environment(), Scope(plan.schema, qualifier: []))
    expressions.clause = .alone
    let keys = try query.orderBy.map { item in
      var key = try expressions.sortKey(item)
      if let index = try QueryBinder.ordinal(item.expression, count: fields.count) {
        key.expression = Expression(column: index, fields[index])
      }
      return key
    }
    return .sort(plan, keys)
  }

  /// The position that `ORDER BY 2` names; nil when the expression is no whole number.
  static func ordinal(_ syntax: ExpressionSyntax, count: Int) throws -> Int? {
    guard case .literal(.integer(let number), let type) = syntax.kind, type == .int else {
      return nil
    }
    guard number >= 1, number <= count else {
      throw Fault(
        .configuration, at: syntax.place, "position \(number) is not in the select list",
        remedy: "give a number from 1 to \(count)")
    }
    return Int(number) - 1
  }

  func limited(_ plan: LogicalPlan, _ query: QuerySyntax) throws -> LogicalPlan {
    let count = try query.limit.map { try rowCount($0, "LIMIT") }
    let offset = try query.offset.map { try rowCount($0, "OFFSET") } ?? 0
    guard count != nil || offset > 0 else { return plan }
    try StreamingRules.refuse("LIMIT", on: plan, at: (query.limit ?? query.offset)?.place)
    return .limit(plan, count: count, offset: offset)
  }

  private func rowCount(_ syntax: ExpressionSyntax, _ clause: String) throws -> Int {
    let expressions = ExpressionBinder(self, Environment(), Scope())
    expressions.clause = .values
    guard case .integer(let count)? = constant(try expressions.bind(syntax)), count >= 0 else {
      throw Fault(
        .configuration, at: syntax.place, "'\(syntax.text)' after \(clause) is no number of rows",
        remedy: "write a whole number")
    }
    return Int(count)
  }
}
