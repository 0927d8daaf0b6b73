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
  ) throws -> (catalog: any Catalog, views: [ViewSyntax], reads: LabelledReads) {
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
    guard let role, let workspace else { return (catalog, views, try reads(jobs, console)) }
    try workspace.jobs.checkSettings()
    let bound = try BoundJobs(workspace, complete: StarLineage.complete)
    let book = try LabelBook(bound, of: workspace.jobs)
    let sight = try RoleSight(
      role, account: accountName(),
      key: try Secret.value(of: RoleSight.keyName, in: "\(lake.lake)/_secrets"), workspace, book)
    return (sight.catalog(over: catalog, context), views, LabelledReads(sight, book))
  }

  /// What is to be recorded of what is shown to somebody who is in no role. Who can read the files
  /// needs no tool: where labels cannot be told, or nothing can be written, that is said, and the
  /// query is answered.
  private func reads(_ jobs: JobFolder?, _ console: Console) throws -> LabelledReads {
    guard jobs?.labels != nil else { return LabelledReads(nil, nil) }
    guard console.mayWrite(in: lake.lake) else {
      console.note("\(lake.lake) may not be written: what is read is not recorded")
      return LabelledReads(nil, nil)
    }
    do {
      let workspace = try Workspace(
        lake: lake.lakehouse(console), jobsFolder: lake.jobs, needing: .readable)
      let book = try LabelBook.of(workspace) {
        try BoundJobs(workspace, complete: StarLineage.complete)
      }
      return LabelledReads(nil, book)
    } catch let fault as Fault where fault.kind == .configuration {
      console.note("what is read is not recorded, since labels cannot be told: \(fault)")
      return LabelledReads(nil, nil)
    }
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
