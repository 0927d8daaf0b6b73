import Columnar
import Core
import Engine
import Testing

/// What EXPLAIN shows.
@Suite struct ExplanationTests {
  private func explained(_ text: String, isExtended: Bool = false) throws -> [String] {
    let query = try SQLScript.parseQuery(text: text, file: "q.sql")
    let plan = try Binder(catalog: FileCatalog(), clock: Planning.clock).bind(query)
    let rows = try Explanation(clock: Planning.clock).rows(of: plan, isExtended: isExtended)
    #expect(rows.schema.names == ["plan"])
    return try #require(try rows.next()).columns[0].scalars.map {
      if case .string(let line) = $0 { line } else { "" }
    }
  }

  @Test func `a scan tells its columns, its conditions and the files that it reads`() throws {
    #expect(
      try explained("SELECT a, upper(s) AS u FROM parquet WHERE a >= 3 AND s IN ('y', 'x')") == [
        "project a, upper(s) as u", "  filter ((a >= 3) and s in ('y', 'x'))",
        "    scan parquet (a, s) where a >= 3 and s in ('x', 'y') · files 3 of 12 "
          + "(7 skipped by partition values, 2 skipped by statistics) · row groups 4 of 7",
      ])
    #expect(try explained("SELECT a FROM csv") == ["scan csv (a) · files 2 of 2"])
    #expect(try explained("SELECT a FROM memory") == ["scan memory (a)"])
  }

  @Test func `an extended one shows the plan before it is optimized too`() throws {
    #expect(
      try explained("SELECT a FROM memory WHERE a IS NOT NULL AND 1 < 2", isExtended: true) == [
        "== Analyzed Logical Plan ==", "project a", "  filter (not a is null and (1 < 2))",
        "    scan memory (a, s)", "== Optimized Logical Plan ==", "filter not a is null",
        "  scan memory (a) where a is not null",
      ])
  }
}

/// Tables without rows that say what a scan of their files would read.
private struct FileCatalog: Catalog {
  private struct FileTable: TableProvider {
    var name: String
    var schema: Schema { Schema([Field("a", .int), Field("s", .string)]) }

    func scan(_ request: ScanRequest) throws -> [any BatchSource] { [] }

    func summary(of request: ScanRequest) throws -> ScanSummary? {
      switch name {
      case "parquet":
        ScanSummary(
          fileCount: 12, fileCountSkippedByPartition: 7, fileCountSkippedByStatistics: 2,
          rowGroups: .init(count: 7, readCount: 4))
      case "csv": ScanSummary(fileCount: 2)
      default: nil
      }
    }
  }

  var tableNames: [String] { ["parquet", "csv", "memory"] }

  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    FileTable(name: name.description)
  }
}
