import Columnar
import Core

/// Names that the binder itself knows, beside those of `FunctionCatalog`.
enum BuiltIn {
  static let casts: [String: DataType] = [
    "boolean": .boolean, "tinyint": .tinyint, "smallint": .smallint, "int": .int,
    "bigint": .bigint, "float": .float, "double": .double, "string": .string, "binary": .binary,
    "date": .date, "timestamp": .timestamp, "decimal": .decimal(precision: 10, scale: 0),
  ]
  static let windows: Set<String> = [
    "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead",
    "first_value", "last_value", "nth_value",
  ]
  static let generators: Set<String> = [
    "explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer",
  ]

  static var names: [String] {
    casts.keys.sorted() + windows.sorted() + generators.sorted()
  }
}

/// Calls: casts by a type's name, choices, aggregates, and the functions of the catalog.
extension ExpressionBinder {
  func bindCall(_ syntax: CallSyntax, at place: Place) throws -> Expression {
    if syntax.window != nil { return try bindWindow(syntax, at: place) }
    if BuiltIn.generators.contains(syntax.name) {
      throw Fault(
        .configuration, at: place, "'\(syntax.name)' gives rows, not a value",
        remedy: "use LATERAL VIEW \(syntax.name)(…), or make it a select item of its own")
    }
    let isEdge = ["first_value", "last_value"].contains(syntax.name)
    if isEdge || FunctionCatalog.isAggregate(syntax.name) {
      return try bindAggregate(syntax, at: place)
    }
    if BuiltIn.windows.contains(syntax.name) {
      throw Fault(
        .configuration, at: place, "'\(syntax.name)' needs a window",
        remedy: "write \(syntax.name)(…) OVER (PARTITION BY … ORDER BY …)")
    }
    if syntax.isDistinct || syntax.filter != nil || !syntax.withinGroup.isEmpty {
      throw Fault(
        .configuration, at: place, "'\(syntax.name)' is no aggregate",
        remedy: "leave DISTINCT, FILTER and WITHIN GROUP out")
    }
    return try bindScalar(syntax, at: place)
  }

  private func bindScalar(_ syntax: CallSyntax, at place: Place) throws -> Expression {
    let count = syntax.arguments.count
    if count == 1, let type = BuiltIn.casts[syntax.name] {
      return try cast(try bind(syntax.arguments[0]), to: type, isTry: false, at: place)
    }
    switch (syntax.name, count) {
    case ("struct", _): return try structure(syntax, at: place)
    case ("grouping", _), ("grouping_id", _):
      throw Fault(
        .configuration, at: place, "'\(syntax.name)' is not supported",
        remedy: "tell the sets apart with UNION ALL of one query a set")
    case ("from_json", 2): return try fromJSON(syntax, at: place)
    case ("current_user", 0), ("session_user", 0), ("user", 0):
      guard let user = queries.catalog.currentUser else {
        throw Fault(
          .configuration, at: place, "'\(syntax.name)' where nobody in particular asks",
          remedy: "ask it in lake-sql, or in a row filter of the policy")
      }
      return Expression(.literal(.string(user)), .string, isNullable: false)
    default:
      return try call(syntax.name, try arguments(of: syntax), at: place)
    }
  }

  /// The arguments; a star is all columns it stands for, that of `count(*)` aside.
  func arguments(of syntax: CallSyntax) throws -> [Expression] {
    try syntax.arguments.flatMap { argument in
      guard case .star(let qualifier, let except) = argument.kind else {
        return [try interval(argument) ?? bind(argument)]
      }
      let isAllRows = syntax.name == "count" && !syntax.isDistinct
      if isAllRows, qualifier.isEmpty, except.isEmpty { return [] }
      return scope.star(qualifier).filter { column in
        !except.contains { $0.last?.lowercased() == column.name.lowercased() }
      }.map(\.expression)
    }
  }

  /// `struct(a, b AS c)`: members named as the columns are, else col1, col2, ….
  private func structure(_ syntax: CallSyntax, at place: Place) throws -> Expression {
    var arguments: [Expression] = []
    for (index, argument) in syntax.arguments.enumerated() {
      if case .star(let qualifier, _) = argument.kind {
        for column in scope.star(qualifier) {
          arguments += [text(column.name, at: place), column.expression]
        }
        continue
      }
      var name = syntax.argumentNames[index]
      switch argument.kind {
      case .name(let parts): name = name ?? parts.last
      case .member(_, let member): name = name ?? member
      default: break
      }
      arguments += [text(name ?? "col\(index + 1)", at: place), try bind(argument)]
    }
    return try call("named_struct", arguments, at: place)
  }

  func text(_ value: String, at place: Place) -> Expression {
    Expression(.literal(.string(value)), .string, isNullable: false, place: place)
  }

  // MARK: Aggregates

  private func bindAggregate(_ syntax: CallSyntax, at place: Place) throws -> Expression {
    guard clause.allowsAggregates, !isInAggregate else {
      throw Fault(
        .configuration, at: place,
        isInAggregate
          ? "aggregate '\(syntax.name)' stands inside another aggregate"
          : "aggregate '\(syntax.name)' has no place in \(clause.rawValue)",
        remedy: isInAggregate
          ? "aggregate in a subquery first" : "use HAVING, or aggregate in a subquery")
    }
    let aggregate = try aggregateCall(syntax, at: place)
    let key = aggregate.key
    let index = aggregateNumbers[key] ?? aggregates.count
    if index == aggregates.count {
      aggregateNumbers[key] = index
      aggregates.append(LogicalPlan.NamedAggregate("\(syntax.name)_\(index)", aggregate))
    }
    return Expression(
      .column(Placeholder.aggregate(index)), aggregate.function.resultType,
      isNullable: aggregate.function.isNullable, place: place)
  }

  /// The aggregate itself, its arguments over the rows before grouping.
  func aggregateCall(_ syntax: CallSyntax, at place: Place) throws -> AggregateCall {
    guard syntax.name != "count" || !syntax.arguments.isEmpty else {
      throw Fault(
        .configuration, at: place, "'count' without an argument", remedy: "write count(*)")
    }
    try checkClauses(of: syntax, at: place)
    isInAggregate = true
    defer { isInAggregate = false }
    var values = try arguments(of: syntax)
    values += try withinGroup(syntax, values.count, at: place)
    if syntax.ignoreNulls {
      values.append(Expression(.literal(.boolean(true)), .boolean, isNullable: false))
    }
    let known = values.map { FunctionCatalog.Argument($0.type, literal: $0.literal) }
    let function: AggregateFunction
    do throws(FunctionCatalog.Refusal) {
      let plain = ["first_value": "first", "last_value": "last"][syntax.name] ?? syntax.name
      function = try FunctionCatalog.aggregate(plain, known)
    } catch {
      throw fault(error, syntax.name, at: place)
    }
    return AggregateCall(
      function, zip(values, function.argumentTypes).map { coerce($0, to: $1) },
      isDistinct: syntax.isDistinct, filter: try syntax.filter.map(bindCondition))
  }
}

extension ExpressionBinder {
  /// Refuses clauses that the aggregate has no use for, and arguments that only a clause may give.
  private func checkClauses(of syntax: CallSyntax, at place: Place) throws {
    let joins = ["listagg", "string_agg"].contains(syntax.name)
    let isPercentile = ["percentile_cont", "percentile_disc"].contains(syntax.name)
    let isEdge = ["first", "first_value", "last", "last_value", "any_value"].contains(syntax.name)
    let most = joins ? 2 : isPercentile ? 1 : Int.max
    let isOrdered = !syntax.withinGroup.isEmpty
    guard !isOrdered || joins || isPercentile, isOrdered || !isPercentile,
      !syntax.ignoreNulls || isEdge, syntax.arguments.count <= most
    else {
      throw Fault(
        .configuration, at: place, "'\(syntax.name)' is called with what it does not take",
        remedy: isPercentile
          ? "write \(syntax.name)(share) WITHIN GROUP (ORDER BY value)"
          : joins
            ? "write \(syntax.name)(text, separator) WITHIN GROUP (ORDER BY key)"
            : "leave WITHIN GROUP and IGNORE NULLS out")
    }
  }

  /// WITHIN GROUP (ORDER BY key): the key and whether it descends, behind the other arguments.
  private func withinGroup(
    _ syntax: CallSyntax, _ count: Int, at place: Place
  ) throws -> [Expression] {
    guard let key = syntax.withinGroup.first else { return [] }
    guard syntax.withinGroup.count == 1 else {
      throw Fault(
        .configuration, at: place, "WITHIN GROUP takes one key", remedy: "order by one expression")
    }
    var values = [
      try bind(key.expression),
      Expression(.literal(.boolean(key.isDescending)), .boolean, isNullable: false),
    ]
    if count == 1, ["listagg", "string_agg"].contains(syntax.name) {
      values.insert(text("", at: place), at: 0)
    }
    return values
  }

  /// `from_json(text, 'a INT, b STRING')`: the columns are read now.
  private func fromJSON(_ syntax: CallSyntax, at place: Place) throws -> Expression {
    let document = try bind(syntax.arguments[0])
    guard case .string(let text)? = queries.constant(try bind(syntax.arguments[1])) else {
      throw Fault(
        .configuration, at: syntax.arguments[1].place, "the columns of from_json are no literal",
        remedy: "write them like 'a INT, b ARRAY<STRING>'")
    }
    let file = place.file
    let type: DataType
    do {
      type = .structure(try SQLScript.parseSchema(text: text, file: file))
    } catch let fault {
      guard let whole = try? SQLScript.parseType(text: text, file: file) else {
        throw Fault(
          .configuration, at: syntax.arguments[1].place, fault.problem, remedy: fault.remedy)
      }
      type = whole
    }
    return try call("from_json", [document, Expression(.literal(.null), type)], at: place)
  }
}
