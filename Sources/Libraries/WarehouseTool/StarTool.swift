import Audit
package import Core
import Database
package import LakeJobs
import LakeTool
package import UnixTool
package import Warehouse
package import WarehouseJobs

// WarehouseTool: what the tools that fill the warehouse have in common, between the command line
// (LakeTool) and the loads (WarehouseJobs), which do not know each other.
//
// Begin with `StarTool`. It stands apart from LakeTool so that tools without a warehouse need not
// load the database's library at each start. How tables are loaded is not known here.

/// A tool that loads one part of the star schema: it names the part and declares the options, the
/// run is the same for all.
package protocol StarTool: MedallionTool {
  /// Dimensions or facts.
  static var part: StarLoad.Role { get }
  /// Where the lake is.
  var lake: LakeOptions { get }
  /// Where the warehouse is.
  var warehouse: WarehouseOption { get }
  /// Whether it is only said what would be done.
  var trial: DryRunOption { get }
  /// Whether all rows are delivered anew.
  var fullRefresh: Bool { get }
  /// Whether a server is made ready, instead of a load.
  var setup: Bool { get }
  /// The sealed periods of facts that may change; nil when none may.
  var reopening: Reopening? { get throws }
  /// Operands: tables, or `-`.
  var tables: [String] { get }
}

extension StarTool {
  package var setup: Bool { false }
  package var reopening: Reopening? { nil }

  package func run(_ console: Console) throws { try refresh(console) }

  package func needs(_ console: Console) throws -> Needs { try loadNeeds(console) }

  /// What a load of the tables that the operands name would touch, or with `setup` that.
  package func loadNeeds(_ console: Console) throws -> Needs {
    let place = try warehousePlace
    if setup {
      var needs = Needs()
      try needs.add(.write, place)
      return needs
    }
    var found = try LakeNeeds(lake, console, isTrial: trial.dryRun)
    let operands = tables == ["-"] ? [] : tables
    for dataset in try wanted(operands, found.workspace, console) {
      for input in found.workspace.jobs.inputs(of: dataset) { found.read(input) }
      for member in dataset.lookedUpTables { found.read(member) }
      found.add { $0.add(trial.dryRun ? .read : .write, table: "\(dataset.name)") }
    }
    try found.add { needs in
      try needs.add(trial.dryRun ? .read : .write, place)
      needs.add(trial.dryRun ? .read : .write, path: "\(lake.lake)/_secrets")
    }
    found.tell()
    if try fullRefresh || reopening != nil { found.record() }
    return found.needs
  }

  /// Where the options say that the warehouse is.
  package var warehousePlace: WarehousePlace {
    get throws { try warehouse.warehousePlace(inLake: lake.lake) }
  }

  /// Brings the tables that the operands name up to date.
  package func refresh(_ console: Console) throws {
    let place = try warehousePlace
    if setup { return try setUp(place, console) }
    let workspace = try lake.workspace(console, needing: .layer("warehouse"))
    let wanted = try wanted(tables, workspace, console)
    let files = workspace.lake.fileSystem
    let secret = (name: "warehouse-hash-key", folder: "\(lake.lake)/_secrets")
    let database: any LoadingConnection
    var siteKey: [UInt8]?
    if trial.dryRun {
      database = try place.openedToPlan(files)
    } else {
      database = try place.openedToLoad(files)
      siteKey = try Secret.value(of: secret.name, in: secret.folder)
    }
    let run = StarLoadRun(
      workspace, into: database, siteKey: siteKey,
      makeSiteKey: { () throws(Fault) in try Secret.made(secret.name, in: secret.folder) },
      context: lake.queryContext(console), isFullRefresh: fullRefresh, reopening: try reopening)
    let listener = StarLoadRun.Listener(say: console.say) { console.fail($0) }
    if trial.dryRun {
      for plan in try run.plan(wanted, listener) { try console.write(plan) }
    } else {
      let reports = try lake.audit(console).recording(try entries(for: wanted)) {
        try run.run(wanted, listener)
      }
      for report in reports { try console.publish(report, in: workspace.lake) }
    }
  }

  /// What the audit record is told of a load before it begins: nothing of most.
  private func entries(for datasets: [Dataset]) throws -> [AuditEntry] {
    let refreshed =
      fullRefresh ? datasets.map { lake.entry("refresh.full", "\($0.name)") } : []
    guard let reopening = try reopening else { return refreshed }
    return refreshed
      + reopening.periods.map { lake.entry("reopen", $0, why: reopening.why) }
  }

  /// Makes a server's database ready and prints what that took, or would take.
  private func setUp(_ place: WarehousePlace, _ console: Console) throws {
    let setup = ServerSetup(of: try place.openedToSetUp())
    let statements = try setup.statements()
    if !trial.dryRun { try setup.run(statements) }
    for statement in statements { try console.write("\(statement);") }
  }

  /// The tables of this part that `tables` name, or all; `.usage` when one is of the other part.
  package func wanted(
    _ tables: [String], _ workspace: Workspace, _ console: Console
  ) throws(Fault) -> [Dataset] {
    let choice = DatasetChoice(among: workspace.jobs, schema: "warehouse")
    let chosen = try console.datasets(tables, of: choice)
    if tables != ["-"], !tables.isEmpty {
      for dataset in chosen {
        guard let other = StarLoad.Role.allCases.first(where: { StarLoad.isPart(dataset, $0) }),
          other != Self.part
        else { continue }
        throw Fault(
          .usage,
          "'\(dataset.name)' is a \(other.rawValue), which \(Self.manual.name) does not load",
          remedy: "say '\(other.tool) \(dataset.name.name)'")
      }
    }
    return chosen.filter { StarLoad.isPart($0, Self.part) }
  }
}

extension StarLoad.Role {
  /// The tool that loads tables of this role.
  fileprivate var tool: String {
    switch self {
    case .dimension: "load-dims"
    case .fact: "load-facts"
    }
  }
}
