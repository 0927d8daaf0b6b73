package import Columnar

extension Expression {
  /// The expressions this one is made of.
  package var children: [Expression] {
    switch kind {
    case .column, .literal: []
    case .call(_, let arguments): arguments
    case .cast(let operand, _), .not(let operand), .isNull(let operand), .member(let operand, _):
      [operand]
    case .and(let operands), .or(let operands): operands
    case .caseWhen(let branches, let otherwise):
      branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
    case .isIn(let operand, let elements): [operand] + elements
    }
  }

  /// The same expression over other children, as many as there are.
  package func withChildren(_ children: [Expression]) -> Expression {
    var copy = self
    switch kind {
    case .column, .literal: break
    case .call(let function, _): copy.kind = .call(function, children)
    case .cast(_, let isTry): copy.kind = .cast(children[0], isTry: isTry)
    case .not: copy.kind = .not(children[0])
    case .isNull: copy.kind = .isNull(children[0])
    case .member(_, let index): copy.kind = .member(children[0], index)
    case .and: copy.kind = .and(children)
    case .or: copy.kind = .or(children)
    case .caseWhen(let branches, let otherwise):
      let pairs = branches.indices.map {
        Branch(condition: children[2 * $0], result: children[2 * $0 + 1])
      }
      copy.kind = .caseWhen(
        branches: pairs, otherwise: otherwise == nil ? nil : children[children.count - 1])
    case .isIn: copy.kind = .isIn(children[0], Array(children.dropFirst()))
    }
    return copy
  }

  /// Replaces parts from the top: where `replace` gives an expression, it stands instead.
  package func rewriting(
    _ replace: (Expression) throws -> Expression?
  ) rethrows -> Expression {
    if let replacement = try replace(self) { return replacement }
    let children = self.children
    guard !children.isEmpty else { return self }
    return withChildren(try children.map { try $0.rewriting(replace) })
  }

  /// The same expression over other columns; nil when `position` has none for a column of it.
  package func movingColumns(_ position: (Int) -> Int?) -> Expression? {
    var isComplete = true
    let moved = rewriting { part in
      guard case .column(let old) = part.kind else { return nil }
      guard let new = position(old) else {
        isComplete = false
        return part
      }
      var column = part
      column.kind = .column(new)
      return column
    }
    return isComplete ? moved : nil
  }

  /// The same expression over columns that lie `count` places further.
  package func shifted(by count: Int) -> Expression {
    movingColumns { $0 + count } ?? self
  }

  /// Whether `test` holds for the expression or a part of it.
  package func contains(where test: (Expression) -> Bool) -> Bool {
    test(self) || children.contains { $0.contains(where: test) }
  }

  /// The positions of the input's columns that are used.
  package var columns: Set<Int> {
    if case .column(let position) = kind { return [position] }
    return children.reduce(into: []) { $0.formUnion($1.columns) }
  }

  /// Whether the value is the same for all rows and times.
  package var isDeterministic: Bool {
    !contains { part in
      if case .call(let function, _) = part.kind { return !function.isDeterministic }
      return false
    }
  }

  /// The conditions that all must hold for this one to hold.
  package var conjuncts: [Expression] {
    if case .and(let operands) = kind { return operands.flatMap(\.conjuncts) }
    return [self]
  }

  /// One condition that holds where all of `conditions` hold; nil for none.
  package static func all(_ conditions: [Expression]) -> Expression? {
    guard conditions.count > 1 else { return conditions.first }
    return Expression(
      .and(conditions), .boolean, isNullable: conditions.contains(where: \.isNullable),
      place: conditions[0].place)
  }

  /// A text that equal expressions share: what GROUP BY and ORDER BY match by.
  package var key: String {
    switch kind {
    case .column(let position): "#\(position)"
    case .literal(let value): "\(value):\(type.sql)"
    case .call(let function, let arguments):
      "\(function.name)(\(arguments.map(\.key).joined(separator: ",")))"
    case .cast(let operand, let isTry): "\(isTry ? "try_" : "")cast(\(operand.key):\(type.sql))"
    case .and(let operands): "and(\(operands.map(\.key).joined(separator: ",")))"
    case .or(let operands): "or(\(operands.map(\.key).joined(separator: ",")))"
    case .not(let operand): "not(\(operand.key))"
    case .isNull(let operand): "isnull(\(operand.key))"
    case .caseWhen: "case(\(children.map(\.key).joined(separator: ",")):\(children.count))"
    case .isIn: "in(\(children.map(\.key).joined(separator: ",")))"
    case .member(let operand, let index): "\(operand.key).\(index)"
    }
  }

  /// The value, if the expression is a literal.
  package var literal: Scalar? {
    if case .literal(let value) = kind { return value }
    return nil
  }

  /// Whether it is the literal TRUE.
  var isTrue: Bool { literal == .boolean(true) }
}

extension AggregateCall {
  /// A text that equal calls share.
  var key: String {
    let arguments = self.arguments.map(\.key).joined(separator: ",")
    let filtered = filter.map { " filter \($0.key)" } ?? ""
    return "\(function.name)(\(isDistinct ? "distinct " : "")\(arguments))\(filtered)"
  }

  /// The same call over rewritten expressions.
  func rewriting(_ change: (Expression) throws -> Expression) rethrows -> AggregateCall {
    var copy = self
    copy.arguments = try arguments.map(change)
    copy.filter = try filter.map(change)
    return copy
  }

  /// All expressions of the call.
  var expressions: [Expression] { arguments + (filter.map { [$0] } ?? []) }
}

extension SortKey {
  /// The same key over a rewritten expression.
  func rewriting(_ change: (Expression) throws -> Expression) rethrows -> SortKey {
    var copy = self
    copy.expression = try change(expression)
    return copy
  }
}

extension WindowCall {
  /// The same call over rewritten expressions.
  func rewriting(_ change: (Expression) throws -> Expression) rethrows -> WindowCall {
    var copy = self
    copy.partitionBy = try partitionBy.map(change)
    copy.orderBy = try orderBy.map { try $0.rewriting(change) }
    switch function {
    case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist: break
    case .ntile(let count): copy.function = .ntile(try change(count))
    case .lag(let value, let offset, let otherwise, let ignoreNulls):
      copy.function = .lag(
        try change(value), offset: offset, otherwise: try otherwise.map(change),
        ignoreNulls: ignoreNulls)
    case .lead(let value, let offset, let otherwise, let ignoreNulls):
      copy.function = .lead(
        try change(value), offset: offset, otherwise: try otherwise.map(change),
        ignoreNulls: ignoreNulls)
    case .firstValue(let value, let ignoreNulls):
      copy.function = .firstValue(try change(value), ignoreNulls: ignoreNulls)
    case .lastValue(let value, let ignoreNulls):
      copy.function = .lastValue(try change(value), ignoreNulls: ignoreNulls)
    case .nthValue(let value, let number, let ignoreNulls):
      copy.function = .nthValue(try change(value), number, ignoreNulls: ignoreNulls)
    case .aggregate(let call): copy.function = .aggregate(try call.rewriting(change))
    }
    return copy
  }

  /// What the function itself is computed from.
  var arguments: [Expression] {
    switch function {
    case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist, .ntile: []
    case .lag(let value, _, let otherwise, _), .lead(let value, _, let otherwise, _):
      [value] + (otherwise.map { [$0] } ?? [])
    case .firstValue(let value, _), .lastValue(let value, _), .nthValue(let value, _, _): [value]
    case .aggregate(let call): call.expressions
    }
  }

  /// All expressions of the call.
  var expressions: [Expression] { arguments + partitionBy + orderBy.map(\.expression) }
}
