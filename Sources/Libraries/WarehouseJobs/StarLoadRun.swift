import Core
package import Database
package import Engine
package import LakeJobs
import LakeQuery
package import Warehouse

/// One run of `load-dims` or `load-facts`: all its tables in one transaction.
package struct StarLoadRun {
  private let workspace: Workspace
  /// One for all tables, so that they read one state of the lake.
  private let catalog: LakeCatalog
  private let context: QueryContext
  private let isFullRefresh: Bool
  private let load: WarehouseLoad

  /// `siteKey` is the secret behind keyed hashes, `makeSiteKey` makes one where there is none.
  package init(
    _ workspace: Workspace, into database: SQLiteConnection, siteKey: [UInt8]?,
    makeSiteKey: SiteKeyMaker? = nil, context: QueryContext, isFullRefresh: Bool
  ) {
    self.workspace = workspace
    catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    self.context = context
    self.isFullRefresh = isFullRefresh
    load = WarehouseLoad(
      into: database, run: "\(workspace.lake.runID)", context.clock, siteKey: siteKey,
      makeSiteKey: makeSiteKey)
  }

  /// Loads `datasets` in this order; gives the reports once everything is committed.
  package func run(_ datasets: [Dataset]) throws -> [CommitReport] {
    var reports: [CommitReport] = []
    for dataset in datasets {
      if let report = try step(dataset).run() { reports.append(report) }
    }
    let step = workspace.lake.steps.begin()
    try load.commit()
    if load.hasBegun { step.end("the warehouse: all loads committed") }
    return reports
  }

  /// What `run` would do, a sentence a table.
  package func plan(_ datasets: [Dataset]) throws -> [String] {
    try datasets.compactMap { try step($0).plan() }
  }

  private func step(_ dataset: Dataset) throws -> StarLoad {
    try StarLoad(
      dataset, workspace, catalog, into: load, context: context, isFullRefresh: isFullRefresh)
  }
}
