import Columnar
package import Core
package import Database
package import Engine
package import LakeJobs
import LakeQuery
import Refresh
package import Warehouse

/// One run of `load-dims` or `load-facts`: all its tables in one transaction.
package struct StarLoadRun {
  private let workspace: Workspace
  /// One for all tables, so that they read one state of the lake.
  private let catalog: LakeCatalog
  private let context: QueryContext
  private let isFullRefresh: Bool
  private let load: WarehouseLoad
  /// What kind of database the tables are in, for lineage.
  private let fileFormat: String
  private let labels: LabelledJobs

  /// `siteKey` is the secret behind keyed hashes, `makeSiteKey` makes one where there is none.
  package init(
    _ workspace: Workspace, into database: any LoadingConnection, siteKey: [UInt8]?,
    makeSiteKey: SiteKeyMaker? = nil, context: QueryContext, isFullRefresh: Bool,
    reopening: Reopening? = nil
  ) {
    self.workspace = workspace
    labels = LabelledJobs(workspace, stored: WarehouseTable.columns)
    catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    self.context = context
    self.isFullRefresh = isFullRefresh
    fileFormat = "\(database.dialect)"
    load = WarehouseLoad(
      into: database, run: "\(workspace.lake.runID)", context.clock, siteKey: siteKey,
      makeSiteKey: makeSiteKey, endsAbsentMembers: isFullRefresh, reopening: reopening)
  }

  /// Who is told of what a run meets.
  package struct Listener {
    /// What people should know though all is well.
    package let say: (String) -> Void
    /// What is wrong with one table; the others are loaded.
    package let fail: (Fault) -> Void

    package init(say: @escaping (String) -> Void, fail: @escaping (Fault) -> Void) {
      self.say = say
      self.fail = fail
    }
  }

  /// Loads `datasets` in this order; gives the reports once everything is committed. What is wrong
  /// with the rows or the job of one table stops that table only.
  package func run(_ datasets: [Dataset], _ listener: Listener) throws -> [CommitReport] {
    var reports: [CommitReport] = []
    try load.renew()
    for dataset in datasets {
      try alone(dataset, listener) {
        if let report = try table(dataset, listener).run() { reports.append(report) }
      }
    }
    let step = workspace.lake.steps.begin()
    try load.commit()
    if load.hasBegun { step.end("the warehouse: all loads committed") }
    return reports
  }

  /// What `run` would do, a sentence a table.
  package func plan(_ datasets: [Dataset], _ listener: Listener) throws -> [String] {
    var plans: [String] = []
    for dataset in datasets {
      try alone(dataset, listener) {
        if let plan = try table(dataset, listener, isTrial: true).plan() { plans.append(plan) }
      }
    }
    return plans
  }

  /// Does the work of one table; what is wrong with that table alone is told, and no more.
  private func alone(
    _ dataset: Dataset, _ listener: Listener, _ work: () throws -> Void
  ) throws {
    do {
      try work()
    } catch let fault as Fault where fault.kind.isOfOneTable {
      listener.fail(workspace.jobs.told(fault, of: dataset, workspace.lake.fileSystem))
    }
  }

  private func table(
    _ dataset: Dataset, _ listener: Listener, isTrial: Bool = false
  ) throws -> StarLoad {
    try labels.check(dataset, isDue: true, isTrial: isTrial)
    return try StarLoad(
      dataset, workspace, catalog, into: load, as: fileFormat, context: context,
      isFullRefresh: isFullRefresh, say: listener.say)
  }
}

extension WarehouseTable {
  /// The columns of a view's rows that stand in the table it is loaded into; nil where all do.
  fileprivate static func columns(
    of dataset: Dataset, _ schema: Schema
  ) throws(Fault) -> [String]? {
    let table = try WarehouseTable(
      dataset.name.name,
      properties: Dictionary(
        dataset.properties.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
      schema: schema, at: dataset.place)
    return table.fact?.stored.map(\.name)
  }
}

extension Fault.Kind {
  /// Whether the fault lies with the rows or the job of a table, not with the machine, the
  /// warehouse as a whole, or us.
  fileprivate var isOfOneTable: Bool {
    switch self {
    case .verdict, .configuration, .data, .missing: true
    case .usage, .internal, .cannotCreate, .io, .temporary, .denied: false
    }
  }
}
