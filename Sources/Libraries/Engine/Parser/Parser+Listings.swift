import Core

/// What only a person at a shell asks: which tables there are, and which columns they have.
extension Parser {
  /// `SHOW TABLES [IN schema] [LIKE 'pattern']`, `SHOW SCHEMAS [LIKE 'pattern']`,
  /// `SHOW COLUMNS IN table`.
  mutating func show() throws(Fault) -> ListingSyntax {
    try expect("SHOW")
    switch current.keyword {
    case "TABLES":
      advance()
      let schema = accept("IN") || accept("FROM") ? try identifier("the schema's name") : nil
      return .tables(schema: schema, like: try likeText())
    case "SCHEMAS", "DATABASES":
      advance()
      return .schemas(like: try likeText())
    case "COLUMNS":
      advance()
      guard accept("IN") || accept("FROM") else { throw unexpected("'IN' and a table's name") }
      return .columns(try listedTable())
    default:
      throw fault(
        "SHOW \(current.keyword) is not supported",
        remedy: "write SHOW TABLES, SHOW SCHEMAS or SHOW COLUMNS IN table")
    }
  }

  /// `DESCRIBE [TABLE] [EXTENDED] table`, `DESCRIBE [QUERY] query`.
  mutating func describe() throws(Fault) -> ListingSyntax {
    advance()
    if isAt("HISTORY") || isAt("DETAIL") || isAt("FUNCTION") || isAt("SCHEMA") || isAt("DATABASE"),
      peek().kind == .word || peek().kind == .quoted
    {
      throw fault(
        "DESCRIBE \(current.keyword) is not supported", remedy: "write DESCRIBE table or query")
    }
    if isAtQuery || isAt("QUERY") && isQueryStart(at: 1) {
      _ = accept("QUERY")
      return .query(try query())
    }
    if isAt("TABLE"), peek().kind != .end, peek().keyword != ";" { advance() }
    if isAt("EXTENDED") || isAt("FORMATTED"), peek().kind == .word || peek().kind == .quoted {
      advance()
    }
    return .description(try listedTable())
  }

  private mutating func listedTable() throws(Fault) -> TableReferenceSyntax {
    let start = place
    return TableReferenceSyntax(name: try tableName(), isStream: false, asOf: nil, place: start)
  }

  private mutating func likeText() throws(Fault) -> String? {
    guard accept("LIKE") || current.kind == .string else { return nil }
    return try stringLiteral("a pattern such as 'sales*'")
  }

  /// That a statement has no place among queries.
  func refusedQuery() -> Fault {
    switch current.keyword {
    case "SET":
      return fault(
        "settings are not changed by a query",
        remedy: "give options to the tool; times are UTC, and from_utc_timestamp gives local ones")
    case "USE":
      return fault("there is no current schema", remedy: "write schema.table in full")
    case "COPY":
      return fault("COPY is not supported", remedy: "add --format csv, and redirect the answer")
    case "CREATE", "DROP", "ALTER", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "REFRESH",
      "CACHE", "APPLY", "AUTO", "MSCK":
      return fault(
        "\(current.keyword) is not supported: queries change nothing",
        remedy: "ask with SELECT, and name parts of it by WITH or CREATE TEMPORARY VIEW")
    default:
      let starters = ["SELECT", "WITH", "VALUES", "TABLE", "SHOW", "DESCRIBE", "EXPLAIN"]
      return fault(
        "found \(current.shown) where a query was expected",
        remedy: Suggestion.remedy(
          for: current.text, among: starters,
          otherwise: "start with SELECT, WITH, VALUES, SHOW, DESCRIBE or EXPLAIN"))
    }
  }
}
