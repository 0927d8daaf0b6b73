import Audit
import Core
import LakeJobs
import Maintenance
import WarehouseJobs

/// Decides where an epoch stands, while tools are at work.
///
/// No tool is stopped for it. What makes an epoch one is the order in which things are looked at:
/// **what is made from something is looked at before that**. A table only ever grows by versions, a
/// log by commits, and what a version was made from was there before it. So when the version of a
/// view is read, all that it was made from is there, and is still there, or more of it, when that
/// is looked at in turn. The epoch is a cut that time could have made: nothing in it tells of what
/// is not in it.
///
///  1. the warehouse, whose ledger tells which versions it was loaded from;
///  2. what tells of runs: ledger, run events, catalog, audit;
///  3. gold and silver, each before the tables that its job reads: a version tells which versions
///     of views, and which positions in bronze, it was made from;
///  4. auxiliary tables and quarantine, which a run writes before its table: they may be ahead of
///     it, as after a run that died, and never behind. Tables that no job knows, too;
///  5. logs of replays and of bronze, what is remembered of a source before its log: offsets stand
///     in the commits;
///  6. job files, holds and all else that people write, which tables are made by.
///
/// What runs commit in between is in the epoch as far as what it is made from can be: as if the
/// machine had stopped then, and that is what every tool goes on from.
struct LakeSurvey {
  private let workspace: Workspace
  private let warehouse: WarehouseSource?
  private let scratch: EpochScratch
  private let now: Timestamp
  private let files: any FileSystem
  private let root: String
  /// Called with the name of what was just looked at: a test lets others commit there.
  private let looked: (String) throws -> Void

  init(
    _ workspace: Workspace, warehouse: WarehouseSource?, _ scratch: EpochScratch, now: Timestamp,
    looked: @escaping (String) throws -> Void = { _ in }
  ) {
    self.workspace = workspace
    self.warehouse = warehouse
    self.scratch = scratch
    self.now = now
    self.looked = looked
    files = workspace.lake.fileSystem
    root = workspace.lake.root
  }

  /// Folders and files of a lake that are locks, scratch, or can be made anew, and the key store,
  /// which is kept by itself (`KeyStoreCopy`).
  private static let passedOver: Set<String> = [
    "_locks", "_spill", "_runs/locks", "_catalog/site", KeyStoreCopy.folder,
    "_secrets/\(BackupSecret.name)", "_lease",
  ]
  /// What tells of runs.
  private static let records = ["_runs", "_events", "_catalog", "_drills", "_audit"]

  /// Looks at everything, in that order.
  func take() throws -> EpochDraft {
    var draft = EpochDraft()
    if let warehouse, let found = try WarehouseSurvey(warehouse, files, scratch).take() {
      draft.add("warehouse", found.items)
      draft.cut.warehouse = found.mark
    }
    try looked("warehouse")
    for name in Self.records {
      // The head of the audit record is looked at before the record: one that is behind it says
      // that nothing was cut off, one that is ahead says that something was.
      let head = name == "_audit" ? try auditHead(&draft.cut) : []
      draft.add(name, head + (try loose(name)))
      try looked(name)
    }
    try takeTables(into: &draft)
    try takeLogs(into: &draft)
    draft.add("jobs", try jobFiles())
    try looked("jobs")
    draft.add("lake", try rest())
    return draft
  }

  private func auditHead(_ cut: inout EpochCut) throws(Fault) -> [EpochItem] {
    guard let head = try AuditFolder(lake: root, files: files).head() else { return [] }
    cut.auditHead = head.line
    return [EpochItem(Self.auditHeadFile, .bytes(Array("\(head.line)\n".utf8)))]
  }

  private static let auditHeadFile = "lake/_audit/head"

  private func loose(_ name: String) throws(Fault) -> [EpochItem] {
    try LooseFiles(files, scratch, passingOver: isPassedOver)
      .items(at: "\(root)/\(name)", target: "lake/\(name)")
      .filter { $0.path != Self.auditHeadFile }
  }

  private func isPassedOver(_ path: String) -> Bool {
    guard path.hasPrefix("\(root)/") else { return false }
    let name = path.dropFirst(root.utf8.count + 1)
    // What an erasure at work has noted tells the person; the record of it goes along.
    let isErasureNote =
      name.hasPrefix("\(ErasureFolder.name)/") && !name.hasSuffix(".json")
      && !name.hasSuffix(".ndjson")
    return isErasureNote || Self.passedOver.contains(String(name))
      || name.hasPrefix("_holds/\(BackupHold.beginning)")
  }

  // MARK: Tables

  private func takeTables(into draft: inout EpochDraft) throws {
    var seen: Set<LakeTableName> = []
    for dataset in workspace.jobs.ordered.reversed() where dataset.name.schema != "warehouse" {
      try take(dataset.name, into: &draft)
      seen.insert(dataset.name)
    }
    // Only now, so that none is missed that a run has made which is in the epoch.
    for table in try workspace.maintainedTables() where !seen.contains(table.name) {
      try take(table.name, into: &draft)
    }
  }

  private func take(_ name: LakeTableName, into draft: inout EpochDraft) throws {
    let table = workspace.lake.table(name)
    let target = "lake/\(name.schema)/\(name.name)"
    if let found = try TableSurvey(table, target: target).take(at: now) {
      draft.add("\(name)", found.items)
      draft.cut.tables["\(name)"] = found.mark
    }
    try looked("\(name)")
  }

  // MARK: Logs

  private func takeLogs(into draft: inout EpochDraft) throws {
    let replays = "quarantine/_replays"
    for name in try files.list("\(root)/\(replays)") where !name.hasPrefix(".") {
      try takeLog("\(replays)/\(name)", into: &draft)
    }
    for folder in try logFolders("bronze", depth: 0) { try takeLog(folder, into: &draft) }
  }

  private func takeLog(_ folder: String, into draft: inout EpochDraft) throws {
    let survey = LogSurvey("\(root)/\(folder)", target: "lake/\(folder)", files, scratch)
    if let found = try survey.take() {
      draft.add(folder, found.items)
      draft.cut.logs[folder] = found.mark
    }
    try looked(folder)
  }

  /// The folders below `folder` that hold a log, by their paths in the lake.
  private func logFolders(_ folder: String, depth: Int) throws(Fault) -> [String] {
    if try files.exists("\(root)/\(folder)/_commits") { return [folder] }
    var found: [String] = []
    for name in try files.list("\(root)/\(folder)") where !"_.".contains(name.prefix(1)) {
      guard depth < 8, try files.status(of: "\(root)/\(folder)/\(name)")?.isDirectory == true
      else { continue }
      found += try logFolders("\(folder)/\(name)", depth: depth + 1)
    }
    return found
  }

  // MARK: The rest

  private func jobFiles() throws(Fault) -> [EpochItem] {
    try LooseFiles(files, scratch, passingOver: { _ in false })
      .items(at: workspace.jobs.path, target: "jobs")
  }

  /// What else lies in the lake: nothing is left out because nobody knows what it is.
  private func rest() throws(Fault) -> [EpochItem] {
    let database = try warehouse?.place.path.flatMap { (path) throws(Fault) in
      try files.exists(path) ? try files.realPath(of: path) : nil
    }
    let here = try files.realPath(of: root)
    let handled = Set(Self.records)
    let loose = LooseFiles(files, scratch) { path in
      if isPassedOver(path) || handled.contains(String(path.dropFirst(root.utf8.count + 1))) {
        return true
      }
      if let database, path.hasSuffix(".db"),
        "\(here)\(path.dropFirst(root.utf8.count))" == database
      {
        return true
      }
      // Tables and logs have been seen to.
      return ["_delta_log", "_commits"].contains { inner in
        (try? files.exists("\(path)/\(inner)")) ?? false
      }
    }
    return try loose.items(at: root, target: "lake")
  }
}
