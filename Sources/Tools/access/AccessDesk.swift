import Access
import Columnar
import Core
import LakeJobs
import LakeTool
import Lakehouse
import Stewardship
import UnixTool
import WarehouseJobs
import WarehouseTool

/// Answers what is asked of a policy.
struct AccessDesk {
  let tool: AccessTool
  let console: Console
  let workspace: Workspace
  let labels: WarehouseLabels
  let warehouse: WarehousePlace
  let day: CivilDate

  init(_ tool: AccessTool, _ console: Console) throws {
    self.tool = tool
    self.console = console
    workspace = try tool.lake.workspace(console, needing: .readable)
    warehouse = try tool.place.warehousePlace(inLake: tool.lake.lake)
    labels = WarehouseLabels(
      try BoundJobs(workspace, complete: StarLineage.complete), workspace.jobs)
    day = console.clock.now.date
  }

  /// The policy of the job folder.
  func policy() throws(Fault) -> AccessPolicy {
    if let policy = try AccessPolicy.read(workspace) { return policy }
    throw Fault(
      .missing, at: Place("\(workspace.jobs.path)/\(AccessPolicy.fileName)"),
      "there is no policy", remedy: "write one; jobs/README.md shows how")
  }

  func names(_ count: ClosedRange<Int>, _ what: String) throws(Fault) -> [String] {
    guard count.contains(tool.names.count) else {
      throw Fault(.usage, "it is not said of what", remedy: "name \(what)")
    }
    return tool.names
  }

  /// The table that somebody calls `text`, with or without its schema.
  func table(_ text: String) throws(Fault) -> LakeTableName {
    let known = labels.names
    if let table = LakeTableName(text), known.contains(table) { return table }
    let found = known.filter { $0.name == text.lowercased() && $0.schema != "quarantine" }
    if found.count == 1 { return found[0] }
    throw Fault(
      .missing, "there is no table '\(text)'",
      remedy: Suggestion.remedy(
        for: text, among: known.map(\.description), otherwise: "name one as SCHEMA.TABLE"))
  }

  /// The secret of masks that are hashes; made where `makes` and there is none.
  func key(makes: Bool) throws(Fault) -> MaskKey? {
    let folder = "\(tool.lake.lake)/_secrets"
    let found =
      makes
      ? try Secret.made(MaskKey.secretName, in: folder)
      : try Secret.value(of: MaskKey.secretName, in: folder)
    return found.map { MaskKey($0) }
  }

  /// All that jobs describe, as a policy is asked of it.
  var tables: [(name: LakeTableName, columns: [LabelledColumn])] {
    labels.names.filter { $0.schema != "quarantine" || isSetAside($0) }
      .map { ($0, labels.columns(of: $0) ?? []) }
  }

  /// Whether rows of the table may be set aside.
  private func isSetAside(_ name: LakeTableName) -> Bool {
    workspace.jobs.datasets.values.contains { $0.name.name == name.name && $0.maySetAside }
      || workspace.jobs.contracts.keys.contains { $0.name == name.name }
  }

  // MARK: Policies as files

  /// Who sees how much of what.
  func show() throws {
    let policy = try policy()
    let subjects = tool.names.isEmpty ? policy.roles.map(\.name) : tool.names
    for subject in subjects { try policy.check(subject: subject) }
    try console.output.write(
      SightReport(policy, subjects, tables, day: day).text(tool.report))
  }

  /// Who gains or loses what.
  func difference() throws {
    let names = try names(1...2, "the policy of before, a file or '-' for standard input")
    let policies = try names.map { (name) throws(Fault) in try read(name) }
    let new = policies.count == 2 ? policies[1] : try policy()
    let difference = PolicyDifference(
      from: policies[0], to: new, tables: tables, day: day)
    try console.output.write(DifferenceReport(difference).text(tool.report))
    guard tool.choice.fail, difference.items.contains(where: { $0.direction == .gains }) else {
      return
    }
    throw Fault(
      .verdict, "somebody sees more than before",
      remedy: "have it agreed to, or grant less")
  }

  private func read(_ name: String) throws(Fault) -> AccessPolicy {
    let limit = 16 << 20
    let path = name == "-" ? name : try FileAddress.path(name)
    let bytes = try PipeInput.bytes(of: path, limit: limit)
    return try AccessPolicy(
      bytes, path: name == "-" ? "standard input" : path, labels: workspace.jobs.labels,
      tables: nil)
  }
}
