import Columnar
import Core

/// Binds what FROM names: tables, views, common tables, subqueries, functions and joins.
extension QueryBinder {
  /// The relations of FROM side by side, with the lateral views over them.
  func from(_ select: SelectSyntax, _ environment: Environment) throws -> BoundRelation {
    var result: BoundRelation?
    for relation in select.from {
      guard let left = result else {
        result = try self.relation(relation, environment)
        continue
      }
      result = try crossed(left, relation, environment)
    }
    let input = result ?? BoundRelation(.oneRow, Scope())
    return try lateralViews(of: select, over: input, environment)
  }

  func lateralViews(
    of select: SelectSyntax, over input: BoundRelation, _ environment: Environment
  ) throws -> BoundRelation {
    var result = input
    for view in select.lateralViews { result = try lateralView(view, over: result, environment) }
    return result
  }

  private func crossed(
    _ left: BoundRelation, _ relation: RelationSyntax, _ environment: Environment
  ) throws -> BoundRelation {
    if case .function(let name, let arguments, isLateral: true) = relation.kind {
      return try generated(name, arguments, relation, over: left, isOuter: false, environment)
    }
    let right = try self.relation(relation, environment)
    let join = JoinSyntax(kind: .cross, condition: .none, place: relation.place)
    return try joined(left, join, right, environment)
  }

  func relation(_ syntax: RelationSyntax, _ environment: Environment) throws -> BoundRelation {
    try budget.addStep(at: syntax.place)
    let bound: BoundRelation
    switch syntax.kind {
    case .table(let reference): bound = try table(reference, environment)
    case .subquery(let query, let isLateral):
      guard !isLateral else {
        throw Fault(
          .configuration, at: syntax.place, "LATERAL subqueries are not supported",
          remedy: "join on a condition, or use LATERAL VIEW")
      }
      bound = BoundRelation(try bind(query, environment), qualifier: [])
    case .values(let rows):
      bound = BoundRelation(try values(rows, environment), qualifier: [])
    case .function(let name, let arguments, _):
      if name == "range" { return try range(arguments, syntax, environment) }
      return try generated(
        name, arguments, syntax, over: BoundRelation(.oneRow, Scope()), isOuter: false,
        environment)
    case .join(let left, let join, let right):
      bound = try self.join(left, join, right, environment)
    }
    return try aliased(bound, syntax)
  }

  private func aliased(
    _ bound: BoundRelation, _ syntax: RelationSyntax
  ) throws -> BoundRelation {
    let visible = bound.scope.columns.count
    if !syntax.columnAliases.isEmpty, syntax.columnAliases.count != visible {
      throw Fault(
        .configuration, at: syntax.place,
        "\(syntax.columnAliases.count) column names for \(visible) columns",
        remedy: "name each column, or none")
    }
    return BoundRelation(bound.plan, bound.scope.renamed(syntax.alias, syntax.columnAliases))
  }

  // MARK: Tables and views

  private func table(
    _ reference: TableReferenceSyntax, _ environment: Environment
  ) throws -> BoundRelation {
    let name = reference.name
    let plainName = name.parts.count == 1 ? name.parts[0].lowercased() : nil
    if let plainName, let common = environment.commonTables[plainName] {
      return try commonTable(common, reference)
    }
    if let view = views[name.description.lowercased()] { return try self.view(view, reference) }
    guard let provider = try catalog.table(name, reading: try reading(reference, environment))
    else {
      let known =
        catalog.tableNames + views.values.map(\.name.description)
        + environment.commonTables.values.map(\.syntax.name)
      throw Fault(
        .configuration, at: reference.place, "no table '\(name)'",
        remedy: Suggestion.remedy(
          for: name.description, among: known,
          otherwise: catalog.unknownTableRemedy))
    }
    let scan = LogicalPlan.Scan(
      table: provider, reading: try reading(reference, environment),
      columns: provider.schema.fields)
    return BoundRelation(.scan(scan), qualifier: name.parts)
  }

  private func commonTable(
    _ common: CommonTable, _ reference: TableReferenceSyntax
  ) throws -> BoundRelation {
    let name = common.syntax.name
    guard !reference.isStream, reference.asOf == nil else {
      throw Fault(
        .configuration, at: reference.place, "'\(name)' is a common table, not a stored one",
        remedy: "read the stream, or the version, inside it")
    }
    try budget.add(common.size, of: name, at: reference.place)
    return try named(common.plan, name, common.syntax.columns, at: common.syntax.place)
  }

  private func view(
    _ view: ViewSyntax, _ reference: TableReferenceSyntax
  ) throws -> BoundRelation {
    let name = view.name.description
    guard !openViews.contains(name) else {
      throw Fault(
        .configuration, at: reference.place,
        "view '\(name)' reads itself by way of \(openViews.joined(separator: ", "))",
        remedy: "break the circle")
    }
    guard reference.asOf == nil else {
      throw Fault(
        .configuration, at: reference.place, "'\(name)' is a view: it has no versions",
        remedy: "read a version of its tables")
    }
    let plan = try plan(of: view, at: reference.place)
    if reference.isStream, !plan.isStreaming {
      throw Fault(
        .configuration, at: reference.place, "view '\(name)' reads no stream",
        remedy: "write '\(name)' without STREAM, or STREAM(…) in the view")
    }
    if !reference.isStream, plan.isStreaming {
      throw Fault(
        .configuration, at: reference.place, "view '\(name)' reads a stream",
        remedy: "write STREAM(\(name))")
    }
    return try named(plan, name, view.columns, at: view.place)
  }

  /// The plan of a view's query, made once.
  private func plan(of view: ViewSyntax, at place: Place) throws -> LogicalPlan {
    let name = view.name.description
    if let known = boundViews[name] {
      try budget.add(known.size, of: name, at: place)
      return known.plan
    }
    openViews.append(name)
    defer { openViews.removeLast() }
    let plan = try budget.apart { try bind(view.query, Environment()) }
    let size = plan.size
    boundViews[name] = (plan, size)
    try budget.add(size, of: name, at: place)
    return plan
  }

  private func named(
    _ plan: LogicalPlan, _ name: String, _ columns: [String], at place: Place
  ) throws -> BoundRelation {
    let count = plan.columnCount
    guard columns.isEmpty || columns.count == count else {
      throw Fault(
        .configuration, at: place, "'\(name)' names \(columns.count) columns of \(count)",
        remedy: "name each column, or none")
    }
    let bound = BoundRelation(plan, qualifier: [name])
    return BoundRelation(plan, bound.scope.renamed(nil, columns))
  }

  private func reading(
    _ reference: TableReferenceSyntax, _ environment: Environment
  ) throws -> TableReading {
    switch reference.asOf {
    case nil: return reference.isStream ? .stream : .whole
    case .version(let version): return .version(version)
    case .timestamp(let syntax):
      if let time = instant(try value(of: syntax)) { return .instant(time) }
      throw Fault(
        .configuration, at: syntax.place, "'\(syntax.text)' is no point in time",
        remedy: "write TIMESTAMP AS OF '2025-01-31 12:00:00'")
    case .changes(let first, let last):
      return .changes(ChangeSpan(from: try bound(first), to: try last.map { try bound($0) }))
    }
  }

  private func bound(_ syntax: ExpressionSyntax) throws -> ChangeSpan.Bound {
    let value = try value(of: syntax)
    if case .integer(let version)? = value { return .version(version) }
    if let time = instant(value) { return .instant(time) }
    throw Fault(
      .configuration, at: syntax.place,
      "a bound of table_changes is no version and no point in time",
      remedy: "write table_changes('schema.table', 3, 7)")
  }

  /// The value of an expression without columns, as far as it can be told before the query runs.
  private func value(of syntax: ExpressionSyntax) throws -> Scalar? {
    let expressions = ExpressionBinder(self, Environment(), Scope())
    expressions.clause = .values
    return constant(try expressions.bind(syntax))
  }

  private func instant(_ value: Scalar?) -> Timestamp? {
    switch value {
    case .timestamp(let time)?: time
    case .date(let date)?: Timestamp(date)
    case .string(let text)?: Timestamp(parsing: text, today: clock.now.date)
    default: nil
    }
  }

  // MARK: Functions that give rows

  private func lateralView(
    _ view: LateralViewSyntax, over input: BoundRelation, _ environment: Environment
  ) throws -> BoundRelation {
    var relation = RelationSyntax(
      .function(view.function, view.arguments, isLateral: true), place: view.place)
    relation.alias = view.alias
    relation.columnAliases = view.columns
    return try generated(
      view.function, view.arguments, relation, over: input, isOuter: view.isOuter, environment)
  }

  private func generated(
    _ name: String, _ arguments: [ExpressionSyntax], _ relation: RelationSyntax,
    over input: BoundRelation, isOuter: Bool, _ environment: Environment
  ) throws -> BoundRelation {
    let expressions = ExpressionBinder(self, environment, input.scope)
    expressions.clause = .generator
    let generate = try self.generate(
      name, arguments, relation.columnAliases, over: input.plan, isOuter: isOuter, expressions,
      at: relation.place)
    var scope = input.scope
    let added = Scope(
      Schema(generate.columns), qualifier: relation.alias.map { [$0] } ?? [],
      from: input.plan.columnCount)
    scope.columns += added.columns
    return BoundRelation(.generate(generate), scope)
  }

  /// A generator over `plan`, its argument bound by `expressions`.
  func generate(
    _ name: String, _ arguments: [ExpressionSyntax], _ names: [String],
    over plan: LogicalPlan, isOuter: Bool, _ expressions: ExpressionBinder, at place: Place
  ) throws -> LogicalPlan.Generate {
    let plainName = name.hasSuffix("_outer") ? String(name.dropLast("_outer".count)) : name
    guard let generator = LogicalPlan.Generate.Generator(rawValue: plainName) else {
      throw Fault(
        .configuration, at: place, "no generator '\(name)'",
        remedy: Suggestion.remedy(
          for: name, among: BuiltIn.generators.sorted(),
          otherwise: "use explode, posexplode or inline"))
    }
    guard arguments.count == 1 else {
      throw Fault(
        .configuration, at: place, "'\(name)' has \(arguments.count) arguments",
        remedy: "give it one array or map")
    }
    let argument = try expressions.bind(arguments[0])
    guard
      var columns = generator.columns(
        of: argument.type, isOuter: isOuter || plainName != name)
    else {
      throw Fault(
        .configuration, at: arguments[0].place,
        "'\(name)' of \(argument.type.sql)",
        remedy: generator == .inline ? "give it an ARRAY of STRUCT" : "give it an ARRAY or MAP")
    }
    guard names.isEmpty || names.count == columns.count else {
      throw Fault(
        .configuration, at: place, "\(names.count) names for \(columns.count) columns of '\(name)'",
        remedy: "it gives \(columns.map(\.name).joined(separator: ", "))")
    }
    for (index, name) in names.enumerated() { columns[index].name = name }
    return LogicalPlan.Generate(
      plan, generator, argument, isOuter: isOuter || plainName != name, columns: columns)
  }

  /// `range(end)`, `range(start, end[, step])`.
  private func range(
    _ arguments: [ExpressionSyntax], _ syntax: RelationSyntax, _ environment: Environment
  ) throws -> BoundRelation {
    let expressions = ExpressionBinder(self, environment, Scope())
    expressions.clause = .values
    let numbers = try arguments.map { argument -> Int64 in
      guard case .integer(let number)? = constant(try expressions.bind(argument)) else {
        throw Fault(
          .configuration, at: argument.place, "'\(argument.text)' is no whole number",
          remedy: "write range(start, end, step) with numbers")
      }
      return number
    }
    let start = numbers.count > 1 ? numbers[0] : 0
    let step = numbers.count > 2 ? numbers[2] : 1
    guard let end = numbers.count > 1 ? numbers[1] : numbers.first, step != 0,
      numbers.count <= 4
    else {
      throw Fault(
        .configuration, at: syntax.place, "range has \(numbers.count) arguments",
        remedy: "write range(end) or range(start, end, step)")
    }
    let column = [Field("id", .bigint, isNullable: false)]
    var plan = LogicalPlan.values(rows: [], schema: Schema(column))
    if step > 0 ? start < end : start > end {
      let bounds = [start, end - (step > 0 ? 1 : -1), step].map {
        Expression(.literal(.integer($0)), .bigint, isNullable: false)
      }
      let list = try expressions.call("array", bounds, at: syntax.place)
      let generate = LogicalPlan.Generate(
        .oneRow, .range, list, isOuter: false, columns: column)
      plan = .generate(generate)
    }
    return try aliased(BoundRelation(plan, qualifier: ["range"]), syntax)
  }
}

extension LogicalPlan.Generate.Generator {
  /// The columns it gives for an argument; nil when it does not take such.
  func columns(of type: DataType, isOuter: Bool) -> [Field]? {
    let position = [Field("pos", .int, isNullable: isOuter)]
    switch (self, type) {
    case (.explode, .array(let element, let containsNull)):
      return [Field("col", element, isNullable: containsNull || isOuter)]
    case (.posexplode, .array(let element, let containsNull)):
      return position + [Field("col", element, isNullable: containsNull || isOuter)]
    case (.explode, .map(let key, let value, let containsNull)),
      (.posexplode, .map(let key, let value, let containsNull)):
      let pair = [
        Field("key", key, isNullable: isOuter),
        Field("value", value, isNullable: containsNull || isOuter),
      ]
      return self == .posexplode ? position + pair : pair
    case (.inline, .array(.structure(let members), let containsNull)):
      return members.map {
        Field($0.name, $0.type, isNullable: $0.isNullable || containsNull || isOuter)
      }
    default: return nil
    }
  }
}
