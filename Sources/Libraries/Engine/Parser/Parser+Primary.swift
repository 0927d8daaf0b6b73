import Columnar
import Core

/// Literals, names, parentheses, CASE, casts, and what follows them: `[i]`, `.member`, `::type`.
extension Parser {
  /// `isNegative`: a minus sign stands before the number that comes.
  mutating func postfixed(isNegative: Bool = false) throws(Fault) -> ExpressionSyntax {
    try apart { (parser) throws(Fault) in try parser.postfixedOperand(isNegative) }
  }

  private mutating func postfixedOperand(_ isNegative: Bool) throws(Fault) -> ExpressionSyntax {
    let start = current
    var operand = isNegative ? try numberLiteral(isNegative: true) : try primary()
    while true {
      if accept("[") {
        try link("brackets")
        let index = try expression()
        try expect("]")
        operand = syntax(.element(operand, index), from: start)
      } else if isAt("."), peek().kind == .word || peek().kind == .quoted {
        advance()
        try link("members")
        let name = try identifier("a member's name")
        operand = syntax(.member(operand, name), from: start)
      } else if accept("::") {
        try link("casts")
        operand = syntax(.cast(operand, try dataType(), isTry: false), from: start)
      } else if isAt(":") {
        throw fault(
          "found ':' after an expression; paths into VARIANT are not supported",
          remedy: "use get_json_object or from_json")
      } else {
        return operand
      }
    }
  }

  private mutating func primary() throws(Fault) -> ExpressionSyntax {
    let start = current
    switch current.kind {
    case .number: return try numberLiteral(isNegative: false)
    case .string:
      return syntax(.literal(.string(try stringLiteral("a string")), .string), from: start)
    case .hex: return try hexLiteral()
    case .quoted: return try nameOrCall()
    case .word: return try wordLed()
    case .symbol where isAt("("): return try parenthesized()
    case .symbol where isAt("*"):
      advance()
      let except = try starExceptions()
      return syntax(.star(qualifier: [], except: except), from: start)
    case .symbol, .end: throw unexpected("an expression")
    }
  }

  // MARK: Literals

  private mutating func numberLiteral(isNegative: Bool) throws(Fault) -> ExpressionSyntax {
    let start = current
    let text = (isNegative ? "-" : "") + current.text
    guard let (value, type) = NumberLiteral.value(of: text) else {
      throw fault(
        "the number \(text) does not fit its type", remedy: "write it with fewer digits")
    }
    advance()
    return syntax(.literal(value, type), from: start)
  }

  private mutating func hexLiteral() throws(Fault) -> ExpressionSyntax {
    let start = current
    let digits = current.text.utf8.count.isMultiple(of: 2) ? current.text : "0" + current.text
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16), !rest.hasPrefix("+") else {
        throw fault("X'\(current.text)' is not hexadecimal", remedy: "use digits 0-9 and A-F")
      }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    advance()
    return syntax(.literal(.binary(bytes), .binary), from: start)
  }

  // MARK: Words

  private mutating func wordLed() throws(Fault) -> ExpressionSyntax {
    let start = current
    let isCall = peek().keyword == "("
    switch current.keyword {
    case "NULL":
      advance()
      return syntax(.literal(.null, .null), from: start)
    case "TRUE", "FALSE":
      let isTrue = advance().keyword == "TRUE"
      return syntax(.literal(.boolean(isTrue), .boolean), from: start)
    case "DATE" where peek().kind == .string, "TIMESTAMP" where peek().kind == .string,
      "TIMESTAMP_LTZ" where peek().kind == .string:
      let type: DataType = advance().keyword == "DATE" ? .date : .timestamp
      return syntax(.typedLiteral(try stringLiteral("a string"), type), from: start)
    case "TIMESTAMP_NTZ" where peek().kind == .string:
      throw fault("TIMESTAMP_NTZ is not supported", remedy: "use TIMESTAMP")
    case "INTERVAL" where isIntervalStart: return try interval()
    case "CASE": return try caseExpression()
    case "CAST" where isCall, "TRY_CAST" where isCall: return try cast()
    case "EXISTS" where isCall && isQueryStart(at: 2):
      advance()
      try expect("(")
      let query = try self.query()
      try expect(")")
      return syntax(.exists(query), from: start)
    case "CURRENT_DATE" where !isCall, "CURRENT_TIMESTAMP" where !isCall,
      "CURRENT_USER" where !isCall, "CURRENT_TIMEZONE" where !isCall:
      let name = advance().text.lowercased()
      return syntax(.call(CallSyntax(name, [])), from: start)
    case let word where reservedWords.contains(word): throw unexpected("an expression")
    default: return try nameOrCall()
    }
  }

  /// A column, a table's star, a call, or a lambda of one parameter.
  private mutating func nameOrCall() throws(Fault) -> ExpressionSyntax {
    let start = current
    if current.kind == .word, peek().keyword == "(" { return try call() }
    var parts = [try identifier()]
    if accept("->") {
      return syntax(.lambda(parts, try expression()), from: start)
    }
    while isAt(".") {
      if peek().keyword == "*" {
        advance()
        advance()
        let except = try starExceptions()
        return syntax(.star(qualifier: parts, except: except), from: start)
      }
      advance()
      try link("members")
      parts.append(try identifier("a column or member name"))
    }
    if isAt("(") {
      throw fault(
        "found '(' after '\(parts.joined(separator: "."))'; functions have no schema",
        remedy: "call a built-in function by its plain name")
    }
    return syntax(.name(parts), from: start)
  }

  private mutating func starExceptions() throws(Fault) -> [[String]] {
    guard isAt("EXCEPT", "("), peek(2).kind == .word || peek(2).kind == .quoted,
      !isQueryStart(at: 2)
    else { return [] }
    advance()
    try expect("(")
    let names = try commaList { (parser) throws(Fault) in try parser.tableName("a column").parts }
    try expect(")")
    return names
  }

  // MARK: Parentheses

  private mutating func parenthesized() throws(Fault) -> ExpressionSyntax {
    let start = current
    if let parameters = lambdaParameters() {
      return syntax(.lambda(parameters, try expression()), from: start)
    }
    try expect("(")
    if isAtQuery {
      let query = try self.query()
      try expect(")")
      return syntax(.subquery(query), from: start)
    }
    let elements = try commaList { (parser) throws(Fault) in try parser.aliasedElement() }
    if elements.count == 1, case .subquery(let left) = elements[0].expression.kind, !isAt(")") {
      let query = try continued(left)
      try expect(")")
      return syntax(.subquery(query), from: start)
    }
    try expect(")")
    guard elements.count > 1 || elements[0].aliases.count == 1 else {
      let inner = elements[0].expression
      return ExpressionSyntax(inner.kind, place: place(of: start), text: text(from: start))
    }
    return syntax(.call(structCall(of: elements)), from: start)
  }

  private mutating func aliasedElement() throws(Fault) -> SelectItemSyntax {
    let element = try expression()
    guard accept("AS") else { return SelectItemSyntax(expression: element, aliases: []) }
    return SelectItemSyntax(expression: element, aliases: [try identifier()])
  }

  private func structCall(of elements: [SelectItemSyntax]) -> CallSyntax {
    var call = CallSyntax("struct", elements.map(\.expression))
    call.argumentNames = elements.map(\.aliases.first)
    return call
  }

  /// Takes `(a, b) ->` if it comes next.
  private mutating func lambdaParameters() -> [String]? {
    var ahead = 1
    var names: [String] = []
    while peek(ahead).kind == .word || peek(ahead).kind == .quoted {
      names.append(peek(ahead).text)
      ahead += 1
      guard peek(ahead).keyword == "," else { break }
      ahead += 1
    }
    guard !names.isEmpty, peek(ahead).keyword == ")", peek(ahead + 1).keyword == "->" else {
      return nil
    }
    for _ in 0...(ahead + 1) { advance() }
    return names
  }

  // MARK: CASE and CAST

  private mutating func caseExpression() throws(Fault) -> ExpressionSyntax {
    let start = current
    try expect("CASE")
    let operand = isAt("WHEN") ? nil : try expression()
    var branches: [CaseBranchSyntax] = []
    while accept("WHEN") {
      let condition = try expression()
      try expect("THEN")
      branches.append(CaseBranchSyntax(condition: condition, result: try expression()))
    }
    guard !branches.isEmpty else { throw unexpected("'WHEN'") }
    let otherwise = accept("ELSE") ? try expression() : nil
    try expect("END")
    return syntax(
      .caseWhen(operand: operand, branches: branches, otherwise: otherwise), from: start)
  }

  private mutating func cast() throws(Fault) -> ExpressionSyntax {
    let start = advance()
    try expect("(")
    let operand = try expression()
    try expect("AS")
    let type = try dataType()
    try expect(")")
    return syntax(.cast(operand, type, isTry: start.keyword == "TRY_CAST"), from: start)
  }

  // MARK: Intervals

  private var isIntervalStart: Bool {
    let next = peek()
    switch next.kind {
    case .string, .number: return true
    case .word: return IntervalUnit(word: peek(2).text) != nil && peek(2).kind == .word
    case .symbol: return next.keyword == "-" || next.keyword == "+" || next.keyword == "("
    default: return false
    }
  }

  private mutating func interval() throws(Fault) -> ExpressionSyntax {
    let start = current
    try expect("INTERVAL")
    var parts: [IntervalSyntax.Part] = []
    if current.kind == .string, IntervalUnit(word: peek().text) == nil {
      guard let read = IntervalText.parts(of: current.text, place: place) else {
        throw fault(
          "'\(current.text)' is not an interval", remedy: "write it like INTERVAL 1 DAY 2 HOURS")
      }
      advance()
      return syntax(.interval(IntervalSyntax(parts: read)), from: start)
    }
    repeat {
      let value = try intervalValue()
      guard current.kind == .word, let unit = IntervalUnit(word: current.text) else {
        throw unexpected("a unit like DAY or MONTH")
      }
      advance()
      if isAt("TO") {
        throw fault(
          "intervals from one unit TO another are not supported",
          remedy: "write each unit: INTERVAL 1 DAY 2 HOURS")
      }
      parts.append(IntervalSyntax.Part(value: value, unit: unit))
    } while startsAnotherPart
    return syntax(.interval(IntervalSyntax(parts: parts)), from: start)
  }

  private var startsAnotherPart: Bool {
    let ahead = isAt("-") || isAt("+") ? 1 : 0
    let isNumber = peek(ahead).kind == .number || peek(ahead).kind == .string
    return isNumber && peek(ahead + 1).kind == .word
      && IntervalUnit(word: peek(ahead + 1).text) != nil
  }

  private mutating func intervalValue() throws(Fault) -> ExpressionSyntax {
    let start = current
    if current.kind == .string {
      guard let (value, type) = NumberLiteral.value(of: current.text) else {
        throw unexpected("a number")
      }
      advance()
      return syntax(.literal(value, type), from: start)
    }
    if accept("-") {
      if current.kind == .number { return try numberLiteral(isNegative: true) }
      let operand = try postfixed()
      return syntax(.unary("-", operand), from: start)
    }
    _ = accept("+")
    return try postfixed()
  }
}
