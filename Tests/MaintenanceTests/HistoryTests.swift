import Columnar
import Core
import Delta
import LakeJobs
import LakeSupport
import Maintenance
import TestSupport
import Testing

/// What the history of a table tells, and in which rows two of its versions differ.
@Suite struct HistoryTests {
  private let lake: TestLake

  init() throws { lake = try TestLake.kept() }

  private func history(
    _ name: String, _ change: (inout TableHistory.Choice) -> Void = { _ in }
  ) throws -> [HistoryCommit] {
    var choice = TableHistory.Choice()
    change(&choice)
    return try TableHistory(of: name, choice, in: lake.workspace()).commits
  }

  private func difference(
    _ from: Int64, _ to: Int64, key: [String], memory: Int = 512 << 20
  ) throws -> (TableDifference.Counts, [String]) {
    let table = try lake.workspace().maintainedTable(named: "silver.sales").table
    let difference = try TableDifference(
      from: #require(try table.snapshot(at: .version(from))),
      to: #require(try table.snapshot(at: .version(to))), keyedBy: key,
      lake.context(memoryLimit: memory))
    var rows: [String] = []
    let counts = try difference.forEachRow { row in
      switch row {
      case .added(let row): rows.append("+\(row.columns[0].sparkText(at: 0))")
      case .removed(let row): rows.append("-\(row.columns[0].sparkText(at: 0))")
      case .changed(_, let row, let columns):
        rows.append("~\(row.columns[0].sparkText(at: 0)) \(columns)")
      }
    }
    return (counts, rows)
  }

  @Test func `each commit tells its rows in and out, and what it read`() throws {
    let commits = try history("silver.sales")
    #expect(commits.map(\.version) == [1, 0])
    #expect(commits[0].added.rowCount == 3)
    #expect(commits[0].removed.rowCount == 2)
    #expect(commits[0].runID == "\(RunID(naming: "second"))")
    #expect(commits[0].reasons == ["flow sales_flow read bronze.till up to file 2"])
    #expect(commits[1].removed.fileCount == 0)
  }

  @Test func `the last commits tell of rows that came before them`() throws {
    let commits = try history("silver.sales") { $0.count = 1 }
    #expect(commits.map(\.removed.rowCount) == [2])
    #expect(try history("silver.sales") { $0.sinceVersion = 1 }.map(\.version) == [1])
    #expect(try history("silver.sales") { $0.sinceTime = .ofTests }.count == 2)
  }

  @Test func `a bronze table has a history too`() throws {
    let commits = try history("bronze.till")
    #expect(commits.map(\.version) == [1, 0])
    #expect(commits.map(\.added.rowCount) == [2, 2])
    #expect(commits[0].operation == "ingest-pos")
  }

  @Test(arguments: [512 << 20, 1 << 20])
  func `rows are told apart by their key`(_ memory: Int) throws {
    let (counts, rows) = try difference(0, 1, key: ["id"], memory: memory)
    #expect(rows == ["~b [1, 3]", "+c"])
    #expect(counts.changedByColumn == [1: 1, 3: 1])
    #expect(try difference(1, 0, key: ["id"]).1 == ["~b [1, 3]", "-c"])
    #expect(try difference(1, 1, key: ["id"]).0.isEmpty)
  }

  @Test func `without a key whole rows are compared, as many as there are`() throws {
    let (counts, rows) = try difference(0, 1, key: [])
    #expect(rows.sorted() == ["+b", "+c", "-b"])
    #expect(counts.changed == 0)
  }

  @Test func `the key of a dataset is that of its flow`() throws {
    let jobs = try lake.workspace().jobs
    #expect(jobs.key(of: LakeTableName(schema: "silver", name: "sales")) == ["id"])
    #expect(jobs.key(of: LakeTableName(schema: "gold", name: "daily")) == nil)
  }

  @Test func `a table that is not there is told, with one that is like it`() throws {
    #expect(throws: Fault.self) { try history("silver.nonsense") }
    do {
      _ = try lake.workspace().maintainedTable(named: "silver.sale")
    } catch let fault as Fault {
      #expect(fault.kind == .missing)
      #expect(fault.remedy == "did you mean 'silver.sales'?")
    }
  }
}
