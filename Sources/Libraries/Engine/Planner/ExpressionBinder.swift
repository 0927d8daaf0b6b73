import Columnar
import Core

/// Gives names and types to the expressions of one SELECT.
///
/// Aggregates, windows and subqueries are taken out as they are met: a column at a position of
/// `Placeholder` stands for each, until `SelectBinder` knows where its value will lie. Columns of
/// an enclosing query have negative positions (`OuterColumn`).
final class ExpressionBinder {
  /// The part of a query that is being bound; it decides which calls are allowed.
  enum Clause: String {
    case select = "SELECT"
    case condition = "WHERE"
    case join = "ON"
    case groupBy = "GROUP BY"
    case having = "HAVING"
    case qualify = "QUALIFY"
    case orderBy = "ORDER BY"
    case values = "VALUES"
    case generator = "LATERAL VIEW"
    case alone = "a rule"

    var allowsAggregates: Bool {
      [.select, .having, .qualify, .orderBy].contains(self)
    }
    var allowsWindows: Bool { [.select, .qualify, .orderBy].contains(self) }
  }

  /// A select item's name, and what it means.
  struct Alias {
    var name: String
    var expression: Expression
  }

  let queries: QueryBinder
  var environment: Environment
  var scope: Scope { didSet { scopeIndex = nil } }
  /// Where the columns of each name stand in a wide scope, once one was looked for.
  private var scopeIndex: [String: [Int]]?
  var clause = Clause.select
  /// Names of the select list by their lower case: found after columns, or before them in ORDER BY.
  private var aliases: [String: [Alias]] = [:]
  /// The keys of GROUP BY, once they are known.
  var groupKeys: Set<String> = []
  var windowDefinitions: [String: WindowSyntax] = [:]

  var aggregates: [LogicalPlan.NamedAggregate] = []
  /// Which of them a key means.
  var aggregateNumbers: [String: Int] = [:]
  var windows: [LogicalPlan.NamedWindow] = []
  var subqueries: [PendingSubquery] = []
  var isInAggregate = false

  init(_ queries: QueryBinder, _ environment: Environment, _ scope: Scope) {
    self.queries = queries
    self.environment = environment
    self.scope = scope
  }

  /// Adds a name of the select list.
  func add(_ alias: Alias) { aliases[alias.name.lowercased(), default: []].append(alias) }

  func bind(_ syntax: ExpressionSyntax) throws -> Expression {
    var result = try bound(syntax)
    if result.place == nil { result.place = syntax.place }
    return result
  }

  /// A condition: BOOLEAN, or NULL.
  func bindCondition(_ syntax: ExpressionSyntax) throws -> Expression {
    let condition = try bind(syntax)
    guard condition.type == .boolean || condition.type == .null else {
      throw Fault(
        .configuration, at: syntax.place,
        "'\(syntax.text)' is \(condition.type.sql) where a condition is wanted",
        remedy: "compare it with something")
    }
    return coerce(condition, to: .boolean)
  }

  private func bound(_ syntax: ExpressionSyntax) throws -> Expression {
    let place = syntax.place
    switch syntax.kind {
    case .literal(let value, let type):
      return Expression(.literal(value), type, isNullable: value.isNull)
    case .typedLiteral(let text, let type): return try typedLiteral(text, type, at: place)
    case .name(let parts): return try name(parts, at: place)
    case .unary(let sign, let operand): return try unary(sign, operand, at: place)
    case .binary(let sign, let left, let right): return try binary(sign, left, right, at: place)
    case .and(let operands): return junction(try operands.map(bindCondition), isAnd: true)
    case .or(let operands): return junction(try operands.map(bindCondition), isAnd: false)
    case .not(let operand):
      let condition = try bindCondition(operand)
      return Expression(.not(condition), .boolean, isNullable: condition.isNullable)
    case .isNull(let operand):
      return Expression(.isNull(try bind(operand)), .boolean, isNullable: false)
    case .isTruth(let operand, let wanted):
      let literal = Expression(.literal(.boolean(wanted)), .boolean, isNullable: false)
      return try call("<=>", [try bindCondition(operand), literal], at: place)
    case .between(let operand, let low, let high):
      let value = try bind(operand)
      try queries.budget.addParts(value.size.count, at: place)
      return junction(
        [
          try comparison(">=", value, try bind(low), at: place),
          try comparison("<=", value, try bind(high), at: place),
        ], isAnd: true)
    case .isIn(let operand, let elements): return try isIn(operand, elements, at: place)
    case .like(let like): return try self.like(like, at: place)
    case .caseWhen(let operand, let branches, let otherwise):
      return try caseWhen(operand, branches, otherwise, at: place)
    case .cast(let operand, let type, let isTry):
      return try cast(try bind(operand), to: type, isTry: isTry, at: place)
    case .call(let call): return try bindCall(call, at: place)
    case .element(let operand, let index):
      return try call("[]", [try bind(operand), try bind(index)], at: place)
    case .member(let operand, let name): return try member(operand, name, at: place)
    case .tuple(let elements): return try bindCall(CallSyntax("struct", elements), at: place)
    case .exists, .subquery, .isInQuery: return try subquery(syntax)
    case .interval:
      throw Fault(
        .configuration, at: place, "an INTERVAL stands beside + or -, or in a call like sequence",
        remedy: "add it to a date or a timestamp")
    case .star:
      throw Fault(
        .configuration, at: place, "'\(syntax.text)' stands where a value is wanted",
        remedy: "name the columns")
    case .lambda:
      throw Fault(
        .configuration, at: place, "lambdas are not supported",
        remedy: "use LATERAL VIEW explode and aggregate")
    }
  }

  // MARK: Names and literals

  private func name(_ parts: [String], at place: Place) throws -> Expression {
    let finding = find(parts)
    if prefersAlias(to: finding), let value = try alias(parts, at: place) { return value }
    switch finding {
    case .found(let value): return value
    case .ambiguous(let candidates):
      throw Fault(
        .configuration, at: place,
        "'\(parts.joined(separator: "."))' may be \(candidates.joined(separator: " or "))",
        remedy: "write the relation's name before it")
    case .missing: break
    }
    if let value = try alias(parts, at: place) { return value }
    if case .found(let value)? = environment.outer?.find(parts) { return OuterColumn.marked(value) }
    throw scope.missing(parts, at: place)
  }

  /// What a name is in the scope; of a wide one only the columns that bear it are looked at.
  private func find(_ parts: [String]) -> Scope.Finding {
    guard scope.columns.count > 64 else { return scope.find(parts) }
    let index =
      scopeIndex
      ?? Dictionary(grouping: scope.columns.indices) { scope.columns[$0].name.lowercased() }
    scopeIndex = index
    let positions = Set(parts.flatMap { index[$0.lowercased()] ?? [] }).sorted()
    return Scope(positions.map { scope.columns[$0] }).find(parts)
  }

  /// ORDER BY speaks of the select list first; HAVING of groups, then of the select list.
  private func prefersAlias(to finding: Scope.Finding) -> Bool {
    guard !isInAggregate else { return false }
    switch (clause, finding) {
    case (.orderBy, _): return true
    case (.having, .found(let column)): return !groupKeys.contains(column.key)
    default: return false
    }
  }

  private func alias(_ parts: [String], at place: Place) throws -> Expression? {
    let found = aliases[parts[0].lowercased()] ?? []
    guard var value = found.first?.expression else { return nil }
    try queries.budget.addAlias(parts[0], value.size, at: place)
    guard found.count == 1 || Set(found.map(\.expression.key)).count == 1 else {
      throw Fault(
        .configuration, at: place, "'\(parts[0])' names \(found.count) columns of the select list",
        remedy: "give them names of their own")
    }
    if isInAggregate, Placeholder.hasAggregate(value) || Placeholder.hasWindow(value) {
      throw Fault(
        .configuration, at: place, "'\(parts[0])' is an aggregate or a window inside an aggregate",
        remedy: "compute it in a subquery first")
    }
    for name in parts.dropFirst() {
      guard let member = Scope.member(name, of: value) else { return nil }
      value = member
    }
    return value
  }

  private func member(
    _ operand: ExpressionSyntax, _ name: String, at place: Place
  ) throws -> Expression {
    let value = try bind(operand)
    if case .map = value.type {
      let key = Expression(.literal(.string(name)), .string, isNullable: false)
      return try call("[]", [value, key], at: place)
    }
    guard let member = Scope.member(name, of: value) else {
      throw Fault(
        .configuration, at: place, "no member '\(name)' in '\(operand.text)' (\(value.type.sql))",
        remedy: Suggestion.remedy(
          for: name, among: value.type.fields.map(\.name), otherwise: "name a member of a STRUCT"))
    }
    return member
  }

  private func typedLiteral(
    _ text: String, _ type: DataType, at place: Place
  ) throws -> Expression {
    let value: Scalar? =
      type == .date
      ? CivilDate(parsing: text).map(Scalar.date)
      : Timestamp(parsing: text, today: queries.clock.now.date).map(Scalar.timestamp)
    guard let value else {
      throw Fault(
        .configuration, at: place, "'\(text)' is no \(type.sql)",
        remedy: type == .date ? "write DATE'2025-01-31'" : "write TIMESTAMP'2025-01-31 12:00:00'")
    }
    return Expression(.literal(value), type, isNullable: false)
  }

  // MARK: Choices

  private func junction(_ operands: [Expression], isAnd: Bool) -> Expression {
    Expression(
      isAnd ? .and(operands) : .or(operands), .boolean,
      isNullable: operands.contains(where: \.isNullable))
  }

  private func isIn(
    _ operand: ExpressionSyntax, _ elements: [ExpressionSyntax], at place: Place
  ) throws -> Expression {
    let values = try ([operand] + elements).map(bind)
    let common = try commonType(of: values, "IN", at: place)
    guard common.isOrderable else {
      throw Fault(
        .configuration, at: place, "IN cannot compare \(common.sql)",
        remedy: "compare what it is made of")
    }
    let cast = values.map { coerce($0, to: common) }
    return Expression(
      .isIn(cast[0], Array(cast.dropFirst())), .boolean,
      isNullable: cast.contains(where: \.isNullable))
  }

  private func caseWhen(
    _ operand: ExpressionSyntax?, _ branches: [CaseBranchSyntax], _ otherwise: ExpressionSyntax?,
    at place: Place
  ) throws -> Expression {
    let subject = try operand.map(bind)
    if let subject {
      try queries.budget.addParts(subject.size.count * branches.count, at: place)
    }
    let conditions = try branches.map { branch in
      guard let subject else { return try bindCondition(branch.condition) }
      return try comparison(
        "=", subject, try bind(branch.condition), at: branch.condition.place)
    }
    var results = try branches.map { try bind($0.result) }
    if let otherwise { results.append(try bind(otherwise)) }
    return try choice(conditions, results, at: place)
  }

  /// CASE over bound parts; one result more than conditions is the ELSE.
  func choice(
    _ conditions: [Expression], _ results: [Expression], at place: Place
  ) throws -> Expression {
    let common = try commonType(of: results, "CASE", at: place)
    let cast = results.map { coerce($0, to: common) }
    let branches = conditions.indices.map {
      Expression.Branch(condition: conditions[$0], result: cast[$0])
    }
    let otherwise = cast.count > conditions.count ? cast[cast.count - 1] : nil
    return Expression(
      .caseWhen(branches: branches, otherwise: otherwise), common,
      isNullable: otherwise == nil || cast.contains(where: \.isNullable), place: place)
  }

  private func like(_ like: LikeSyntax, at place: Place) throws -> Expression {
    let operand = try bind(like.operand)
    try queries.budget.addParts(operand.size.count * like.patterns.count, at: place)
    let escape = try like.escape.map { try bind($0) }
    let matches = try like.patterns.map { pattern in
      let arguments = [operand, try bind(pattern)]
      let match = try call(
        like.form.rawValue, arguments + (escape.map { [$0] } ?? []), at: pattern.place)
      guard like.isNegated else { return match }
      return Expression(.not(match), .boolean, isNullable: match.isNullable)
    }
    if matches.count == 1 { return matches[0] }
    return junction(matches, isAnd: like.quantifier == .all)
  }

  // MARK: Types

  /// The type that all values can have, or a fault that names them.
  func commonType(
    of values: [Expression], _ what: String, at place: Place
  ) throws -> DataType {
    if let common = TypeCoercion.commonType(values.map(\.type)) { return common }
    var types: [String] = []
    for value in values where !types.contains(value.type.sql) { types.append(value.type.sql) }
    throw Fault(
      .configuration, at: place, "\(what) has values of \(types.joined(separator: " and "))",
      remedy: "cast them to one type")
  }

  func cast(
    _ value: Expression, to type: DataType, isTry: Bool, at place: Place
  ) throws -> Expression {
    // A literal that is cast counts no longer by its digits when types are derived.
    if value.type.agrees(with: type), value.literal == nil { return value }
    guard Column.canCast(value.type, to: type) else {
      throw Fault(
        .configuration, at: place, "no cast from \(value.type.sql) to \(type.sql)",
        remedy: "cast to STRING first, or use a function that converts")
    }
    if let literal = value.literal, literal.isNull {
      return Expression(.literal(.null), type, place: place)
    }
    return Expression(
      .cast(value, isTry: isTry), type, isNullable: isTry || value.isNullable, place: place)
  }

  /// The value under a type that its own may become unasked.
  func coerce(_ value: Expression, to type: DataType) -> Expression { value.coerced(to: type) }
}
