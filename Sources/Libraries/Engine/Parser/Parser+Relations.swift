import Columnar
import Core

/// What FROM names: tables, subqueries, functions, joins, lateral views.
extension Parser {
  mutating func relation() throws(Fault) -> RelationSyntax {
    try nested { (parser) throws(Fault) in try parser.joined() }
  }

  private mutating func joined() throws(Fault) -> RelationSyntax {
    var left = try primaryRelation()
    while let (kind, isNatural) = try joinKind() {
      let start = place
      try link("joins")
      let right = try primaryRelation()
      var condition = JoinSyntax.Condition.none
      if isNatural {
        condition = .natural
      } else if accept("ON") {
        condition = .on(try expression())
      } else if isAt("USING") {
        advance()
        condition = .using(try identifierList())
      }
      let join = JoinSyntax(kind: kind, condition: condition, place: start)
      left = RelationSyntax(.join(left, join, right), place: left.place)
    }
    return left
  }

  /// Takes the words of a join up to and including JOIN, if they come next.
  private mutating func joinKind() throws(Fault) -> (JoinKind, isNatural: Bool)? {
    let starters: Set<String> = [
      "JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI", "NATURAL",
    ]
    guard isAt(anyOf: starters) else { return nil }
    let isNatural = accept("NATURAL")
    var kind = JoinKind.inner
    switch current.keyword {
    case "INNER": advance()
    case "CROSS":
      advance()
      kind = .cross
    case "LEFT":
      advance()
      kind = accept("SEMI") ? .semi : accept("ANTI") ? .anti : .left
      if kind == .left { _ = accept("OUTER") }
    case "SEMI":
      advance()
      kind = .semi
    case "ANTI":
      advance()
      kind = .anti
    case "RIGHT", "FULL":
      kind = advance().keyword == "RIGHT" ? .right : .full
      _ = accept("OUTER")
    default: break
    }
    try expect("JOIN")
    return (kind, isNatural)
  }

  // MARK: Primary relations

  mutating func primaryRelation() throws(Fault) -> RelationSyntax {
    let start = place
    let isLateral = accept("LATERAL")
    if isAt("(") { return try parenthesizedRelation(isLateral: isLateral) }
    if isAt("VALUES") {
      return try aliased(RelationSyntax(.values(try values()), place: start))
    }
    if isAt("STREAM"), peek().keyword == "(" || isTableNameStart(peek()) {
      return try streamRelation()
    }
    if current.kind == .word, peek().keyword == "(", !reservedWords.contains(current.keyword) {
      return try tableFunction(isLateral: isLateral)
    }
    if current.kind == .string {
      let isPath = current.text.contains { "./".contains($0) }
      throw fault(
        "\(current.shown) is no table",
        remedy: isPath
          ? "name a file by its format: \(Parser.fileName(current.text))"
          : "quote a table's name with `backticks`, or not at all")
    }
    guard isTableNameStart(current) else { throw unexpected("a table, a view or a subquery") }
    return try tableReference(isStream: false, from: start)
  }

  /// The name of the file at `path` as a table, its format by its ending.
  private static func fileName(_ path: String) -> String {
    let ending = path.split(separator: ".").last?.lowercased() ?? ""
    let format = ["csv", "json", "parquet"].first { $0 == ending }
    return "\(format ?? (path.contains("json") ? "json" : "parquet")).`\(path)`"
  }

  private func isTableNameStart(_ token: Token) -> Bool {
    token.kind == .quoted || token.kind == .word && !wordsAfterItem.contains(token.keyword)
  }

  private mutating func parenthesizedRelation(isLateral: Bool) throws(Fault) -> RelationSyntax {
    let start = place
    try expect("(")
    if isAtQuery {
      let query = try self.query()
      try expect(")")
      return try aliased(RelationSyntax(.subquery(query, isLateral: isLateral), place: start))
    }
    let inner = try relation()
    if case .subquery(let left, _) = inner.kind, inner.alias == nil, !isAt(")") {
      let query = try continued(left)
      try expect(")")
      return try aliased(RelationSyntax(.subquery(query, isLateral: isLateral), place: start))
    }
    try expect(")")
    guard inner.alias == nil, case .join = inner.kind else {
      var outer = try aliased(RelationSyntax(inner.kind, place: start))
      if outer.alias == nil {
        outer.alias = inner.alias
        outer.columnAliases = inner.columnAliases
      }
      return outer
    }
    return try aliased(inner)
  }

  private mutating func streamRelation() throws(Fault) -> RelationSyntax {
    let start = place
    try expect("STREAM")
    guard accept("(") else { return try tableReference(isStream: true, from: start) }
    try refuseReadFiles()
    let reference = TableReferenceSyntax(
      name: try tableName(), isStream: true, asOf: nil, place: start)
    try expect(")")
    try refuseWatermark()
    return try aliased(RelationSyntax(.table(reference), place: start))
  }

  private mutating func tableReference(
    isStream: Bool, from start: Place
  ) throws(Fault) -> RelationSyntax {
    if isStream { try refuseReadFiles() }
    let name = try tableName()
    if name.parts.count > 1, name.parts[0].lowercased() == "live" {
      throw Fault(
        .configuration, at: start, "'\(name)' uses LIVE, which open Spark does not know",
        remedy: "write '\(name.parts.dropFirst().joined(separator: "."))'")
    }
    var reference = TableReferenceSyntax(name: name, isStream: isStream, asOf: nil, place: start)
    reference.asOf = try asOf()
    try refuseWatermark()
    return try aliased(RelationSyntax(.table(reference), place: start))
  }

  private mutating func asOf() throws(Fault) -> TableReferenceSyntax.AsOf? {
    let versionWords: Set<String> = ["VERSION", "SYSTEM_VERSION"]
    let timeWords: Set<String> = ["TIMESTAMP", "SYSTEM_TIME"]
    let ahead = isAt("FOR") ? 1 : 0
    guard peek(ahead + 1).keyword == "AS", peek(ahead + 2).keyword == "OF" else { return nil }
    let word = peek(ahead).keyword
    guard versionWords.contains(word) || timeWords.contains(word) else { return nil }
    for _ in 0..<(ahead + 3) { advance() }
    if timeWords.contains(word) { return .timestamp(try comparison()) }
    if current.kind == .number || current.kind == .string, let version = Int64(current.text) {
      advance()
      return .version(version)
    }
    throw unexpected("a version number")
  }

  private mutating func tableFunction(isLateral: Bool) throws(Fault) -> RelationSyntax {
    let start = place
    try refuseReadFiles()
    let name = try identifier().lowercased()
    if name == "table_changes" { return try tableChanges(from: start) }
    try expect("(")
    var arguments: [ExpressionSyntax] = []
    if !isAt(")") {
      arguments = try commaList { (parser) throws(Fault) in try parser.expression() }
    }
    try expect(")")
    return try aliased(
      RelationSyntax(.function(name, arguments, isLateral: isLateral), place: start))
  }

  /// `('schema.table', from[, to])`: a table like another, by a name in quotes.
  private mutating func tableChanges(from start: Place) throws(Fault) -> RelationSyntax {
    try expect("(")
    let place = self.place
    let text = try stringLiteral("a table's name in quotes")
    var names = try Parser(SourceText(text, file: place.file))
    let name: TableName
    do throws(Fault) {
      name = try names.tableName()
      guard names.isAtEnd else { throw names.unexpected("the end of the name") }
    } catch {
      throw Fault(
        .configuration, at: place, "'\(text)' is no table's name",
        remedy: "write table_changes('schema.table', 0)")
    }
    try expect(",")
    let first = try expression()
    let last = accept(",") ? try expression() : nil
    try expect(")")
    let reference = TableReferenceSyntax(
      name: name, isStream: false, asOf: .changes(from: first, to: last), place: start)
    return try aliased(RelationSyntax(.table(reference), place: start))
  }

  /// Takes `[AS] alias [(columns)]`, if it comes next.
  private mutating func aliased(_ relation: RelationSyntax) throws(Fault) -> RelationSyntax {
    var result = relation
    for word in ["PIVOT", "UNPIVOT", "TABLESAMPLE"] where isAt(word, "(") {
      throw fault("\(word) is not supported", remedy: "write it with CASE, UNION ALL or WHERE")
    }
    let isAlias = accept("AS")
    let isName =
      current.kind == .quoted
      || current.kind == .word && (isAlias || !wordsAfterItem.contains(current.keyword))
    guard isName else {
      if isAlias, !isAt("(") { throw unexpected("an alias") }
      if isAlias || isAt("("), case .function = relation.kind {
        result.columnAliases = try identifierList()
      }
      return result
    }
    result.alias = try identifier()
    if isAt("(") { result.columnAliases = try identifierList() }
    return result
  }

  // MARK: Lateral views

  mutating func lateralView() throws(Fault) -> LateralViewSyntax {
    let start = place
    try expect("LATERAL", "VIEW")
    let isOuter = accept("OUTER")
    let function = try identifier("a generator such as explode").lowercased()
    try expect("(")
    var arguments: [ExpressionSyntax] = []
    if !isAt(")") {
      arguments = try commaList { (parser) throws(Fault) in try parser.expression() }
    }
    try expect(")")
    var view = LateralViewSyntax(
      isOuter: isOuter, function: function, arguments: arguments, alias: nil, columns: [],
      place: start)
    if !isAt("AS"),
      current.kind == .quoted || current.kind == .word && !wordsAfterItem.contains(current.keyword)
    {
      view.alias = try identifier()
    }
    if accept("AS") {
      view.columns =
        isAt("(")
        ? try identifierList()
        : try commaList { (parser) throws(Fault) in try parser.identifier("a column name") }
    }
    return view
  }

  // MARK: Forms of other dialects

  private func refuseReadFiles() throws(Fault) {
    guard isAt("READ_FILES", "(") else { return }
    throw fault(
      "'read_files' runs on Databricks only",
      remedy: "declare the files in setup.sql with CREATE TABLE … USING … LOCATION …, "
        + "and read STREAM(that table)")
  }

  private func refuseWatermark() throws(Fault) {
    guard isAt("WATERMARK") else { return }
    throw fault(
      "WATERMARK is not supported", remedy: "aggregate in a materialized view instead")
  }
}
