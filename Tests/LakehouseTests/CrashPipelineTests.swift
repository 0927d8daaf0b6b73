import Columnar
import Core
import Database
import Engine
import Glibc
import Lakehouse
import TestSupport
import Testing
import WarehouseJobs

/// The whole way from a till's file to the warehouse, stopped at every step that the file system
/// takes: the next run finishes the work, and no row is lost or doubled.
///
/// All steps are tried with `make soak`, else one in some.
@Suite struct CrashPipelineTests {
  private static let isThorough = getenv("SOAK_RUNS") != nil

  /// What a run leaves that others see.
  private struct Outcome: Equatable {
    var bronze: [String]
    var silver: [String]
    var quarantine: [String]
    var gold: [String]
    var facts: [String]
  }

  private struct Site {
    let jobs: SampleJobs

    init() throws {
      jobs = try SampleJobs()
      let lines = (0..<6).map { number in
        #"{"id":"\#(number)","at":"2026-03-0\#(1 + number % 3)T09:00:00Z","store":"S","#
          + #""amount":"\#(number == 4 ? "x" : "\(number).50")","email":"e"}"#
      }
      try jobs.folder.write(
        "landing/pos/day.ndjson", lines.map { $0 + "\n" }.joined() + "no event\n")
    }

    /// Does all the tools' work, as a process of its own would.
    func run(_ files: any FileSystem, named name: String) throws {
      let lake = Lake(
        root: jobs.lake.root, fileSystem: files, clock: jobs.lake.clock,
        runID: RunID(naming: name))
      let workspace = try Workspace(lake: lake, jobsFolder: jobs.folder.file("jobs"))
      let contract = try workspace.contract(system: "pos", entity: "till", at: Place("x"))
      let ingest = EventIngest(
        lake: lake, contract: contract, tool: "ingest-pos", requiredFields: ["id"],
        rejectLimit: 0.5, threadCount: 1)
      _ = try ingest.take([.file(jobs.folder.file("landing/pos/day.ndjson"))])
      let context = QueryContext(
        clock: lake.clock, threadCount: 1, spillDirectory: jobs.folder.file("spill"))
      for schema in ["silver", "gold"] {
        let layer = LayerRun(workspace, schema: schema, context: context, isFullRefresh: false)
        for dataset in try layer.datasets(named: []) {
          try layer.refresh(dataset) { report in
            _ = try RunRecorder(lake: lake, tool: "test").record(report)
          }
        }
      }
      let star = LayerRun(workspace, schema: "warehouse", context: context, isFullRefresh: false)
      for part in [StarLoad.Role.dimension, .fact] {
        let load = StarLoadRun(
          workspace, into: try SQLiteConnection(jobs.folder.file("warehouse.db"), .create),
          siteKey: [1, 2, 3], context: context, isFullRefresh: false)
        _ = try load.run(try star.datasets(named: []).filter { StarLoad.isPart($0, part) })
      }
    }

    func outcome() throws -> Outcome {
      Outcome(
        bronze: try rows("SELECT id AS t FROM bronze.till"),
        silver: try rows("SELECT concat_ws(' ', id, amount) AS t FROM silver.sales"),
        quarantine: try rows(
          "SELECT raw AS t FROM quarantine.sales UNION ALL SELECT raw FROM quarantine.till"),
        gold: try rows("SELECT concat_ws(' ', day, store, net) AS t FROM gold.daily"),
        facts: try rows("SELECT concat_ws(' ', day, store_key, net) AS t FROM warehouse.fact_day"))
    }

    private func rows(_ query: String) throws -> [String] {
      let catalog = LakeCatalog(lake: jobs.lake, jobs: try jobs.workspace.jobs)
      catalog.showWarehouse(at: jobs.folder.file("warehouse.db"))
      let runner = QueryRunner(catalog: catalog, context: QueryContext(clock: jobs.lake.clock))
      return try runner.table(query, name: "test").batches.flatMap { batch in
        (0..<batch.rowCount).map { row in
          if case .string(let text) = batch.scalars(at: row)[0] { text } else { "" }
        }
      }.sorted()
    }
  }

  @Test(arguments: [FaultyFileSystem.Mode.fail, .full, .kill, .killLosingNames])
  func `stopped at any step, the next run leaves what one run leaves`(
    mode: FaultyFileSystem.Mode
  ) throws {
    let calm = try Site()
    let counting = FaultyFileSystem()
    try calm.run(counting, named: "calm")
    let expected = try calm.outcome()
    #expect(expected.bronze.count == 6 && expected.silver.count == 5)
    #expect(expected.quarantine.count == 2 && expected.facts.count == 3)
    #expect(counting.stepCount > 50)
    let stride = Self.isThorough ? 1 : 9
    let first = Int.random(in: 1...stride)
    for step in Swift.stride(from: first, through: counting.stepCount, by: stride) {
      let site = try Site()
      _ = try? site.run(FaultyFileSystem(faultAt: step, mode), named: "stopped")
      try site.run(LocalFileSystem(), named: "again")
      #expect(try site.outcome() == expected, "\(mode), step \(step)")
    }
  }
}
