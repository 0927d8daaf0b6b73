import Columnar
import Core
import Engine
import TestSupport
import Testing

/// What is computed once for each entry of a dictionary must be what is computed row by row.
@Suite struct DictionaryTests {
  private let schema = Schema([
    Field("a", .string), Field("b", .string), Field("n", .int),
    Field("s", .structure([Field("x", .string), Field("y", .string)])),
  ])

  @Test(arguments: [
    "a", "upper(a)", "a || '-' || a", "a || b", "a LIKE '_-%'", "try_cast(a AS INT)",
    "try_cast(s.x AS DECIMAL(12,2))", "coalesce(s.y, 'none')", "a IN ('1', '7', 'x-1')",
    "a IS NULL OR a LIKE '%-2'", "CASE WHEN a = '3' THEN s.x ELSE b END",
    "CASE WHEN a = '3' THEN n ELSE -n END", "if(s.x IS NULL, 'gone', s.x)",
    "CASE WHEN try_cast(a AS INT) > 3 THEN 'much' END", "length(s.x) > n AND a <> '2'",
    "coalesce(try_cast(a AS INT), -1)", "s.x = s.y", "s.x <=> a", "array(a, 'k')",
    "CASE WHEN a LIKE 'x%' THEN false ELSE CAST(a AS INT) >= 0 END",
  ])
  func `growing dictionaries give what plain text gives`(sql: String) throws {
    let clock = Clock(now: Timestamp(microseconds: 0))
    let binder = Binder(catalog: MemoryCatalog(), clock: clock)
    let expression = try binder.bindExpression(
      try SQLScript.parseExpression(text: sql, file: "test"), over: schema)
    let context = QueryContext(clock: clock)
    let remembering = Evaluator(expression, context)
    var random = SeededRandom(7)
    let growth = ByteDictionary.Growth()
    for stage in 0..<6 {
      let count = Int.random(in: 1...40, using: &random)
      let batch = batch(entryCount: stage * 3, count: count, growth, using: &random)
      let plain = Batch(schema, batch.columns.map { $0.flattened() }, rowCount: count)
      let expected = try Evaluator(expression, context).evaluate(plain)
      #expect(try remembering.evaluate(batch).scalars == expected.scalars, "\(sql) at \(stage)")
    }
  }

  private func batch(
    entryCount: Int, count: Int, _ growth: ByteDictionary.Growth, using random: inout SeededRandom
  ) -> Batch {
    var runs = ByteRuns()
    for entry in 0..<entryCount { runs.append((entry % 4 < 3 ? "\(entry)" : "x-\(entry)").utf8) }
    let dictionary = ByteDictionary(runs, stageOf: growth)
    func text() -> Column {
      let valid = (0..<count).map { _ in
        entryCount > 0 && Int.random(in: 0..<5, using: &random) > 0
      }
      let codes = valid.map {
        $0 ? Int32.random(in: 0..<Int32(entryCount), using: &random) : Int32(0)
      }
      return Column(
        .string, count: count, validity: Bitmap(valid).unlessAllSet,
        .dictionary(codes: codes, dictionary: dictionary))
    }
    let numbers = (0..<count).map { _ in Int32.random(in: -3...3, using: &random) }
    let valid = Bitmap((0..<count).map { _ in Bool.random(using: &random) })
    return Batch(
      schema,
      [
        text(), text(), Column(.int, count: count, .int32(numbers)),
        Column(
          schema.fields[3].type, count: count, validity: valid, .structure([text(), text()])),
      ], rowCount: count)
  }
}
