import Bronze
import Columnar
package import Core
package import Engine
package import Ingest
package import LakeJobs
package import LakeQuery
import Lakehouse
import Refresh
import Sealing
package import TestSupport

// LakeSupport: what the tests of the lake's rooms build on, above TestSupport, which knows no lake.
//
// `TestLake` is a lake in a folder of its own: it writes job files, gives the workspace that a run
// sees, brings tables up to date and asks them. `TestLake.sample()` is a small business in one,
// `TillObserver` one whose events carry numbers.

/// A lake in a folder of its own, with its job files: what a test of the lake builds on.
///
/// All runs take place at `Timestamp.ofTests`. Where a run may go wrong, or is told from another, a
/// method takes the file system that it works on and the run's name.
package struct TestLake: Sendable {
  /// The folder of the job folder `jobs`, the lake `lake` and whatever a test writes.
  package let folder = Workdir()

  /// A lake with nothing in it: `setup` declares its bronze tables, `jobs` holds job files by name,
  /// such as `silver/sales.sql`.
  package init(setup: String = "CREATE SCHEMA bronze;\n", jobs: [String: String] = [:]) throws {
    try write(
      "spark-pipeline.yml",
      """
      name: test
      libraries:
        - glob: {include: silver/**}
        - glob: {include: gold/**}
        - glob: {include: warehouse/**}
      """)
    try write("setup.sql", setup)
    for (name, text) in jobs { try write(name, text) }
  }

  /// Writes a file of the job folder.
  package func write(_ jobFile: String, _ text: String) throws {
    try folder.write("jobs/\(jobFile)", text)
  }

  /// The text of a file of the job folder.
  package func read(_ jobFile: String) throws -> String { try folder.read("jobs/\(jobFile)") }

  // MARK: Runs

  /// The lake as a run sees it.
  package func opened(
    _ files: any FileSystem = LocalFileSystem(), run: String = "run"
  ) -> Lake {
    Lake(
      root: folder.file("lake"), fileSystem: files, clock: .ofTests, runID: RunID(naming: run),
      keys: hasKeys
        ? KeyStore(
          ofLake: folder.file("lake"), files, KeyFolder(keyFolder, LocalFileSystem())) : nil)
  }

  /// The lake and the job files as they are now, as a run sees them.
  package func workspace(
    _ files: any FileSystem = LocalFileSystem(), run: String = "run"
  ) throws -> Workspace {
    try Workspace(lake: opened(files, run: run), jobsFolder: folder.file("jobs"))
  }

  /// Where the master keys are of a lake in which something is sealed.
  package var keyFolder: String { folder.file("keys") }

  /// Gives the lake a master key, the first or the next; later runs have it.
  package func makeKey() throws { _ = try KeyFolder(keyFolder, LocalFileSystem()).makeKey() }

  private var hasKeys: Bool { (try? LocalFileSystem().exists(keyFolder)) ?? false }

  /// What a query may take of the machine.
  package func context(memoryLimit: Int = 512 << 20, threadCount: Int = 2) -> QueryContext {
    QueryContext(
      clock: .ofTests, memoryLimit: memoryLimit, threadCount: threadCount,
      spillDirectory: folder.file("spill"))
  }

  /// The contract of a bronze table.
  package func contract(_ table: String) throws -> BronzeContract {
    try workspace().contract(named: table)
  }

  /// The way of lines into the bronze table `table`.
  package func eventIngest(
    into table: String, requiring fields: [String] = EventIngest.envelope, rejectLimit: Double = 1,
    threadCount: Int = 2, fileByteCount: Int = 64 << 20,
    _ files: any FileSystem = LocalFileSystem(), run: String = "run"
  ) throws -> EventIngest {
    let workspace = try workspace(files, run: run)
    return EventIngest(
      lake: workspace.lake, contract: try workspace.contract(named: table), tool: "ingest-pos",
      requiredFields: fields, rejectLimit: rejectLimit, threadCount: threadCount,
      fileByteCount: fileByteCount)
  }

  /// Brings all datasets of `schemas` up to date, in this order; what the commits did.
  @discardableResult
  package func refresh(
    _ schemas: [String] = ["silver"], isFull: Bool = false, _ context: QueryContext? = nil,
    _ files: any FileSystem = LocalFileSystem(), run: String = "run"
  ) throws -> [CommitReport] {
    let workspace = try workspace(files, run: run)
    var reports: [CommitReport] = []
    for schema in schemas {
      let layer = LayerRun(
        workspace, schema: schema, context: context ?? self.context(), isFullRefresh: isFull)
      let datasets = try layer.choice.datasets(named: [])
      for (number, dataset) in datasets.enumerated() {
        try layer.refresh(dataset, before: datasets.dropFirst(number + 1)) { reports.append($0) }
      }
    }
    return reports
  }

  /// Replays what was set aside of `table`, each row with the text that `mend` makes of its own;
  /// those of which it makes none are left. How many rows were taken.
  @discardableResult
  package func replay(
    _ table: String, _ files: any FileSystem = LocalFileSystem(), run: String = "replay",
    mend: (_ text: String, _ isReplayed: Bool) -> String?
  ) throws -> Int {
    let quarantine = try workspace(files, run: run).quarantine(named: table)
    var rows: [ReplayRequest] = []
    try quarantine.forEachRow { row, isReplayed in
      guard let mended = mend(String(decoding: row.raw, as: UTF8.self), isReplayed) else { return }
      rows.append(ReplayRequest(row, raw: Array(mended.utf8)))
    }
    return try quarantine.replay(
      rows, .init(by: "a person", why: "a test"), tool: "quarantine", threads: 2
    ).count
  }

  // MARK: Looking

  /// The names that a query sees.
  package func catalog() throws -> LakeCatalog {
    let workspace = try workspace()
    return LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
  }

  /// The rows of a query, sorted: each as the texts of its values with bars between.
  package func rows(_ sql: String, over catalog: LakeCatalog? = nil) throws -> [String] {
    try orderedRows(sql, over: catalog).sorted()
  }

  /// The rows of a query in the order in which it gives them.
  package func orderedRows(_ sql: String, over catalog: LakeCatalog? = nil) throws -> [String] {
    let runner = QueryRunner(catalog: try catalog ?? self.catalog(), context: context())
    return try runner.table(sql, name: "test").batches.flatMap { batch in
      (0..<batch.rowCount).map { row in
        batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
          .joined(separator: "|")
      }
    }
  }
}
