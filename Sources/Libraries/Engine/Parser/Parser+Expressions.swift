import Columnar
import Core

/// Operators, from OR down to unary signs.
extension Parser {
  mutating func expression() throws(Fault) -> ExpressionSyntax {
    try nested { (parser) throws(Fault) in try parser.disjunction() }
  }

  func syntax(_ kind: ExpressionSyntax.Kind, from start: Token) -> ExpressionSyntax {
    ExpressionSyntax(kind, place: place(of: start), text: text(from: start))
  }

  private mutating func disjunction() throws(Fault) -> ExpressionSyntax {
    let start = current
    var operands = [try conjunction()]
    while accept("OR") { operands.append(try conjunction()) }
    return operands.count == 1 ? operands[0] : syntax(.or(operands), from: start)
  }

  private mutating func conjunction() throws(Fault) -> ExpressionSyntax {
    let start = current
    var operands = [try negation()]
    while accept("AND") { operands.append(try negation()) }
    return operands.count == 1 ? operands[0] : syntax(.and(operands), from: start)
  }

  private mutating func negation() throws(Fault) -> ExpressionSyntax {
    let start = current
    if isAt("NOT") || isAt("!") {
      advance()
      let operand = try nested { (parser) throws(Fault) in try parser.negation() }
      return syntax(.not(operand), from: start)
    }
    return try predicate()
  }

  // MARK: Predicates

  private mutating func predicate() throws(Fault) -> ExpressionSyntax {
    let start = current
    let operand = try comparison()
    let isNegated = isAt("NOT") && Parser.predicateWords.contains(peek().keyword)
    if isNegated { advance() }
    guard let kind = try predicate(over: operand, isNegated: isNegated) else { return operand }
    let result = syntax(kind, from: start)
    if case .like = kind { return result }
    return isNegated ? syntax(.not(result), from: start) : result
  }

  private static let predicateWords: Set<String> = [
    "BETWEEN", "IN", "LIKE", "ILIKE", "RLIKE", "REGEXP",
  ]

  private mutating func predicate(
    over operand: ExpressionSyntax, isNegated: Bool
  ) throws(Fault) -> ExpressionSyntax.Kind? {
    switch current.keyword {
    case "BETWEEN":
      advance()
      let low = try comparison()
      try expect("AND")
      return .between(operand, low: low, high: try comparison())
    case "IN":
      advance()
      return try membership(of: operand)
    case "LIKE", "ILIKE", "RLIKE", "REGEXP":
      return .like(try like(operand, isNegated: isNegated))
    case "IS":
      return try isPredicate(over: operand)
    default:
      return nil
    }
  }

  private mutating func membership(
    of operand: ExpressionSyntax
  ) throws(Fault) -> ExpressionSyntax.Kind {
    try expect("(")
    if isAtQuery {
      let query = try self.query()
      try expect(")")
      return .isInQuery(operand, query)
    }
    let elements = try commaList { (parser) throws(Fault) in try parser.expression() }
    if elements.count == 1, case .subquery(let left) = elements[0].kind {
      let query = try continued(left)
      try expect(")")
      return .isInQuery(operand, query)
    }
    try expect(")")
    return .isIn(operand, elements)
  }

  private mutating func like(
    _ operand: ExpressionSyntax, isNegated: Bool
  ) throws(Fault) -> LikeSyntax {
    let word = advance().keyword
    let form = LikeSyntax.Form(rawValue: word == "REGEXP" ? "rlike" : word.lowercased()) ?? .like
    var like = LikeSyntax(operand: operand, form: form, patterns: [], isNegated: isNegated)
    let isAny = isAt("ANY", "(") || isAt("SOME", "(")
    if isAny || isAt("ALL", "(") {
      advance()
      like.quantifier = isAny ? .any : .all
      try expect("(")
      if !isAt(")") {
        like.patterns = try commaList { (parser) throws(Fault) in try parser.expression() }
      }
      guard !like.patterns.isEmpty else { throw unexpected("a pattern") }
      try expect(")")
      return like
    }
    like.patterns = [try comparison()]
    if accept("ESCAPE") { like.escape = try comparison() }
    return like
  }

  private mutating func isPredicate(
    over operand: ExpressionSyntax
  ) throws(Fault) -> ExpressionSyntax.Kind {
    try expect("IS")
    let isNegated = accept("NOT")
    func signed(_ kind: ExpressionSyntax.Kind) -> ExpressionSyntax.Kind {
      guard isNegated else { return kind }
      return .not(ExpressionSyntax(kind, place: operand.place, text: operand.text))
    }
    switch current.keyword {
    case "NULL", "UNKNOWN":
      advance()
      return signed(.isNull(operand))
    case "TRUE", "FALSE":
      return signed(.isTruth(operand, advance().keyword == "TRUE"))
    case "DISTINCT":
      advance()
      try expect("FROM")
      let equal = ExpressionSyntax.Kind.binary("<=>", operand, try comparison())
      if isNegated { return equal }
      return .not(ExpressionSyntax(equal, place: operand.place, text: operand.text))
    default:
      throw unexpected("'NULL', 'TRUE', 'FALSE' or 'DISTINCT FROM'")
    }
  }

  // MARK: Operators with two sides

  /// An operator between two operands: how tightly it binds, and its sign in the syntax.
  private struct Operator {
    let level: Int
    let sign: String
  }

  private static let operators: [String: Operator] = {
    // From loose to tight.
    let levels = [
      [
        "=": "=", "==": "=", "<=>": "<=>", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=",
        ">": ">", ">=": ">=",
      ],
      ["|": "|"],
      ["^": "^"],
      ["&": "&"],
      ["+": "+", "-": "-", "||": "||"],
      ["*": "*", "/": "/", "%": "%", "DIV": "div"],
    ]
    var operators: [String: Operator] = [:]
    for (level, signs) in levels.enumerated() {
      for (keyword, sign) in signs { operators[keyword] = Operator(level: level, sign: sign) }
    }
    return operators
  }()

  /// The operator that comes next, if one does.
  private var nextOperator: Operator? {
    guard current.kind == .symbol || isAt("DIV") else { return nil }
    return Parser.operators[current.keyword]
  }

  mutating func comparison() throws(Fault) -> ExpressionSyntax {
    try nested { (parser) throws(Fault) in try parser.binary(level: 0) }
  }

  /// Operands between operators that bind at least as tightly as `level`, the left ones first.
  private mutating func binary(level: Int) throws(Fault) -> ExpressionSyntax {
    let start = current
    var left = try signed()
    while let next = nextOperator, next.level >= level {
      advance()
      try link()
      let right = try binary(level: next.level + 1)
      left = syntax(.binary(next.sign, left, right), from: start)
    }
    return left
  }

  private mutating func signed() throws(Fault) -> ExpressionSyntax {
    let start = current
    guard isAt("-") || isAt("+") || isAt("~") else { return try postfixed() }
    let sign = advance().keyword
    if sign == "-", current.kind == .number {
      let operand = try postfixed(isNegative: true)
      return ExpressionSyntax(operand.kind, place: place(of: start), text: text(from: start))
    }
    let operand = try nested { (parser) throws(Fault) in try parser.signed() }
    return syntax(.unary(sign, operand), from: start)
  }
}
