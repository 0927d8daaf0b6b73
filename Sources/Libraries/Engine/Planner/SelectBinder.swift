import Columnar
import Core

/// Binds one SELECT with its ORDER BY and LIMIT: FROM, WHERE, groups, HAVING, windows, QUALIFY, the
/// select list, DISTINCT, order and limit, in the order in which they happen.
final class SelectBinder {
  /// A column of the select list.
  struct Item {
    var name: String
    var expression: Expression
  }

  let queries: QueryBinder
  let environment: Environment
  let select: SelectSyntax
  let query: QuerySyntax
  let expressions: ExpressionBinder
  var plan = LogicalPlan.oneRow
  var items: [Item] = []
  /// What each subquery's value became, by its number.
  var subqueryValues: [Int: Expression] = [:]
  /// The groups by their key; nil without grouping.
  var groupPositions: [String: Int]?
  var windowsStart = 0

  init(
    _ queries: QueryBinder, _ environment: Environment, _ select: SelectSyntax,
    _ query: QuerySyntax
  ) {
    self.queries = queries
    self.environment = environment
    self.select = select
    self.query = query
    expressions = ExpressionBinder(queries, environment, Scope())
    for window in select.windows {
      expressions.windowDefinitions[window.name.lowercased()] = window.window
    }
  }

  func bind() throws -> LogicalPlan {
    let input = try queries.from(select, environment)
    plan = input.plan
    expressions.scope = input.scope
    if let condition = select.condition { try filter(condition, as: .condition) }
    try bindItems()
    let grouping = try select.groupBy.map(bindGroups)
    expressions.groupKeys = Set(grouping?.keys.map(\.key) ?? [])
    expressions.clause = .having
    let having = try select.having.map(conditions)
    expressions.clause = .qualify
    let qualify = try select.qualify.map(conditions)
    expressions.clause = .orderBy
    let order = try bindOrder()
    if grouping != nil || having != nil || !expressions.aggregates.isEmpty {
      try group(by: grouping ?? Grouping(keys: [], sets: nil))
    }
    try attachSubqueries()
    try apply(having ?? [])
    try addWindows()
    try apply(qualify ?? [])
    return try queries.limited(try ordered(order), query)
  }

  // MARK: Conditions

  /// One of the conditions that all must hold.
  enum Condition {
    case plain(Expression)
    /// `[NOT] EXISTS` or `[NOT] IN`: rows are kept by a join.
    case subquery(PendingSubquery, isNegated: Bool)
  }

  private func filter(
    _ syntax: ExpressionSyntax, as clause: ExpressionBinder.Clause
  ) throws {
    expressions.clause = clause
    let parts = try conditions(syntax)
    try attachSubqueries()
    try apply(parts)
  }

  private func conditions(_ syntax: ExpressionSyntax) throws -> [Condition] {
    if case .and(let operands) = syntax.kind { return try operands.flatMap(conditions) }
    var inner = syntax
    var isNegated = false
    while case .not(let operand) = inner.kind {
      inner = operand
      isNegated.toggle()
    }
    switch inner.kind {
    case .exists, .isInQuery:
      return [.subquery(try expressions.pending(inner), isNegated: isNegated)]
    default: return [.plain(try expressions.bindCondition(syntax))]
    }
  }

  /// Applies conditions in their order, those side by side in one step.
  private func apply(_ conditions: [Condition]) throws {
    var plain: [Expression] = []
    func filter() {
      guard let both = Expression.all(plain.flatMap(\.conjuncts)) else { return }
      plain = []
      if case .filter(let input, let earlier) = plan,
        let all = Expression.all(earlier.conjuncts + both.conjuncts)
      {
        plan = .filter(input, all)
      } else {
        plan = .filter(plan, both)
      }
    }
    for condition in conditions {
      switch condition {
      case .plain(let expression): plain.append(try settle(expression))
      case .subquery(let pending, let isNegated):
        filter()
        plan = try pending.filtering(plan, isNegated: isNegated, outer: settle)
      }
    }
    filter()
  }

  /// Joins the subqueries that are not yet part of the plan.
  private func attachSubqueries(where isWanted: (Int) -> Bool = { _ in true }) throws {
    for (index, pending) in expressions.subqueries.enumerated()
    where subqueryValues[index] == nil && isWanted(index) {
      let (joined, value) = try pending.joined(to: plan, expressions, outer: settle)
      plan = joined
      subqueryValues[index] = value
    }
  }

  // MARK: The select list

  private func bindItems() throws {
    expressions.clause = .select
    for item in select.items {
      if case .star(let qualifier, let except) = item.expression.kind {
        try expand(qualifier, except, at: item.expression.place)
        continue
      }
      if case .call(let call) = item.expression.kind, BuiltIn.generators.contains(call.name) {
        try generate(call, item)
        continue
      }
      guard item.aliases.count <= 1 else {
        throw Fault(
          .configuration, at: item.expression.place, "several names for one value",
          remedy: "give it one name")
      }
      let name = item.aliases.first ?? AutoName.name(of: item.expression)
      let value = try expressions.bind(item.expression)
      items.append(Item(name: name, expression: value))
      expressions.add(ExpressionBinder.Alias(name: name, expression: value))
    }
  }

  private func expand(_ qualifier: [String], _ except: [[String]], at place: Place) throws {
    var columns = expressions.scope.star(qualifier).map {
      Item(name: $0.name, expression: $0.expression)
    }
    if columns.isEmpty, !qualifier.isEmpty,
      case .found(let value) = expressions.scope.find(qualifier)
    {
      columns = value.type.fields.compactMap { field in
        Scope.member(field.name, of: value).map { Item(name: field.name, expression: $0) }
      }
    }
    // An empty file has no columns.
    guard !columns.isEmpty || qualifier.isEmpty && !select.from.isEmpty else {
      let name = qualifier.joined(separator: ".")
      throw Fault(
        .configuration, at: place,
        qualifier.isEmpty ? "'*' without FROM" : "no relation '\(name)' in FROM",
        remedy: Suggestion.remedy(
          for: name, among: expressions.scope.relationNames,
          otherwise: "name a table or an alias of FROM"))
    }
    let known = except.isEmpty ? [] : Set(columns.map { $0.name.lowercased() })
    for parts in except where !known.contains(parts[parts.count - 1].lowercased()) {
      throw expressions.scope.missing([parts[parts.count - 1]], at: place)
    }
    let left = Set(except.map { $0[$0.count - 1].lowercased() })
    columns.removeAll { left.contains($0.name.lowercased()) }
    items += columns
    for column in columns {
      expressions.add(ExpressionBinder.Alias(name: column.name, expression: column.expression))
    }
  }

  /// A generator as a select item: its columns are appended to the input.
  private func generate(_ call: CallSyntax, _ item: SelectItemSyntax) throws {
    let generate = try queries.generate(
      call.name, call.arguments, item.aliases, over: plan, isOuter: false, expressions,
      at: item.expression.place)
    try queries.budget.addSubquery(at: item.expression.place)
    let start = plan.columnCount
    plan = .generate(generate)
    for (index, field) in generate.columns.enumerated() {
      let column = Expression(column: start + index, field)
      items.append(Item(name: field.name, expression: column))
      expressions.add(ExpressionBinder.Alias(name: field.name, expression: column))
    }
  }

  // MARK: Groups and windows

  private func group(by grouping: Grouping) throws {
    try StreamingRules.refuse("GROUP BY or an aggregate", on: plan, at: select.place)
    let inKeys = Set(grouping.keys.flatMap { $0.columns.compactMap(Placeholder.subqueryIndex) })
    try attachSubqueries { expressions.subqueries[$0].isInAggregate || inKeys.contains($0) }
    var groups: [LogicalPlan.NamedExpression] = []
    let names = itemNumbers()
    for (index, key) in grouping.keys.enumerated() {
      let name = names[key.key].map { items[$0].name } ?? "group_\(index)"
      groups.append(LogicalPlan.NamedExpression(name, try settle(key)))
    }
    let calls = try expressions.aggregates.map { aggregate in
      LogicalPlan.NamedAggregate(aggregate.name, try aggregate.call.rewriting(settle))
    }
    plan = .aggregate(
      LogicalPlan.Aggregate(plan, groups: groups, calls: calls, groupingSets: grouping.sets))
    groupPositions = Dictionary(
      grouping.keys.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The first select item of each key.
  func itemNumbers() -> [String: Int] {
    Dictionary(
      items.enumerated().map { ($1.expression.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func addWindows() throws {
    guard !expressions.windows.isEmpty else { return }
    try StreamingRules.refuse("a window function", on: plan, at: select.place)
    let calls = try expressions.windows.map {
      LogicalPlan.NamedWindow($0.name, try $0.call.rewriting(settle))
    }
    windowsStart = plan.columnCount
    plan = .window(plan, calls)
  }

  /// Puts columns of the present plan in the place of what was taken out of the expression.
  func settle(_ expression: Expression) throws -> Expression {
    try expression.rewriting { part in
      if let position = groupPositions?[part.key] {
        var column = part
        column.kind = .column(position)
        column.isNullable = plan.schema.fields[position].isNullable
        return column
      }
      guard case .column(let position) = part.kind, position >= 0 else { return nil }
      if let index = Placeholder.subqueryIndex(position) {
        if let value = subqueryValues[index] { return value }
        throw Fault(
          .configuration, at: part.place ?? expression.place,
          "a subquery stands where its rows are not at hand",
          remedy: "join it in FROM, or compute it in a common table")
      }
      var column = part
      if let index = Placeholder.aggregateIndex(position) {
        column.kind = .column((groupPositions?.count ?? 0) + index)
        return column
      }
      if let index = Placeholder.windowIndex(position) {
        column.kind = .column(windowsStart + index)
        return column
      }
      guard groupPositions != nil else { return nil }
      throw ungrouped(position, at: part.place ?? expression.place)
    }
  }

  private func ungrouped(_ position: Int, at place: Place?) -> Fault {
    let name = expressions.scope.columns.first { $0.position == position }?.name ?? "?"
    return Fault(
      .configuration, at: place ?? select.place,
      "column '\(name)' is neither grouped nor aggregated",
      remedy: "add it to GROUP BY, or use any_value(\(name))")
  }
}
