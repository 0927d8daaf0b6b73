import Columnar
import Core
import Engine

/// Says of expressions whether they bind, and to what type: what `Tests/Interop/function_types.py`
/// holds against Spark.
enum Acceptance {
  /// Reads the columns of a table `t` as DDL, then an expression a line; answers each with a line:
  /// its type in lower case, or `!`.
  static func answer(_ lines: some Sequence<String>) throws {
    var lines = lines.makeIterator()
    let schema = Schema(try SQLScript.parseSchema(text: lines.next() ?? "", file: "columns"))
    let binder = Binder(
      catalog: OneTable(schema: schema),
      clock: Clock(now: Timestamp(microseconds: 1_767_225_600_000_000)))
    while let line = lines.next() { say(type(of: line, binder)) }
  }

  private static func type(of expression: String, _ binder: Binder) -> String {
    let query = try? SQLScript.parseQuery(text: "SELECT \(expression) FROM t", file: "input")
    let plan = query.flatMap { try? binder.bind($0) }
    return plan?.schema.fields.first?.type.sql.lowercased() ?? "!"
  }
}

/// A table without rows.
private struct OneTable: Catalog, TableProvider {
  let schema: Schema
  var name: String { "t" }
  var tableNames: [String] { ["t"] }

  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? { self }
  func scan(_ request: ScanRequest) throws -> [any BatchSource] { [] }
}
