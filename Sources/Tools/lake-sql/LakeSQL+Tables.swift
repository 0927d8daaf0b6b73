import Core
import Engine
import LakeJobs
import LakeQuery
import LakeTool
import Lakehouse
import UnixTool
import WarehouseJobs
import WarehouseTool

extension LakeSQL {
  /// The tables and views that queries may name: all, or as the role may see them.
  func tables(
    _ warehouse: WarehousePlace, _ context: QueryContext, _ console: Console
  ) throws -> (catalog: any Catalog, views: [ViewSyntax]) {
    let role = try eyes.chosen(lake, options, place)
    let workspace = try role.map { _ in try lake.workspace(console, needing: .readable) }
    let lakehouse = workspace?.lake ?? lake.lakehouse(console)
    let jobs = try workspace?.jobs ?? jobs(of: lakehouse, console)
    let catalog = LakeCatalog(lake: lakehouse, jobs: jobs)
    catalog.currentUser = accountName()
    try catalog.read(
      version: state.asOf?.version, time: state.asOf?.time, now: console.clock.now)
    catalog.unknownTableRemedy = "see which there are: lake-sql 'SHOW TABLES'"
    catalog.note = { console.say($0) }
    catalog.defaultSchema = "warehouse"
    catalog.showWarehouse(at: warehouse)
    let views = jobs?.viewSyntax ?? []
    guard let role, let workspace else { return (catalog, views) }
    try workspace.jobs.checkSettings()
    let bound = try BoundJobs(workspace, complete: StarLineage.complete)
    let sight = try RoleSight(
      role, account: accountName(),
      key: try Secret.value(of: RoleSight.keyName, in: "\(lake.lake)/_secrets"), workspace,
      try LabelBook(bound, of: workspace.jobs))
    return (sight.catalog(over: catalog, context), views)
  }

  /// The job files, where there are any; when they are wrong, what they declare is unknown here.
  /// Settings that cannot be obeyed are never passed over: answers would be others.
  func jobs(of lakehouse: Lake, _ console: Console) throws -> JobFolder? {
    if lake.jobs == "jobs", try !lakehouse.fileSystem.exists(lake.jobs) { return nil }
    let jobs: JobFolder
    do {
      jobs = try JobFolder(lake.jobs, lake: lakehouse, needing: .readable)
    } catch let fault as Fault where fault.kind == .configuration || fault.kind == .missing {
      console.warn(fault)
      return nil
    }
    try jobs.checkSettings()
    for fault in jobs.faults { console.warn(fault) }
    return jobs
  }
}
