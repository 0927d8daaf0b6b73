import Columnar
import Core

/// Statements, one after the other, and the small ones among them.
extension Parser {
  /// All statements up to the end of the text.
  mutating func statements() throws(Fault) -> [Statement] {
    var statements: [Statement] = []
    while true {
      while accept(";") {}
      if isAtEnd { return statements }
      statements.append(try statement())
      guard isAtEnd || isAt(";") else { throw unexpected("';' or the end of the statement") }
    }
  }

  private mutating func statement() throws(Fault) -> Statement {
    let start = current
    let kind = try statementKind()
    return Statement(kind: kind, place: place(of: start), text: text(from: start))
  }

  private mutating func statementKind() throws(Fault) -> Statement.Kind {
    if isAtQuery || isAt("(") || isAt("TABLE") { return .query(try query()) }
    if isAtShell { return try question() }
    switch current.keyword {
    case "CREATE": return try create()
    case "EXPLAIN": return .explain(try explain())
    case "MSCK":
      try expect("MSCK", "REPAIR", "TABLE")
      let name = try tableName()
      _ = accept("ADD", "PARTITIONS") || accept("SYNC", "PARTITIONS")
      return .repairTable(name)
    default: throw refusedStatement()
    }
  }

  /// A statement at a shell that is no plain query.
  private mutating func question() throws(Fault) -> Statement.Kind {
    switch current.keyword {
    case "EXPLAIN": return .explain(try explain())
    case "SHOW": return .listing(try show())
    case "DESCRIBE", "DESC": return .listing(try describe())
    case "CREATE":
      let ahead = peek().keyword == "OR" ? 3 : 1
      guard ["TEMPORARY", "TEMP", "GLOBAL"].contains(peek(ahead).keyword) else {
        throw refusedQuery()
      }
      return try create()
    default: throw refusedQuery()
    }
  }

  private static let starters = [
    "SELECT", "WITH", "VALUES", "CREATE", "EXPLAIN", "MSCK", "TABLE",
  ]

  private func refusedStatement() -> Fault {
    switch current.keyword {
    case "SET":
      return fault(
        "SET has no place in a job file",
        remedy: "put the setting under 'configuration' in spark-pipeline.yml")
    case "USE":
      return fault("USE has no place in a job file", remedy: "write schema.table in full")
    case "APPLY":
      return fault(
        "APPLY CHANGES INTO is the older Databricks spelling",
        remedy: "write CREATE FLOW name AS AUTO CDC INTO target FROM STREAM(source) …")
    case "AUTO":
      return fault(
        "AUTO CDC INTO stands alone on Databricks only",
        remedy: "write CREATE FLOW name AS AUTO CDC INTO …")
    case "INSERT":
      return fault(
        "INSERT has no place of its own here",
        remedy: "write CREATE FLOW name AS INSERT INTO table BY NAME query")
    case "DROP", "ALTER", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "REFRESH", "CACHE":
      return fault(
        "\(current.keyword) is not supported: tables are what their jobs say",
        remedy: "change the job file and run it")
    case "SHOW", "DESCRIBE", "DESC":
      return fault("\(current.keyword) is not supported", remedy: "query the table with SELECT")
    default:
      return Fault(
        .configuration, at: place, "found \(current.shown) where a statement was expected",
        remedy: Suggestion.remedy(
          for: current.keyword, among: Parser.starters,
          otherwise: "start with SELECT, WITH, VALUES or CREATE"))
    }
  }

  /// FORMATTED is the one form that plans have here.
  private mutating func explain() throws(Fault) -> ExplainSyntax {
    advance()
    if isAt("COST") || isAt("CODEGEN") {
      throw fault(
        "EXPLAIN \(current.keyword) is not supported",
        remedy: "write EXPLAIN, or EXPLAIN EXTENDED to see the plan before it is optimized too")
    }
    let isExtended = accept("EXTENDED")
    if !isExtended { _ = accept("FORMATTED") }
    guard isAtQuery || isAt("(") || isAt("TABLE") else { throw unexpected("a query to explain") }
    return ExplainSyntax(query: try query(), isExtended: isExtended)
  }

  // MARK: CREATE

  private mutating func create() throws(Fault) -> Statement.Kind {
    try expect("CREATE")
    let orPlace = place
    let replaces = accept("OR", "REPLACE")
    if isAt("OR", "REFRESH") { throw orRefresh() }
    try refuseLive()
    if isAt("PRIVATE") {
      throw fault("PRIVATE runs on Databricks only", remedy: "use CREATE TEMPORARY VIEW")
    }
    _ = accept("GLOBAL")
    if accept("TEMPORARY", "VIEW") || accept("TEMP", "VIEW") {
      return .temporaryView(try view(place: orPlace))
    }
    if replaces {
      throw Fault(
        .configuration, at: orPlace, "OR REPLACE is not part of Spark's pipeline SQL",
        remedy: "leave it out: a run brings the dataset up to date")
    }
    switch current.keyword {
    case "STREAMING":
      try expect("STREAMING", "TABLE")
      return .streamingTable(try dataset())
    case "MATERIALIZED":
      try expect("MATERIALIZED", "VIEW")
      return .materializedView(try dataset())
    case "FLOW": return .flow(try flow())
    case "SCHEMA", "DATABASE": return .schema(try schema())
    case "TABLE", "EXTERNAL": return .table(try table())
    case "VIEW":
      throw fault(
        "views that outlive the run are not supported",
        remedy: "write CREATE TEMPORARY VIEW or CREATE MATERIALIZED VIEW")
    default:
      throw Fault(
        .configuration, at: place, "found \(current.shown) after CREATE",
        remedy: Suggestion.remedy(
          for: current.keyword,
          among: ["STREAMING", "MATERIALIZED", "TEMPORARY", "FLOW", "SCHEMA", "TABLE"],
          otherwise:
            "create a STREAMING TABLE, MATERIALIZED VIEW, TEMPORARY VIEW, FLOW, SCHEMA or TABLE"))
    }
  }

  private func orRefresh() -> Fault {
    let rest = [peek(2), peek(3)].map(\.keyword).filter { !$0.isEmpty && $0 != "LIVE" }
    return fault(
      "CREATE OR REFRESH runs on Databricks only",
      remedy: "write CREATE \(rest.joined(separator: " ")): a run refreshes it anyway")
  }

  private func refuseLive() throws(Fault) {
    guard isAt("LIVE") || isAt("STREAMING", "LIVE") else { return }
    throw fault(
      "LIVE is an older Databricks spelling",
      remedy: "write CREATE STREAMING TABLE or CREATE MATERIALIZED VIEW")
  }

  private mutating func view(place: Place) throws(Fault) -> ViewSyntax {
    let ifNotExists = accept("IF", "NOT", "EXISTS")
    _ = ifNotExists
    let name = try tableName("the view's name")
    var columns: [String] = []
    if accept("(") {
      columns = try commaList { (parser) throws(Fault) in
        let column = try parser.identifier("a column name")
        if parser.accept("COMMENT") { _ = try parser.stringLiteral("a comment") }
        return column
      }
      try expect(")")
    }
    let clauses = try self.clauses(of: .view)
    try expect("AS")
    return ViewSyntax(
      name: name, columns: columns, comment: clauses.comment, properties: clauses.properties,
      query: try query(), place: place)
  }

  private mutating func schema() throws(Fault) -> SchemaSyntax {
    advance()
    let ifNotExists = accept("IF", "NOT", "EXISTS")
    let name = try tableName("the schema's name")
    let clauses = try self.clauses(of: .schema)
    return SchemaSyntax(
      name: name, ifNotExists: ifNotExists, location: clauses.location, comment: clauses.comment,
      properties: clauses.properties)
  }

  private mutating func table() throws(Fault) -> TableSyntax {
    let start = place
    _ = accept("EXTERNAL")
    try expect("TABLE")
    let ifNotExists = accept("IF", "NOT", "EXISTS")
    var table = TableSyntax(
      name: try tableName("the table's name"), ifNotExists: ifNotExists, place: start)
    if isAt("(") { table.columns = try columnList() }
    let clauses = try self.clauses(of: .table)
    table.format = clauses.format
    table.options = clauses.options
    table.partitionedBy = clauses.partitionedBy
    table.columns += clauses.partitionColumns
    table.location = clauses.location
    table.comment = clauses.comment
    table.properties = clauses.properties
    if isAt("AS") || isAtQuery {
      throw fault(
        "CREATE TABLE … AS is not supported",
        remedy: "write CREATE MATERIALIZED VIEW … AS, which is kept up to date")
    }
    return table
  }
}
