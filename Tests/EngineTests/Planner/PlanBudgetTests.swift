import Core
import Engine
import Testing

/// What a short text may mean at most.
@Suite struct PlanBudgetTests {
  /// The words of what binding refuses.
  private func refusal(_ sql: String) -> String? {
    var words: String?
    Thread.withDeepStack {
      do {
        let query = try SQLScript.parseQuery(text: sql, file: "q.sql")
        _ = try Binder(catalog: MemoryCatalog(), clock: QueryRun.clock).bind(query)
      } catch {
        words = "\(error)"
      }
    }
    return words
  }

  private func nested(_ count: Int, _ start: String, _ step: (String) -> String) -> String {
    (0..<count).reduce(start) { text, _ in step(text) }
  }

  /// Common tables that each read the one before twice.
  private func doubling(_ count: Int) -> String {
    let tables = (1..<count).map {
      "c\($0) AS (SELECT a.x FROM c\($0 - 1) a JOIN c\($0 - 1) b ON a.x = b.x)"
    }
    return "WITH c0 AS (SELECT 1 x), \(tables.joined(separator: ", ")) SELECT * FROM c\(count - 1)"
  }

  @Test func `common tables that double are refused with their names`() {
    let words = refusal(doubling(40)) ?? ""
    #expect(words.contains("the plan has more than 50000 steps, as 'c0', 'c1', 'c2'"))
    #expect(words.contains(" are read several times; read each of them once"))
    #expect(refusal(doubling(9)) == nil)
  }

  @Test func `a common table stands on so many others at most`() {
    func tables(_ count: Int) -> String {
      let tables = (1..<count).map { "c\($0) AS (SELECT x + 1 AS x FROM c\($0 - 1))" }
      return
        "WITH c0 AS (SELECT 1 x), \(tables.joined(separator: ", ")) SELECT * FROM c\(count - 1)"
    }
    #expect(refusal(tables(2_500))?.contains("stands on more than 2000 steps") == true)
    #expect(refusal(tables(500)) == nil)
  }

  @Test func `views that double are refused`() throws {
    let names = (0..<30).map { "v\($0)" }
    let queries =
      ["SELECT 1 x"] + names.dropLast().map { "SELECT a.x FROM \($0) a JOIN \($0) b ON a.x = b.x" }
    let text = zip(names, queries).map { "CREATE TEMPORARY VIEW \($0) AS \($1);" }.joined()
    let views = try SQLScript.parse(text: text, file: "v.sql").compactMap { statement in
      if case .temporaryView(let view) = statement.kind { view } else { nil }
    }
    let query = try SQLScript.parseQuery(text: "SELECT * FROM v29", file: "q.sql")
    #expect {
      _ = try Binder(catalog: MemoryCatalog(), clock: QueryRun.clock, views: views).bind(query)
    } throws: { "\($0)".contains("are read several times") }
  }

  @Test func `names of the select list that double are refused`() {
    let items = (1..<50).map { "a\($0 - 1) + a\($0 - 1) AS a\($0)" }.joined(separator: ", ")
    #expect(
      refusal("SELECT \(items) FROM (SELECT 1 AS a0)")?.contains(
        "stand for more than 500000 parts") == true)
  }

  @Test func `what is written once and stands twice cannot double without end`() {
    let forms: [(String) -> String] = [
      { "(\($0) BETWEEN 0 AND 1)::int" }, { "CASE \($0) WHEN 1 THEN 2 WHEN 2 THEN 3 END" },
      { "(\($0) LIKE ANY ('a', 'b'))::string" },
    ]
    for (number, form) in forms.enumerated() {
      let text = nested(30, "x", form)
      #expect(
        refusal("SELECT \(text) FROM (SELECT 1 AS x)")?.contains("parts") == true, "form \(number)")
    }
  }

  @Test func `a query has so many subqueries in expressions at most`() {
    let list = [String](repeating: "(SELECT 1)", count: 501).joined(separator: ", ")
    #expect(refusal("SELECT \(list)")?.contains("more than 500 subqueries") == true)
  }

  @Test func `grouping sets do not multiply without end`() {
    let cube = "CUBE (a, b, c, d, e, f, g, h)"
    let words = refusal(
      "SELECT 1 FROM (SELECT 1 a, 1 b, 1 c, 1 d, 1 e, 1 f, 1 g, 1 h) GROUP BY \(cube), \(cube)")
    #expect(words?.contains("65536 grouping sets, and 4096 are the most") == true)
  }

  @Test func `chains as long as they may be run`() throws {
    let sum = [String](repeating: "x", count: 900).joined(separator: " + ")
    let text = [String](repeating: "x", count: 900).joined(separator: " || ")
    var rows: [String] = []
    var failure: (any Error)?
    Thread.withDeepStack {
      do {
        rows = try QueryRun(MemoryCatalog()).rows(
          "SELECT \(sum), length(\(text)) FROM (SELECT 1 AS x)")
      } catch {
        failure = error
      }
    }
    #expect(rows == ["900|900"], "\(failure.map { "\($0)" } ?? "")")
  }
}
