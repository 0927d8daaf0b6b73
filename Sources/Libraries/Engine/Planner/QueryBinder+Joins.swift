import Columnar
import Core

/// Joins: ON, USING, NATURAL, and LATERAL functions at their right side.
extension QueryBinder {
  func join(
    _ leftSyntax: RelationSyntax, _ join: JoinSyntax, _ rightSyntax: RelationSyntax,
    _ environment: Environment
  ) throws -> BoundRelation {
    let left = try relation(leftSyntax, environment)
    if case .function(let name, let arguments, isLateral: true) = rightSyntax.kind {
      return try lateralJoin(left, join, name, arguments, rightSyntax, environment)
    }
    return try joined(left, join, try relation(rightSyntax, environment), environment)
  }

  private func lateralJoin(
    _ left: BoundRelation, _ join: JoinSyntax, _ name: String, _ arguments: [ExpressionSyntax],
    _ syntax: RelationSyntax, _ environment: Environment
  ) throws -> BoundRelation {
    var isPlain = true
    if case .on(let condition) = join.condition { isPlain = condition.text.uppercased() == "TRUE" }
    guard isPlain, [.inner, .cross, .left].contains(join.kind) else {
      throw Fault(
        .configuration, at: join.place, "a LATERAL join on a condition is not supported",
        remedy: "join ON true, and filter in WHERE")
    }
    var select = SelectSyntax(place: syntax.place)
    select.lateralViews = [
      LateralViewSyntax(
        isOuter: join.kind == .left, function: name, arguments: arguments,
        alias: syntax.alias, columns: syntax.columnAliases, place: syntax.place)
    ]
    return try lateralViews(of: select, over: left, environment)
  }

  func joined(
    _ left: BoundRelation, _ join: JoinSyntax, _ right: BoundRelation, _ environment: Environment
  ) throws -> BoundRelation {
    try StreamingRules.checkJoin(left.plan, join.kind, right.plan, at: join.place)
    let leftCount = left.plan.columnCount
    var scope = Scope(left.scope.columns + right.scope.shifted(by: leftCount))
    switch join.condition {
    case .none:
      guard [.inner, .cross].contains(join.kind) else {
        throw Fault(
          .configuration, at: join.place, "a \(join.kind.rawValue.uppercased()) join without ON",
          remedy: "add ON and the condition")
      }
      return finished(left, .cross, right, [], scope)
    case .on(let syntax):
      let expressions = ExpressionBinder(self, environment, scope)
      expressions.clause = .join
      let condition = try expressions.bindCondition(syntax)
      let kind = join.kind == .cross ? .inner : join.kind
      return finished(left, kind, right, condition.conjuncts, scope)
    case .using(let names):
      return try using(names, left, join, right, &scope)
    case .natural:
      let names = left.scope.columns.filter(\.isVisible).map(\.name).filter { name in
        right.scope.columns.contains { $0.isVisible && $0.name.lowercased() == name.lowercased() }
      }
      guard !names.isEmpty else { return finished(left, .cross, right, [], scope) }
      return try using(names, left, join, right, &scope)
    }
  }

  private func finished(
    _ left: BoundRelation, _ kind: JoinKind, _ right: BoundRelation,
    _ conditions: [Expression], _ scope: Scope
  ) -> BoundRelation {
    let leftCount = left.plan.columnCount
    let parts = JoinConditions(conditions, leftCount: leftCount)
    let join = LogicalPlan.Join(
      left.plan, right.plan, kind, equalities: parts.equalities, residual: parts.residual)
    let plan = LogicalPlan.join(join)
    var columns = scope
    let count = plan.columnCount
    columns.columns.removeAll { $0.position >= count }
    columns.refresh(from: plan.schema)
    return BoundRelation(plan, columns)
  }

  /// The named columns come first and once; a relation's own keep their names behind it.
  private func using(
    _ names: [String], _ left: BoundRelation, _ join: JoinSyntax, _ right: BoundRelation,
    _ scope: inout Scope
  ) throws -> BoundRelation {
    let expressions = ExpressionBinder(self, Environment(), Scope())
    let leftCount = left.plan.columnCount
    var conditions: [Expression] = []
    var pairs: [(name: String, left: Int, right: Int)] = []
    for name in names {
      let a = try visibleColumn(name, of: left.scope, at: join.place)
      var b = try visibleColumn(name, of: right.scope, at: join.place)
      b.position += leftCount
      conditions.append(
        try expressions.comparison("=", a.expression, b.expression, at: join.place))
      pairs.append((name, a.position, b.position))
    }
    var bound = finished(left, join.kind == .cross ? .inner : join.kind, right, conditions, scope)
    let fields = bound.plan.schema.fields
    if join.kind == .full {
      let merged = try pairs.map { pair in
        try expressions.call(
          "coalesce", [pair.left, pair.right].map { Expression(column: $0, fields[$0]) },
          at: join.place)
      }
      let added = zip(pairs, merged).map { LogicalPlan.NamedExpression($0.name, $1) }
      bound.plan = .project(bound.plan, bound.plan.identityColumns + added)
    }
    var keys: [Scope.Column] = []
    for (index, pair) in pairs.enumerated() {
      let position =
        join.kind == .full ? fields.count + index : join.kind == .right ? pair.right : pair.left
      let field = bound.plan.schema.fields[position]
      keys.append(
        Scope.Column(
          name: pair.name, qualifier: [], position: position, type: field.type,
          isNullable: field.isNullable))
    }
    let hidden = Set(pairs.flatMap { [$0.left, $0.right] })
    for index in bound.scope.columns.indices
    where hidden.contains(bound.scope.columns[index].position) {
      bound.scope.columns[index].isVisible = false
    }
    bound.scope.columns = keys + bound.scope.columns
    return bound
  }

  private func visibleColumn(
    _ name: String, of scope: Scope, at place: Place
  ) throws -> Scope.Column {
    let lowered = name.lowercased()
    let found = scope.columns.filter { $0.isVisible && $0.name.lowercased() == lowered }
    guard let column = found.first else { throw scope.missing([name], at: place) }
    guard found.count == 1 else {
      throw Fault(
        .configuration, at: place, "USING '\(name)' finds several columns of that name",
        remedy: "join ON a condition instead")
    }
    return column
  }
}
