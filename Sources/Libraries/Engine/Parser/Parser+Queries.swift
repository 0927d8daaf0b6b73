import Columnar
import Core

/// Queries: WITH, SELECT and its clauses, set operations, ORDER BY and LIMIT.
extension Parser {
  /// Whether a query starts here.
  var isAtQuery: Bool { isQueryStart(at: 0) }

  func isQueryStart(at ahead: Int) -> Bool {
    switch peek(ahead).keyword {
    case "SELECT", "WITH": true
    case "VALUES": peek(ahead + 1).keyword == "(" || peek(ahead + 1).kind != .symbol
    default: false
    }
  }

  mutating func query() throws(Fault) -> QuerySyntax {
    try nested { (parser) throws(Fault) in try parser.wholeQuery() }
  }

  private mutating func wholeQuery() throws(Fault) -> QuerySyntax {
    let start = current
    let commonTables = accept("WITH") ? try self.commonTables() : []
    var query = try organized(try unions(), from: start)
    query.commonTables = commonTables + query.commonTables
    query.text = text(from: start)
    return query
  }

  /// The rest of a query whose first part was already read, in parentheses.
  mutating func continued(_ first: QuerySyntax) throws(Fault) -> QuerySyntax {
    let start = current
    let left = QuerySyntax(.nested(first), place: first.place)
    return try organized(try unions(try intersections(left)), from: start)
  }

  private mutating func commonTables() throws(Fault) -> [CommonTableSyntax] {
    if isAt("RECURSIVE"), peek().kind == .word || peek().kind == .quoted {
      throw fault("recursive common tables are not supported", remedy: "use a plain WITH")
    }
    return try commaList { (parser) throws(Fault) in
      let start = parser.place
      let name = try parser.identifier("a common table's name")
      let columns =
        parser.isAt("(") && !parser.isQueryStart(at: 1)
        ? try parser.identifierList() : []
      _ = parser.accept("AS")
      try parser.expect("(")
      let query = try parser.query()
      try parser.expect(")")
      return CommonTableSyntax(name: name, columns: columns, query: query, place: start)
    }
  }

  // MARK: Set operations

  private mutating func unions(_ first: QuerySyntax? = nil) throws(Fault) -> QuerySyntax {
    let place = self.place
    var left = if let first { first } else { try intersections() }
    while let operation = try setOperation(["UNION", "EXCEPT", "MINUS", "SETMINUS"]) {
      try link("queries")
      let right = try intersections()
      left = QuerySyntax(.setOperation(left, operation, right), place: first?.place ?? place)
    }
    return left
  }

  private mutating func intersections(_ first: QuerySyntax? = nil) throws(Fault) -> QuerySyntax {
    let place = self.place
    var left = if let first { first } else { try queryPrimary() }
    while let operation = try setOperation(["INTERSECT"]) {
      try link("queries")
      let right = try queryPrimary()
      left = QuerySyntax(.setOperation(left, operation, right), place: first?.place ?? place)
    }
    return left
  }

  private mutating func setOperation(
    _ keywords: Set<String>
  ) throws(Fault) -> SetOperationSyntax? {
    guard isAt(anyOf: keywords) else { return nil }
    let kind: SetOperationSyntax.Kind =
      switch advance().keyword {
      case "UNION": .union
      case "INTERSECT": .intersect
      default: .except
      }
    let isAll = accept("ALL")
    if !isAll { _ = accept("DISTINCT") }
    if isAt("BY", "NAME") {
      throw fault(
        "UNION BY NAME is not in open Spark's grammar",
        remedy: "list the columns of both queries in one order")
    }
    return SetOperationSyntax(kind: kind, isAll: isAll)
  }

  private mutating func queryPrimary() throws(Fault) -> QuerySyntax {
    let place = self.place
    switch current.keyword {
    case "SELECT":
      return QuerySyntax(.select(try select()), place: place)
    case "VALUES":
      return QuerySyntax(.values(try values()), place: place)
    case "TABLE" where peek().kind == .word || peek().kind == .quoted:
      advance()
      let reference = TableReferenceSyntax(
        name: try tableName(), isStream: false, asOf: nil, place: place)
      return QuerySyntax(.table(RelationSyntax(.table(reference), place: place)), place: place)
    case "(":
      advance()
      let inner = try query()
      try expect(")")
      return QuerySyntax(.nested(inner), place: place)
    default:
      throw unexpected("a query (SELECT, WITH or VALUES)")
    }
  }

  mutating func values() throws(Fault) -> [[ExpressionSyntax]] {
    try expect("VALUES")
    return try commaList { (parser) throws(Fault) in
      let row = try parser.expression()
      guard case .call(let call) = row.kind, call.name == "struct", row.text.hasPrefix("(") else {
        return [row]
      }
      return call.arguments
    }
  }

  // MARK: Order and limit

  private mutating func organized(
    _ body: QuerySyntax, from start: Token
  ) throws(Fault) -> QuerySyntax {
    var query = body
    if accept("ORDER", "BY") {
      if isAt("ALL"), [",", "."].allSatisfy({ peek().keyword != $0 }) {
        advance()
        query.ordersByAll = true
        // The direction stands for all columns.
        let isDescending = accept("DESC")
        if !isDescending { _ = accept("ASC") }
        let all = ExpressionSyntax(.star(qualifier: [], except: []), place: place, text: "ALL")
        query.orderBy = [SortItemSyntax(expression: all, isDescending: isDescending)]
        if accept("NULLS", "FIRST") { query.orderBy[0].nullsFirst = true }
        if accept("NULLS", "LAST") { query.orderBy[0].nullsFirst = false }
      } else {
        query.orderBy = try sortItems()
      }
    } else if isAt("SORT", "BY") || isAt("CLUSTER", "BY") || isAt("DISTRIBUTE", "BY") {
      throw fault("\(current.keyword) BY is not supported", remedy: "use ORDER BY")
    }
    if isAt("WINDOW"), case .select(var select) = query.body {
      select.windows += try namedWindows()
      query.body = .select(select)
    }
    if accept("LIMIT"), !accept("ALL") { query.limit = try expression() }
    if accept("OFFSET") { query.offset = try expression() }
    if isAt("|>") {
      throw fault("the pipe '|>' is not supported", remedy: "use SELECT, WHERE and common tables")
    }
    query.text = text(from: start)
    return query
  }

  // MARK: SELECT

  private mutating func select() throws(Fault) -> SelectSyntax {
    var select = SelectSyntax(place: place)
    try expect("SELECT")
    if accept("DISTINCT") { select.isDistinct = true } else { _ = accept("ALL") }
    select.items = try commaList { (parser) throws(Fault) in try parser.selectItem() }
    if accept("FROM") {
      try apart { (parser) throws(Fault) in try parser.relations(&select) }
    }
    if accept("WHERE") { select.condition = try expression() }
    if accept("GROUP", "BY") { select.groupBy = try groupBy() }
    if accept("HAVING") { select.having = try expression() }
    if isAt("WINDOW") { select.windows = try namedWindows() }
    if accept("QUALIFY") { select.qualify = try expression() }
    if isAt("WINDOW") { select.windows += try namedWindows() }
    return select
  }

  private mutating func relations(_ select: inout SelectSyntax) throws(Fault) {
    select.from = try commaList { (parser) throws(Fault) in
      try parser.link("relations")
      return try parser.relation()
    }
    while isAt("LATERAL", "VIEW") {
      try link("lateral views")
      select.lateralViews.append(try lateralView())
    }
  }

  private mutating func selectItem() throws(Fault) -> SelectItemSyntax {
    let value = try expression()
    var item = SelectItemSyntax(expression: value, aliases: [])
    if accept("AS") {
      item.aliases = isAt("(") ? try identifierList("an alias") : [try identifier("an alias")]
    } else if current.kind == .quoted
      || current.kind == .word && !wordsAfterItem.contains(current.keyword)
    {
      item.aliases = [try identifier()]
    }
    return item
  }

  private mutating func namedWindows() throws(Fault) -> [NamedWindowSyntax] {
    try expect("WINDOW")
    return try commaList { (parser) throws(Fault) in
      let name = try parser.identifier("a window's name")
      try parser.expect("AS")
      guard parser.isAt("(") else {
        var window = WindowSyntax(place: parser.place)
        window.baseName = try parser.identifier("a window")
        return NamedWindowSyntax(name: name, window: window)
      }
      return NamedWindowSyntax(name: name, window: try parser.window())
    }
  }

  // MARK: GROUP BY

  private mutating func groupBy() throws(Fault) -> GroupBySyntax {
    let start = place
    if isAt("ALL"), ![",", ".", "("].contains(peek().keyword) {
      advance()
      return .all(start)
    }
    var items = try commaList { (parser) throws(Fault) in try parser.groupingItem() }
    // Hive's older spelling: GROUP BY a, b WITH ROLLUP, or followed by GROUPING SETS.
    if isAt("WITH", "ROLLUP") || isAt("WITH", "CUBE") {
      advance()
      let isRollup = advance().keyword == "ROLLUP"
      let sets = items.compactMap { item in
        if case .expression(let key) = item { [key] } else { nil }
      }
      items = [isRollup ? .rollup(sets) : .cube(sets)]
    } else if isAt("GROUPING", "SETS") {
      items = [try groupingItem()]
    }
    return .items(items)
  }

  private mutating func groupingItem() throws(Fault) -> GroupBySyntax.Item {
    if isAt("ROLLUP", "(") || isAt("CUBE", "(") {
      let isRollup = advance().keyword == "ROLLUP"
      let sets = try groupingSetList()
      return isRollup ? .rollup(sets) : .cube(sets)
    }
    if isAt("GROUPING", "SETS") {
      advance()
      advance()
      return .groupingSets(try groupingSetList())
    }
    return .expression(try expression())
  }

  private mutating func groupingSetList() throws(Fault) -> [[ExpressionSyntax]] {
    try expect("(")
    let sets = try commaList { (parser) throws(Fault) in try parser.groupingSet() }
    try expect(")")
    return sets
  }

  private mutating func groupingSet() throws(Fault) -> [ExpressionSyntax] {
    if accept("(", ")") { return [] }
    if isAt("ROLLUP", "(") || isAt("CUBE", "(") || isAt("GROUPING", "SETS") {
      throw fault("nested grouping sets are not supported", remedy: "write the sets out")
    }
    let key = try expression()
    guard case .call(let call) = key.kind, call.name == "struct", key.text.hasPrefix("(") else {
      return [key]
    }
    return call.arguments
  }
}
