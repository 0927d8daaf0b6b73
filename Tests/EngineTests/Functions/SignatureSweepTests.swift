import Columnar
import Core
import Engine
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#endif

/// Every function, operator, aggregate and window over arguments of every type in every place: a
/// call is refused before a row is read, or gives values of the type it was bound to.
///
/// `make test` tries some calls of each; `SIGNATURE_SWEEP=N` tries N of each number of arguments.
@Suite struct SignatureSweepTests {
  /// Columns of every type, by the name that an argument is written as.
  private static let columns = """
    bo BOOLEAN, ti TINYINT, si SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10,2),
    q DECIMAL(38,18), s STRING, b BINARY, da DATE, ts TIMESTAMP, ai ARRAY<INT>, ast ARRAY<STRING>,
    aa ARRAY<ARRAY<INT>>, m MAP<STRING,INT>, r STRUCT<a: INT>, ar ARRAY<STRUCT<a: INT>>
    """
  private static let literals = [
    "NULL", "1", "-3", "'a'", "'year'", "true", "0.5", "2.5D", "DATE'2024-02-29'",
    "INTERVAL '1' MONTH", "INTERVAL '1' DAY", "array()", "map()",
  ]
  private static let words: Set<String> = [
    "+", "-", "*", "/", "%", "div", "=", "==", "<=>", "<", "<=", ">", ">=", "<>", "!=", "||", "&",
    "|", "^",
  ]
  private static let others = [
    "IN", "BETWEEN", "CASE", "LIKE", "RLIKE", "struct", "explode", "posexplode", "inline",
    "row_number", "ntile", "lag", "lead", "nth_value", "extract",
  ]

  @Test(arguments: [UInt64.random(in: 1...1_000_000)])
  func `a call is refused, or gives values of its type`(seed: UInt64) throws {
    let wanted = ProcessInfo.processInfo.environment["SIGNATURE_SWEEP"].flatMap { Int($0) } ?? 1
    var random = SeededRandom(seed)
    let run = QueryRun(try Self.table(seed), threadCount: 1)
    let places =
      try SQLScript.parseSchema(text: Self.columns, file: "columns").map(\.name) + Self.literals
    var accepted = 0
    for name in (FunctionCatalog.names + Self.others).sorted() {
      for count in 0...4 {
        for _ in 0..<(count == 0 ? 1 : wanted) {
          let arguments = (0..<count).map { _ in places.randomElement(using: &random)! }
          for sql in Self.queries(name, arguments) {
            accepted += try Self.isAccepted(sql, run, seed) ? 1 : 0
          }
        }
      }
    }
    #expect(accepted > 50, "seed \(seed)")
  }

  /// Runs a query: whether it was bound. Its columns must lie as their types say, and what stops it
  /// must be a fault that is not our own.
  private static func isAccepted(_ sql: String, _ run: QueryRun, _ seed: UInt64) throws -> Bool {
    do {
      let (schema, batches) = try run.batches(sql)
      for batch in batches {
        for (column, field) in zip(batch.columns, schema.fields) {
          #expect(
            isOf(field.type, column) && column.count == batch.rowCount,
            "seed \(seed): \(sql) gives \(column.type.sql) as \(field.type.sql)")
        }
      }
      return true
    } catch let fault as Fault {
      #expect(fault.kind != .internal, "seed \(seed): \(sql): \(fault)")
      return fault.kind != .configuration
    }
  }

  /// Whether the column's type is the promised one, and its values are of it to the last element.
  private static func isOf(_ type: DataType, _ column: Column) -> Bool {
    guard column.type.sql == type.sql else { return false }
    switch (type.layout, column.values) {
    case (.boolean, .boolean), (.int32, .int32), (.int64, .int64), (.int128, .int128),
      (.double, .double), (.bytes, .bytes), (.bytes, .dictionary):
      return true
    case (.list, .list(_, let elements)): return isOf(type.elementType, elements)
    case (.structure, .structure(let members)):
      return members.count == type.fields.count
        && zip(type.fields, members).allSatisfy { isOf($0.type, $1) }
    default: return false
    }
  }

  /// The ways to write the call: an aggregate also over distinct or chosen rows and a window.
  private static func queries(_ name: String, _ arguments: [String]) -> [String] {
    let list = arguments.joined(separator: ", ")
    switch (name, arguments.count) {
    case ("IN", 2...): return ["SELECT \(arguments[0]) IN (\(list)) FROM t"]
    case ("BETWEEN", 3):
      return ["SELECT \(arguments[0]) BETWEEN \(arguments[1]) AND \(arguments[2]) FROM t"]
    case ("CASE", 3):
      return [
        "SELECT CASE WHEN \(arguments[0]) THEN \(arguments[1]) ELSE \(arguments[2]) END FROM t"
      ]
    case ("[]", 2): return ["SELECT \(arguments[0])[\(arguments[1])] FROM t"]
    case ("extract", 1): return ["SELECT extract(second FROM \(list)) FROM t"]
    case ("!", 1): return ["SELECT NOT \(list) FROM t"]
    case ("~", 1), ("+", 1), ("-", 1): return ["SELECT \(name) \(list) FROM t"]
    case ("explode", 1), ("posexplode", 1), ("inline", 1):
      return ["SELECT x.* FROM t LATERAL VIEW OUTER \(name)(\(list)) x"]
    case (_, 2) where words.contains(name) || name == "LIKE" || name == "RLIKE":
      return ["SELECT \(arguments[0]) \(name) \(arguments[1]) FROM t"]
    case (let name, _) where words.contains(name) || !(name.first?.isLetter ?? false): return []
    default: break
    }
    var texts = ["SELECT \(name)(\(list)) FROM t"]
    if FunctionCatalog.isAggregate(name) {
      texts += [
        "SELECT \(name)(DISTINCT \(list)) FROM t",
        "SELECT \(name)(\(list)) FILTER (WHERE bo) FROM t",
        "SELECT \(name)(\(list)) FROM t GROUP BY s, bo",
      ]
    }
    return texts + ["SELECT \(name)(\(list)) OVER (PARTITION BY bo ORDER BY i) FROM t"]
  }

  /// A few rows; one of them is NULL in each column.
  private static func table(_ seed: UInt64) throws -> MemoryCatalog {
    let schema = Schema(try SQLScript.parseSchema(text: columns, file: "columns"))
    var random = RandomColumns(seed: seed)
    let values = schema.fields.map { field in
      let builder = ColumnBuilder(field.type)
      builder.appendNull()
      for distinct in [1, 4, 40] { builder.append(random.scalar(field.type, distinct: distinct)) }
      return builder.finish()
    }
    let catalog = MemoryCatalog()
    catalog.add("t", Batch(schema, values, rowCount: 4))
    return catalog
  }
}
