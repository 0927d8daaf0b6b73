package import Core
package import LakeJobs
package import UnixTool

/// What a call touches of a lake, as its job files tell. The lake itself is not looked at, and may
/// not be there yet.
package struct LakeNeeds {
  package let workspace: Workspace
  package private(set) var needs = Needs()
  /// Whether it is only said what would be done, so that nothing is written.
  private let isTrial: Bool
  private let root: String

  /// What every call of a tool of the lake reads.
  package init(_ options: LakeOptions, _ console: Console, isTrial: Bool = false) throws {
    workspace = try Workspace(
      lake: options.lakehouse(console), jobsFolder: options.jobs, needing: .readable)
    self.isTrial = isTrial
    root = options.lake
    needs.add(.read, path: options.jobs)
    guard let keys = options.keys else { return }
    if !keys.hasPrefix("command:") { needs.add(.read, path: keys) }
    // A run may be the first to seal something, or to meet a person.
    needs.add(isTrial ? .read : .write, path: "\(root)/_keys")
  }

  /// Adds what else the call touches.
  package mutating func add(_ body: (inout Needs) throws -> Void) rethrows { try body(&needs) }

  /// Adds a table that is read; the warehouse's own place is not among it.
  package mutating func read(_ name: LakeTableName) {
    needs.add(.read, table: "\(name)")
    if let folder = folder(of: name) { needs.add(.read, path: folder) }
  }

  /// Adds the tables of the lake that job files name, but for those of the warehouse.
  package mutating func readAll() {
    for name in workspace.jobs.tableNames where name.schema != "warehouse" { read(name) }
  }

  /// Adds a bronze table that rows come into.
  package mutating func write(_ contract: BronzeContract) {
    guard !isTrial else { return read(contract.name) }
    needs.add(.write, table: "\(contract.name)")
    needs.add(.write, path: contract.folder)
    needs.add(.lock, path: "\(contract.folder)/_commits/.lock")
    tell()
  }

  /// Adds a table of silver or gold that its job, or who keeps it, writes.
  package mutating func write(_ name: LakeTableName) {
    guard !isTrial else { return read(name) }
    let lake = workspace.lake
    needs.add(.write, table: "\(name)")
    needs.add(.write, path: lake.folder(of: name))
    needs.add(.lock, path: "\(root)/_locks/\(name).lock")
    guard let dataset = workspace.jobs.datasets[name] else { return }
    if name.schema == "gold" { needs.add(.write, path: "\(root)/_labels") }
    if dataset.maySetAside {
      let quarantine = LakeTableName(schema: "quarantine", name: name.name)
      needs.add(.write, table: "\(quarantine)")
      needs.add(.write, path: lake.folder(of: quarantine))
    }
    let isFolded = dataset.flows.contains { flow in
      if case .autoCDC = flow.body { true } else { false }
    }
    if isFolded { needs.add(.write, path: lake.auxiliaryFolder(of: name)) }
  }

  /// Adds what a run with commits leaves beside its tables: run events, and what memory does not
  /// hold meanwhile.
  package mutating func tell() {
    if isTrial { return }
    needs.add(.write, path: "\(root)/_events")
    needs.add(.write, path: "\(root)/_spill")
  }

  /// Adds the record of what was done, which a call that is recorded adds to.
  package mutating func record() {
    if isTrial { return }
    needs.add(.write, path: "\(root)/_audit")
    needs.add(.lock, path: "\(root)/_audit/.lock")
  }

  /// Adds that record for a call that `mayShow` what columns hold of people, if any bears a label:
  /// what is shown then is told before it is.
  package mutating func recordReads(_ mayShow: Bool) {
    guard mayShow, workspace.jobs.labels != nil else { return }
    needs.add(.write, path: "\(root)/_audit")
    needs.add(.lock, path: "\(root)/_audit/.lock")
  }

  /// The table that somebody calls `text`, with or without its schema.
  package func name(_ text: String) throws(Fault) -> LakeTableName {
    let known = workspace.jobs.tableNames
    if let name = LakeTableName(text) { return name }
    if let name = known.first(where: { $0.name == text.lowercased() }) { return name }
    throw Fault(
      .missing, "there is no table '\(text)'",
      remedy: Suggestion.remedy(
        for: text, among: known.map(\.description),
        otherwise: "name one as SCHEMA.TABLE"))
  }

  /// The Delta tables that whoever keeps tables is at when `operands` name them, or all that jobs
  /// make. What else lies in the lake is seen when it is looked at.
  package func kept(_ operands: [String]) throws(Fault) -> [LakeTableName] {
    let jobs = workspace.jobs
    guard operands.isEmpty else { return try operands.map { text throws(Fault) in try name(text) } }
    return jobs.ordered.map(\.name).filter { $0.schema != "warehouse" }.sorted()
  }

  private func folder(of name: LakeTableName) -> String? {
    if let contract = workspace.jobs.contracts[name] { return contract.folder }
    return name.schema == "warehouse" ? nil : workspace.lake.folder(of: name)
  }
}
