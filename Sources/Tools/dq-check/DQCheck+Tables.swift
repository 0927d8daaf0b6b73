import Core
import LakeJobs
import LakeQuery
import LakeTool
import Lakehouse
import UnixTool
import WarehouseJobs
import WarehouseTool

extension DQCheck {
  /// The role that looks, if there is one, and what knows labels where columns that bear them are
  /// shown.
  func eyes(_ workspace: Workspace) throws -> (role: RoleSight?, book: LabelBook?) {
    func bound() throws -> BoundJobs {
      try BoundJobs(workspace, complete: StarLineage.complete)
    }
    guard let role = try sight.eyes.chosen(lake, options, place) else {
      return (nil, sight.showsLabelled ? try LabelBook.of(workspace, bound) : nil)
    }
    let book = try LabelBook(try bound(), of: workspace.jobs)
    let sight = try RoleSight(
      role, account: accountName(),
      key: try Secret.value(of: RoleSight.keyName, in: "\(lake.lake)/_secrets"), workspace, book)
    return (sight, book)
  }

  /// Whether the role may read the table of `rule`; whoever asks is told of those it may not.
  func mayRead(
    _ rule: QualityRule, _ runner: QueryRunner, _ role: RoleSight?, _ console: Console
  ) throws -> Bool {
    guard role != nil else { return true }
    do {
      _ = try runner.plan(sql: "SELECT * FROM \(rule.table)", name: "rule")
    } catch let fault as Fault where fault.kind == .denied {
      console.say("\(rule.table), '\(rule.name)' is left out: \(fault.problem)")
      return false
    } catch let fault as Fault where fault.kind == .missing {
      return true
    }
    return true
  }

  /// What asks the tables, as the role sees them if there is one.
  func runner(
    _ workspace: Workspace, _ warehouse: WarehousePlace, _ role: RoleSight?, _ console: Console
  ) throws -> QueryRunner {
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    try catalog.read(
      version: state.asOf?.version, time: state.asOf?.time, now: console.clock.now)
    catalog.showWarehouse(at: warehouse)
    let context = lake.queryContext(console)
    return QueryRunner(
      catalog: role?.catalog(over: catalog, context) ?? catalog, context: context,
      views: workspace.jobs.viewSyntax)
  }
}
