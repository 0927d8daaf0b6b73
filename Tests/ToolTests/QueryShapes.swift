import Testing

/// Queries of one shape and any size: long, wide or deep.
struct QueryShape: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: @Sendable (Int) -> String

  private init(_ name: String, _ text: @escaping @Sendable (Int) -> String) {
    testDescription = name
    self.text = text
  }

  /// Brackets of a kind in one another.
  private static func nested(
    _ name: String, _ start: String, _ core: String, _ end: String, from: String = ""
  ) -> QueryShape {
    QueryShape(name) { count in
      "SELECT " + String(repeating: start, count: count) + core
        + String(repeating: end, count: count) + from
    }
  }

  /// Operands side by side, each of its number.
  private static func chain(
    _ name: String, _ start: String, _ separator: String, _ end: String = "",
    _ part: @escaping @Sendable (Int) -> String
  ) -> QueryShape {
    QueryShape(name) { start + (0..<$0).map(part).joined(separator: separator) + end }
  }

  static let all = wide + deep + leftDeep + documents

  private static let wide = [
    chain("columns", "SELECT ", ", ") { "\($0) AS c\($0)" },
    chain("columns of a subquery", "SELECT * FROM (SELECT ", ", ", ")") { "\($0) AS c\($0)" },
    chain("values of IN", "SELECT 1 IN (", ", ", ")") { "\($0)" },
    chain("expressions of IN", "SELECT id IN (", ", ", ") FROM range(9)") { "id + \($0)" },
    chain("branches", "SELECT CASE id ", " ", " END FROM range(3)") { "WHEN \($0) THEN \($0)" },
    chain("conditions of branches", "SELECT CASE ", " ", " END FROM range(3)") {
      "WHEN id = \($0) THEN \($0)"
    },
    chain("elements", "SELECT size(array(", ", ", "))") { "\($0)" },
    chain("members", "SELECT struct(", ", ", ").f1") { "\($0) AS f\($0)" },
    chain("entries", "SELECT size(map(", ", ", "))") { "\($0), \($0)" },
    chain("arguments", "SELECT coalesce(", ", ", ", 1)") { _ in "NULL" },
    chain("rows", "SELECT count(*) FROM VALUES ", ", ", " t(a)") { "(\($0))" },
    chain("sums", "SELECT ", ", ", " FROM range(3)") { "sum(id + \($0))" },
    chain("windows", "SELECT ", ", ", " FROM range(3)") { "sum(id + \($0)) OVER (ORDER BY id)" },
    chain("keys of groups", "SELECT count(*) FROM range(3) GROUP BY ", ", ") { "id + \($0)" },
    chain("keys of an order", "SELECT id FROM range(3) ORDER BY ", ", ") { "id + \($0)" },
    chain("ROLLUP", "SELECT count(*) FROM range(3) GROUP BY ROLLUP (", ", ", ")") { "id + \($0)" },
    chain("sets", "SELECT count(*) FROM range(3) GROUP BY GROUPING SETS (", ", ", ")") { _ in
      "(id)"
    },
    chain("subqueries", "SELECT ", ", ") { _ in "(SELECT 1)" },
    chain("common tables", "WITH ", ", ", " SELECT * FROM c0") { "c\($0) AS (SELECT 1 AS a)" },
    chain("statements", "", "; ") { _ in "SELECT 1" },
    chain("a wide type", "SELECT CAST(NULL AS STRUCT<", ", ", ">)") { "a\($0): INT" },
    chain("choices of a pattern", "SELECT 'a' RLIKE '", "|", "'") { "a\($0)" },
  ]

  private static let deep = [
    nested("brackets", "(", "1", ")"),
    nested("NOT", "NOT ", "true", ""),
    nested("minus", "- ", "1", ""),
    nested("calls", "abs(", "1", ")"),
    nested("IF", "if(id > 0, 1, ", "1", ")", from: " FROM range(2)"),
    nested("CASE", "CASE WHEN true THEN ", "1", " END"),
    nested("CAST", "CAST(", "1", " AS INT)"),
    nested("arrays", "array(", "1", ")"),
    nested("structures", "struct(", "1", ")"),
    nested("maps", "map(1, ", "1", ")"),
    nested("scalar subqueries", "(SELECT ", "1", ")"),
    nested("lambdas", "transform(array(1), x -> ", "1", ")"),
    nested("comments", "/* ", "", " */", from: "1"),
    nested("types of arrays", "CAST(NULL AS ARRAY<", "INT", ">)"),
    QueryShape("types of structures") { count in
      "SELECT CAST(NULL AS " + String(repeating: "STRUCT<a: ", count: count) + "INT"
        + String(repeating: ">", count: count) + ")"
    },
    QueryShape("subqueries of FROM") { count in
      String(repeating: "SELECT * FROM (", count: count) + "SELECT 1 AS a"
        + String(repeating: ")", count: count)
    },
    QueryShape("EXISTS") { count in
      "SELECT 1 WHERE " + String(repeating: "EXISTS (SELECT 1 WHERE ", count: count) + "true"
        + String(repeating: ")", count: count)
    },
    QueryShape("common tables in one another") { count in
      (0..<count).map { "WITH c\($0) AS (" }.joined() + "SELECT 1 AS a"
        + (0..<count).reversed().map { ") SELECT * FROM c\($0)" }.joined()
    },
    QueryShape("brackets of a pattern") { count in
      "SELECT 'a' RLIKE '" + String(repeating: "(", count: count) + "a"
        + String(repeating: ")", count: count) + "'"
    },
    QueryShape("brackets of a date's pattern") { count in
      "SELECT date_format(DATE'2024-01-01', '" + String(repeating: "[", count: count) + "yyyy"
        + String(repeating: "]", count: count) + "')"
    },
  ]

  private static let leftDeep = [
    chain("AND", "SELECT count(*) FROM range(3) WHERE ", " AND ") { "id <> \($0)" },
    chain("OR", "SELECT count(*) FROM range(3) WHERE ", " OR ") { "id = \($0)" },
    chain("AND of OR", "SELECT count(*) FROM range(3) WHERE ", " AND ") {
      "(id <> \($0) OR id > \($0))"
    },
    chain("+", "SELECT ", " + ", " FROM range(3)") { _ in "id" },
    chain("||", "SELECT ", " || ") { _ in "'a'" },
    chain("UNION ALL", "", " UNION ALL ") { "SELECT \($0)" },
    chain("INTERSECT", "", " INTERSECT ") { _ in "SELECT 1" },
    chain("JOIN", "SELECT count(*) FROM range(2) ", " ") { "JOIN range(2) t\($0) USING (id)" },
    chain("LEFT JOIN", "SELECT count(*) FROM range(2) s ", " ") {
      "LEFT JOIN range(2) t\($0) ON t\($0).id = s.id"
    },
    chain("tables side by side", "SELECT count(*) FROM ", ", ") { "range(1) t\($0)" },
    chain("LATERAL VIEW", "SELECT count(*) FROM range(1) ", " ") {
      "LATERAL VIEW explode(array(1)) v\($0) AS a\($0)"
    },
    chain("casts", "SELECT 1", "") { _ in "::INT" },
    chain("indices", "SELECT a", "", " FROM (SELECT array(1) AS a)") { _ in "[0]" },
    chain("points", "SELECT a", "", " FROM (SELECT 1 AS a)") { _ in ".b" },
    QueryShape("common tables on one another") { count in
      "WITH c0 AS (SELECT 1 AS a)"
        + (1...max(1, count)).map { ", c\($0) AS (SELECT a FROM c\($0 - 1))" }.joined()
        + " SELECT * FROM c\(max(1, count))"
    },
    QueryShape("names on one another") { count in
      "SELECT 1 AS a0" + (1...max(1, count)).map { ", a\($0 - 1) + 1 AS a\($0)" }.joined()
    },
  ]

  private static let documents = [
    chain("a wide document", "SELECT from_json('{\"b\":1}', '", ", ", "').a1") { "a\($0) INT" },
    QueryShape("a deep document") { count in
      "SELECT from_json('" + String(repeating: "[", count: count)
        + String(repeating: "]", count: count) + "', 'ARRAY<INT>')"
    },
    QueryShape("a deep path") { count in
      "SELECT get_json_object('" + String(repeating: "{\"a\":", count: count) + "1"
        + String(repeating: "}", count: count) + "', '$"
        + String(repeating: ".a", count: count) + "')"
    },
  ]
}
