import Audit
import Core
import LakeJobs
import LakeTool
import Stewardship
import UnixTool
import WarehouseJobs

/// Answers what is asked of the catalog.
struct CatalogDesk {
  let catalog: TableCatalog
  let lake: LakeOptions
  let workspace: Workspace
  let choice: CatalogOptions
  let report: ReportOptions
  let names: [String]
  let console: Console
  let log: CatalogLog

  init(
    _ lake: LakeOptions, warehouse: WarehousePlace, _ choice: CatalogOptions,
    _ report: ReportOptions, _ names: [String], _ console: Console, takesSamples: Bool
  ) throws {
    self.lake = lake
    workspace = try lake.workspace(console, needing: .readable)
    log = CatalogLog(lake: workspace.lake.root, files: workspace.lake.fileSystem)
    self.choice = choice
    self.report = report
    self.names = names
    self.console = console
    var options = CatalogGatherer.Options()
    options.warehouse = warehouse
    if takesSamples { options.samples = lake.queryContext(console) }
    catalog = try CatalogGatherer(workspace, options) { console.warn($0) }.catalog()
  }

  private func only(_ what: String) throws(Fault) -> String {
    guard let name = names.first, names.count == 1 else {
      throw Fault(.usage, "it is not said of what", remedy: "name \(what)")
    }
    return name
  }

  /// A table or a column with all that is known of it; or a term.
  func show() throws -> String {
    let name = try only("one table, a column of one, or a term")
    if let term = catalog.glossary.term(called: name) {
      return try TermReport(term, catalog).text(report)
    }
    let found = try catalog.find(name)
    return try EntryReport(found.entry, column: found.column, catalog).text(report)
  }

  /// What speaks of words.
  func search() throws -> String {
    guard !names.isEmpty else {
      throw Fault(
        .usage, "no word is given", remedy: "give one, or several that all must stand there")
    }
    let search = CatalogSearch(names, in: catalog)
    guard !search.hits.isEmpty else {
      throw Fault(
        .missing, "nothing speaks of '\(names.joined(separator: " "))'",
        remedy: "give fewer words, or parts of them")
    }
    return SearchReport(search, limit: choice.limit).text(report)
  }

  /// What is not said though it should be; throws when the policy forbids that.
  func check() throws {
    let policy = try CatalogPolicy(
      jobs: workspace.jobs.path, fileSystem: workspace.lake.fileSystem)
    let entries = try names.map { try catalog.find($0).entry.name }
    let check = CatalogCheck(catalog, policy, only: Set(entries))
    try console.output.write(CheckReport(check, catalog).text(report))
    guard check.failed else { return }
    let count = check.findings.count { $0.level == .error }
    throw Fault(
      .verdict, "\(counted(count, "thing")) \(count == 1 ? "is" : "are") not said that must be",
      remedy: "say them, or change \(workspace.jobs.path)/\(CatalogPolicy.fileName)")
  }

  /// What appeared, changed and vanished.
  func difference() throws -> String {
    guard let since = choice.since else {
      throw Fault(
        .usage, "it is not said since when", remedy: "give --since a time, or a look by its number")
    }
    let moment: CatalogDifference.Moment =
      switch since {
      case .version(let version): .version(version)
      case .time(let time): .time(time)
      }
    return DifferenceReport(try CatalogDifference(catalog, try log.commits(), since: moment))
      .text(report)
  }

  /// Says that tables are gone for good, and writes that down.
  func drop(by: String) throws {
    guard !names.isEmpty else {
      throw Fault(.usage, "it is not said what is gone", remedy: "name tables")
    }
    guard let why = choice.why, !why.isEmpty else {
      throw Fault(.usage, "it is not said why", remedy: "give --why TEXT, which is kept")
    }
    let seen = catalog.look.changes(since: catalog.memory)
    let drops = try CatalogRemoval.changes(names, by: by, why: why, in: catalog)
    let entries = drops.map { lake.entry("drop", $0.name, [("by", by)], why: why) }
    try lake.audit(console).recording(entries) { try record(seen + drops) }
    for drop in drops { try console.write("\(drop.name): dropped") }
  }

  /// Writes down what happened since the last look; nothing where nothing did.
  func record(_ changes: [CatalogChange]) throws {
    guard !changes.isEmpty else { return }
    try log.append(
      changes, after: catalog.memory.version, at: workspace.lake.clock.now,
      run: "\(workspace.lake.runID)")
  }
}
