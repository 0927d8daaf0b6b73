import Columnar
import Core

/// Function calls, their special forms (`EXTRACT(… FROM …)`) and windows.
extension Parser {
  mutating func call() throws(Fault) -> ExpressionSyntax {
    let start = current
    let name = current.text.lowercased()
    if let special = try specialCall(name) { return syntax(special, from: start) }
    advance()
    try expect("(")
    var call = CallSyntax(name, [])
    if accept("DISTINCT") { call.isDistinct = true } else { _ = accept("ALL") }
    if !isAt(")") {
      let arguments = try commaList { (parser) throws(Fault) in try parser.argument() }
      call.arguments = arguments.map(\.expression)
      call.argumentNames = arguments.map(\.aliases.first)
    }
    nameUnit(in: &call)
    if try nullTreatment() == true { call.ignoreNulls = true }
    try expect(")")
    if accept("WITHIN") {
      try expect("GROUP", "(", "ORDER", "BY")
      call.withinGroup = try sortItems()
      try expect(")")
    }
    if isAt("FILTER", "(") {
      advance()
      try expect("(", "WHERE")
      call.filter = try expression()
      try expect(")")
    }
    if try nullTreatment() == true { call.ignoreNulls = true }
    if accept("OVER") { call.window = try windowReference() }
    return syntax(.call(call), from: start)
  }

  private mutating func argument() throws(Fault) -> SelectItemSyntax {
    if current.kind == .word, peek().keyword == "=>" {
      let name = try identifier()
      advance()
      return SelectItemSyntax(expression: try expression(), aliases: [name])
    }
    let value = try expression()
    guard accept("AS") else { return SelectItemSyntax(expression: value, aliases: []) }
    return SelectItemSyntax(expression: value, aliases: [try identifier()])
  }

  /// `true` for IGNORE NULLS, `false` for RESPECT NULLS.
  private mutating func nullTreatment() throws(Fault) -> Bool? {
    if accept("IGNORE", "NULLS") { return true }
    if accept("RESPECT", "NULLS") { return false }
    return nil
  }

  private static let unitFunctions: Set<String> = [
    "timestampadd", "timestampdiff", "dateadd", "datediff", "date_add", "date_diff",
  ]

  /// `timestampadd(DAY, …)`: the unit is a word, passed on as a string.
  private func nameUnit(in call: inout CallSyntax) {
    guard Parser.unitFunctions.contains(call.name), call.arguments.count == 3,
      case .name(let parts) = call.arguments[0].kind, parts.count == 1,
      IntervalUnit(word: parts[0]) != nil
    else { return }
    call.arguments[0].kind = .literal(.string(parts[0].lowercased()), .string)
  }

  // MARK: Special forms

  private mutating func specialCall(_ name: String) throws(Fault) -> ExpressionSyntax.Kind? {
    switch name {
    case "extract": return try extract()
    case "trim": return try trim()
    case "substring", "substr": return try substring(name)
    case "position": return try positionCall()
    case "overlay": return try overlay()
    default: return nil
    }
  }

  private mutating func extract() throws(Fault) -> ExpressionSyntax.Kind {
    advance()
    try expect("(")
    let field = current
    guard field.kind == .word || field.kind == .string else {
      throw unexpected("a field like YEAR")
    }
    advance()
    try expect("FROM")
    let operand = try expression()
    try expect(")")
    let name = ExpressionSyntax(
      .literal(.string(field.text.lowercased()), .string), place: place(of: field),
      text: field.text)
    return .call(CallSyntax("extract", [name, operand]))
  }

  private mutating func trim() throws(Fault) -> ExpressionSyntax.Kind? {
    let names = ["BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"]
    let side = peek(2).keyword
    let isSided = names[side] != nil && peek(3).keyword != ")" && peek(3).keyword != ","
    advance()
    try expect("(")
    if isSided { advance() }
    if isSided, accept("FROM") {
      let operand = try expression()
      try expect(")")
      return .call(CallSyntax(names[side] ?? "trim", [operand]))
    }
    let first = try expression()
    if accept("FROM") {
      let operand = try expression()
      try expect(")")
      return .call(CallSyntax(names[side] ?? "trim", [first, operand]))
    }
    var arguments = [first]
    if accept(",") { arguments.append(try expression()) }
    try expect(")")
    return .call(CallSyntax("trim", arguments))
  }

  private mutating func substring(_ name: String) throws(Fault) -> ExpressionSyntax.Kind {
    advance()
    try expect("(")
    var arguments = [try expression()]
    while accept(",") || accept("FROM") || accept("FOR") { arguments.append(try expression()) }
    try expect(")")
    return .call(CallSyntax(name, arguments))
  }

  private mutating func positionCall() throws(Fault) -> ExpressionSyntax.Kind {
    advance()
    try expect("(")
    var arguments = [try comparison()]
    if accept("IN") {
      arguments.append(try expression())
    } else {
      while accept(",") { arguments.append(try expression()) }
    }
    try expect(")")
    return .call(CallSyntax("position", arguments))
  }

  private mutating func overlay() throws(Fault) -> ExpressionSyntax.Kind {
    advance()
    try expect("(")
    var arguments = [try expression()]
    while accept(",") || accept("PLACING") || accept("FROM") || accept("FOR") {
      arguments.append(try expression())
    }
    try expect(")")
    return .call(CallSyntax("overlay", arguments))
  }

  // MARK: Windows

  private mutating func windowReference() throws(Fault) -> WindowSyntax {
    if isAt("(") { return try window() }
    let start = place
    var window = WindowSyntax(place: start)
    window.baseName = try identifier("a window")
    return window
  }

  /// `([base] [PARTITION BY …] [ORDER BY …] [ROWS|RANGE …])`.
  mutating func window() throws(Fault) -> WindowSyntax {
    var window = WindowSyntax(place: place)
    try expect("(")
    let clauses: Set<String> = ["PARTITION", "DISTRIBUTE", "ORDER", "SORT", "ROWS", "RANGE"]
    if current.kind == .quoted || current.kind == .word && !isAt(anyOf: clauses) {
      window.baseName = try identifier()
    }
    if accept("PARTITION", "BY") || accept("DISTRIBUTE", "BY") {
      window.partitionBy = try commaList { (parser) throws(Fault) in try parser.expression() }
    }
    if accept("ORDER", "BY") || accept("SORT", "BY") { window.orderBy = try sortItems() }
    if isAt("ROWS") || isAt("RANGE") { window.frame = try frame() }
    try expect(")")
    return window
  }

  private mutating func frame() throws(Fault) -> WindowSyntax.Frame {
    let isRange = advance().keyword == "RANGE"
    guard accept("BETWEEN") else {
      return WindowSyntax.Frame(isRange: isRange, start: try bound(), end: .currentRow)
    }
    let start = try bound()
    try expect("AND")
    return WindowSyntax.Frame(isRange: isRange, start: start, end: try bound())
  }

  private mutating func bound() throws(Fault) -> WindowSyntax.Bound {
    if accept("UNBOUNDED", "PRECEDING") { return .unboundedPreceding }
    if accept("UNBOUNDED", "FOLLOWING") { return .unboundedFollowing }
    if accept("CURRENT", "ROW") { return .currentRow }
    let value = try comparison()
    if accept("PRECEDING") { return .preceding(value) }
    if accept("FOLLOWING") { return .following(value) }
    throw unexpected("'PRECEDING' or 'FOLLOWING'")
  }

  // MARK: Sort items

  mutating func sortItems() throws(Fault) -> [SortItemSyntax] {
    try commaList { (parser) throws(Fault) in
      let key = try parser.expression()
      var item = SortItemSyntax(expression: key, isDescending: false)
      if parser.accept("DESC") { item.isDescending = true } else { _ = parser.accept("ASC") }
      if parser.accept("NULLS", "FIRST") {
        item.nullsFirst = true
      } else if parser.accept("NULLS", "LAST") {
        item.nullsFirst = false
      }
      return item
    }
  }
}
