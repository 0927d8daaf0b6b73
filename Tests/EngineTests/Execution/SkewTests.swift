import Core
import Engine
import Testing

/// Rows that one key alone has: what can be put on disk is, and what must be together is refused.
@Suite struct SkewTests {
  private let run = QueryRun(MemoryCatalog(), memoryLimit: 16 << 20)
  /// Some 20 MiB of rows.
  private let rows = "(SELECT 1 AS k, repeat('a', 500 + id::int % 3) AS v FROM range(40000))"

  private func isRefused(_ sql: String) -> Bool {
    do {
      _ = try run.rows(sql)
      return false
    } catch let fault as Fault {
      return fault.kind == .data && fault.problem.contains("must be in memory together")
        && fault.remedy.contains("--memory")
    } catch {
      return false
    }
  }

  @Test func `a join by one key is refused beyond memory`() {
    #expect(isRefused("SELECT count(*) FROM \(rows) a JOIN \(rows) b ON a.k = b.k AND a.v < b.v"))
  }

  @Test func `a window over one partition is refused beyond memory`() {
    #expect(isRefused("SELECT sum(k) OVER (PARTITION BY k) FROM \(rows)"))
  }

  @Test func `groups and order by one key need no memory for its rows`() throws {
    #expect(
      try run.rows("SELECT k, count(*), max(length(v)) FROM \(rows) GROUP BY k") == ["1|40000|502"])
    #expect(try run.rows("SELECT length(v) FROM \(rows) ORDER BY k, v DESC LIMIT 1") == ["502"])
  }
}
