import Columnar
import Core
import Engine
import TestSupport

private let sqlWords = [
  "SELECT ", " FROM t ", " WHERE ", " GROUP BY ", " ORDER BY ", " LIMIT ", "(", ")", "*", ",", "'",
  "`", "\"", "--", "/*", "*/", ";", "||", "->", "::", "NULL", "CASE WHEN ", " END", " OVER (",
  "CAST(",
  " AS DECIMAL(38,38))", "INTERVAL '1' DAY", " LATERAL VIEW explode(", " UNION ALL ", " EXISTS (",
  " IN (", " BETWEEN ", " LIKE '%_\\\\'", " RLIKE '(a+)+'", "STRUCT<", "ARRAY<", "x'0G'", "1e400",
  "$", ":x",
  "ROWS BETWEEN UNBOUNDED PRECEDING AND ", " QUALIFY ", "\u{0}", "é",
]

extension Target {
  /// Text of any kind, read as everything that SQL stands for somewhere.
  static let sqlTexts = Target(
    name: "sql-texts", meaning: "SQL scripts, expressions, types and columns",
    corpus: [
      .own("sql", separator: ";\n"), CorpusSource(path: "jobs", suffix: ".sql", separator: ";\n"),
      .attacks("cases/security", suffix: ".sql"),
    ],
    words: sqlWords, grammar: QueryGrammar.query
  ) { input in
    let text = String(decoding: input, as: UTF8.self)
    try readOrRefuse { _ = try SQLScript.parse(text: text, file: "input.sql") }
    try readOrRefuse { _ = try SQLScript.parseExpression(text: text, file: "input.sql") }
    try readOrRefuse { _ = try SQLScript.parseType(text: text, file: "input.sql") }
    try readOrRefuse { _ = try SQLScript.parseSchema(text: text, file: "input.sql") }
    try run(SQLScript.parseQuery(text: text, file: "input.sql"))
  }

  /// Queries that mostly bind, so that their evaluation is reached.
  static let sqlQueries = Target(
    name: "sql-queries", meaning: "queries by a grammar, run over small tables", corpus: [],
    words: sqlWords, grammar: QueryGrammar.query
  ) { input in
    let text = String(decoding: input, as: UTF8.self)
    try run(SQLScript.parseQuery(text: text, file: "input.sql"))
  }

  private static func run(_ query: QuerySyntax) throws {
    let clock = Clock(now: Timestamp(microseconds: 1_767_225_600_000_000))
    let plan = try Binder(catalog: SmallTables(), clock: clock).bind(query)
    let context = QueryContext(clock: clock, memoryLimit: 16 << 20, threadCount: 2)
    // A query may ask for more rows than anyone waits for.
    try drain(Executor(context: context).execute(plan), atMost: 20)
  }
}

/// Tables of a few rows with columns of every type.
struct SmallTables: Catalog {
  /// Columns of `t` and `u`; `e` has them too, and no rows.
  static let schema = Schema([
    Field("bo", .boolean), Field("ti", .tinyint), Field("i", .int), Field("j", .int),
    Field("l", .bigint), Field("f", .float), Field("d", .double), Field("da", .date),
    Field("ts", .timestamp), Field("s", .string), Field("s2", .string), Field("b", .binary),
    Field("p", .decimal(precision: 9, scale: 2)), Field("q", .decimal(precision: 38, scale: 6)),
    Field("a", .array(element: .int, containsNull: true)),
    Field("m", .map(key: .string, value: .int, valueContainsNull: true)),
    Field("r", .structure([Field("x", .int), Field("y", .string)])),
  ])

  private static let tables: [String: SmallTable] = ["t": 9, "u": 5, "e": 0].reduce(into: [:]) {
    tables, entry in
    var random = RandomColumns(seed: UInt64(entry.value))
    let columns = schema.fields.map { random.column($0.type, count: entry.value) }
    tables[entry.key] = SmallTable(
      name: entry.key, batch: Batch(schema, columns, rowCount: entry.value))
  }

  var tableNames: [String] { Self.tables.keys.sorted() }

  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    Self.tables[name.description.lowercased()]
  }
}

/// A table of one batch.
private struct SmallTable: TableProvider {
  let name: String
  let batch: Batch

  var schema: Schema { batch.schema }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    let fields = request.columns.compactMap { schema.index(of: $0) }
    let part = Batch(
      schema.selecting(fields), fields.map { batch.columns[$0] }, rowCount: batch.rowCount)
    return [BatchList(part.schema, [part])]
  }
}
