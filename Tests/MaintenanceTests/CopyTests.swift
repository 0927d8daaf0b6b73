import Core
import Delta
import LakeJobs
import LakeSupport
import Maintenance
import TestSupport
import Testing

/// A shallow copy shares the files of its table, and they stay as long as it is there.
@Suite struct CopyTests {
  private let lake: TestLake

  init() throws { lake = try TestLake.kept() }

  private func copy(_ moment: Table.Moment, _ name: String = "try") throws -> Table {
    let workspace = try lake.workspace(after: 1, run: "copy \(name)")
    let place = lake.folder.file(name)
    _ = try TableCopies.make(
      of: workspace.maintainedTable(named: "silver.sales"), at: moment, place: place,
      in: workspace.lake)
    return Table(place, LocalFileSystem())
  }

  private func vacuum(after days: Int64) throws -> VacuumPlan {
    let workspace = try lake.workspace(after: days)
    let rules = VacuumRules(
      holds: try Holds(of: workspace.lake), readers: try TableReaders(workspace))
    let vacuum = Vacuum(workspace, rules, trashSpan: .zero)
    let table = try workspace.maintainedTable(named: "silver.sales")
    _ = try vacuum.clear(table)
    return try #require(try vacuum.clear(table)).plan
  }

  private func rows(_ table: Table) throws -> [String] {
    try lake.rows("SELECT id, amount FROM delta.`\(table.path)`")
  }

  @Test func `a copy has the rows of its version, whatever becomes of the table`() throws {
    let old = try lake.sales(at: 0)
    let table = try copy(.version(0))
    #expect(try rows(table) == old)
    #expect(try lake.files(below: "../try").allSatisfy { $0.hasPrefix("_delta_log/") })
    let kept = try vacuum(after: 60).kept
    #expect(kept.contains { $0.why.hasPrefix("shared with the copy at /") })
    #expect(try rows(table) == old)
    // What it changes is its own.
    try table.update(
      CommitContext(
        engine: "test", operation: "DELETE", runID: "x", clock: Clock(now: .ofTests))
    ) { change in
      for file in change.snapshot?.files ?? [] { change.remove(file) }
    }
    #expect(try rows(table).isEmpty)
    #expect(try lake.sales() == ["a|1.00", "b|2.50", "c|3.00"])
  }

  @Test func `files of a copy that is gone go too`() throws {
    let table = try copy(.version(0))
    let log = "\(table.path)/_delta_log/00000000000000000000.json"
    try LocalFileSystem().remove(log)
    #expect(try vacuum(after: 60).kept.isEmpty)
    #expect(throws: Fault.self) { try lake.sales(at: 0) }
  }

  @Test func `a copy lies where nothing lies`() throws {
    _ = try copy(.latest)
    let fault = #expect(throws: Fault.self) { try copy(.latest) }
    #expect(fault?.kind == .cannotCreate)
    #expect(throws: Fault.self) { try copy(.version(7), "other") }
  }
}
