import Columnar
import Core
import Engine
import Testing

/// What functions may make of a row: as much as the run has, and no more.
@Suite struct GrowthTests {
  /// A run that may hold 8 MiB, of which a call may make 2.
  private let small = QueryRun(MemoryCatalog(), memoryLimit: 8 << 20)

  @Test(arguments: [
    ("repeat", "repeat('abc', 2000000000)"), ("space", "space(2000000000)"),
    ("lpad", "lpad('a', 2000000000, 'ab')"), ("rpad", "rpad('a', 2000000000)"),
    ("replace", "replace(repeat('a', 100000), 'a', repeat('b', 100))"),
    ("regexp_replace", "regexp_replace(repeat('a', 100000), 'a', repeat('b', 100))"),
    ("array_repeat", "array_repeat(repeat('a', 1000), 1000000)"),
    ("sequence", "sequence(1, 10000000000)"),
    ("sequence", "sequence(-9223372036854775808, 9223372036854775807)"),
    ("sequence", "sequence(0, -9223372036854775807, -1)"),
    ("sequence", "sequence(DATE'0001-01-01', DATE'9999-12-31')"),
    ("sequence", "sequence(DATE'2020-01-01', DATE'2020-12-31', INTERVAL 1 MICROSECOND)"),
    ("array_join", "array_join(array_repeat('', 20000), repeat('b', 1000))"),
    ("concat_ws", "concat_ws(repeat('b', 100000), array_repeat('', 6000))"),
    ("concat", "concat(sequence(1, 40000), sequence(1, 40000))"),
  ]) func `what would be too large is refused before it is made`(
    _ name: String, _ expression: String
  ) {
    #expect {
      _ = try small.rows("SELECT \(expression)")
    } throws: { error in
      guard let fault = error as? Fault, fault.kind == .data else { return false }
      return fault.problem.hasPrefix("'\(name)' would make ") && fault.place?.line == 1
        && fault.remedy.contains("--memory")
    }
  }

  @Test func `the rows of a batch count together`() throws {
    #expect(try small.rows("SELECT length(repeat('ab', 500000)) FROM range(2)").count == 2)
    #expect(throws: Fault.self) {
      _ = try small.rows("SELECT length(repeat('ab', 500000 + id::int)) FROM range(3)")
    }
  }

  @Test(arguments: [
    "max(repeat('ab', 1200000 + id::int)) OVER (ORDER BY id)",
    "lag(repeat('ab', 1200000 + id::int)) OVER (ORDER BY id)",
    "row_number() OVER (PARTITION BY repeat('ab', 1200000 + id::int) ORDER BY 1)",
    "row_number() OVER (ORDER BY repeat('ab', 1200000 + id::int))",
  ]) func `windows make no more than other calls do`(_ window: String) {
    #expect {
      _ = try small.rows("SELECT length(CAST(\(window) AS STRING)) FROM range(2)")
    } throws: { error in
      (error as? Fault)?.problem.hasPrefix("'repeat' would make ") == true
    }
  }

  @Test(arguments: [
    ("collect_list", "collect_list(id) OVER ()"),
    ("collect_list", "collect_list(id) OVER (ORDER BY id)"),
    ("array_agg", "array_agg(id) OVER (ORDER BY id ROWS 999 PRECEDING)"),
    ("first_value", "first_value(a) OVER (ORDER BY id)"),
    ("last_value", "last_value(a) IGNORE NULLS OVER (ORDER BY id)"),
    ("max", "max(a) OVER (ORDER BY id)"), ("min", "min(a) OVER ()"),
  ]) func `an array that a window gives to many rows is held by each`(
    _ name: String, _ window: String
  ) {
    let rows = "(SELECT id, CASE WHEN id = 0 THEN sequence(1, 1000) END AS a FROM range(1000))"
    #expect {
      _ = try small.rows("SELECT size(\(window)) FROM \(rows)")
    } throws: { error in
      (error as? Fault)?.problem.hasPrefix("'\(name)' would make ") == true
    }
  }

  @Test func `the first rows in an order are computed under the limit too`() {
    #expect(throws: Fault.self) {
      _ = try small.rows(
        "SELECT id FROM range(2) ORDER BY length(repeat('ab', 1200000 + id::int)) LIMIT 1")
    }
  }

  @Test func `a run that has more may make more`() throws {
    let large = QueryRun(MemoryCatalog(), memoryLimit: 64 << 20)
    #expect(try large.rows("SELECT length(repeat('ab', 2000000))") == ["4000000"])
  }

  @Test(arguments: ["collect_list(x)", "collect_set(x)", "string_agg(x, ',')", "mode(x)"])
  func `what keeps all values is refused beyond the memory of the run`(_ call: String) {
    #expect {
      _ = try small.rows(
        "SELECT \(call) FROM (SELECT repeat('a', 200 + id::int % 7) x FROM range(60000))")
    } throws: { error in
      guard let fault = error as? Fault, fault.kind == .data else { return false }
      return fault.problem.contains(" holds the values of all groups")
        && fault.remedy.contains("--memory")
    }
  }

  @Test func `sequences give their numbers`() throws {
    #expect(
      try small.rows(
        """
        SELECT sequence(1, 3), sequence(3, 1), sequence(1, 6, 2), sequence(5, 5), sequence(5, 5, 0),
          sequence(CAST(NULL AS INT), 2), sequence(127Y, 128)
        """) == ["[1, 2, 3]|[3, 2, 1]|[1, 3, 5]|[5]|[5]|NULL|[127, 128]"])
  }
}
