import Core
import Delta
import LakeJobs
import Maintenance

extension DrillRun {
  /// Drills everything that an epoch has.
  func drillWhole(_ epoch: Epoch, _ repository: BackupRepository) throws {
    let lake = try needed("it is restored") { try self.restoreWhole(epoch, repository, "back") }
    var damaged = false
    if let damage = call.damage, [.log, .offsets].contains(damage) {
      damaged = try needed("damage is done") {
        let words = try self.damage(damage, lake)
        return (words, true)
      }
    }
    if damaged {
      try needed("tables hold what their logs say") {
        try self.expectFound(lake, epoch)
        try FolderTree(self.files).remove(parent(of: lake.root))
        _ = try self.restoreWhole(epoch, repository, "back")
        return ("mended: restored once more; \(try lake.check([]))", ())
      }
    } else {
      step("tables hold what their logs say") { try lake.check([]) }
    }
    step("control totals are those of the epoch") { try lake.compare(with: epoch.cut, []) }
    let isOnServer = epoch.cut.warehouse.map { $0.kind != "file" } ?? false
    var isLoaded = !isOnServer
    if isOnServer {
      isLoaded =
        step("the warehouse is loaded") { (try self.loadWarehouse(of: epoch, lake), true) } ?? false
    }
    let tables = try madeTables(lake)
    guard
      let wanted = step("what was under way is done", { try self.complete(lake, tables) })
    else { return }
    step("the last commits are done once more") { try self.repeatLast(lake, tables, wanted) }
    step("gold is made anew from bronze") { try self.rebuild(lake, tables, wanted) }
    step("each role asks") { try self.askAsRoles(lake, tables) }
    for name in report.known where name != "warehouse" || isLoaded { report.proven[name] = [] }
  }

  /// Loads the dump of a warehouse into a server of the drill's own, and holds its totals against
  /// the epoch's.
  private func loadWarehouse(of epoch: Epoch, _ lake: RestoredLake) throws -> String {
    let server = try ScratchServer(in: "\(call.scratch)/server", files)
    defer { server.stop() }
    let source = try WarehouseSource(server.address, password: nil)
    let warehouse = RestoredWarehouse(source)
    try warehouse.check(files, against: epoch)
    try warehouse.place(from: parent(of: lake.root), files, of: epoch)
    let found = try WarehouseTotals(of: source.place, "server", files).mark
    guard let mark = epoch.cut.warehouse, found == mark else {
      let tables = (epoch.cut.warehouse?.totals ?? [:]).filter { found.totals[$0.key] != $0.value }
      throw RestoredLake.damage(
        tables.isEmpty
          ? ["warehouse: it was loaded from other versions"]
          : tables.keys.sorted().map { "warehouse: the totals of '\($0)' are others" })
    }
    return "\(counted(mark.totals.count, "table")) on a server of the drill's own, with the totals "
      + "of the epoch"
  }

  /// Restores the epoch into the folder `name` of the scratch, and asks a gold table.
  private func restoreWhole(
    _ epoch: Epoch, _ repository: BackupRepository, _ name: String
  ) throws -> (String, RestoredLake) {
    let target = "\(call.scratch)/\(name)"
    let run = restoring(from: repository)
    let plan = try run.plan(epoch, .whole, into: target)
    try run.restore(plan)
    let lake = self.lake(target)
    try ask(lake, epoch.cut)
    return ("\(counted(plan.fileCount, "file")), \(counted(plan.byteCount, "byte"))", lake)
  }

  func lake(_ target: String) -> RestoredLake {
    RestoredLake(
      root: "\(target)/lake", jobs: "\(target)/jobs", files: files, clock: clock, run: call.run,
      tools: call.tools)
  }

  /// Has a query count a gold table, which must have as many rows as it had.
  private func ask(_ lake: RestoredLake, _ cut: EpochCut) throws {
    let table =
      cut.tables.keys.sorted().first { $0.hasPrefix("gold.") } ?? cut.tables.keys.sorted().first
    guard let table, let count = cut.tables[table]?.rowCount, !table.contains("/") else { return }
    let answer = try lake.run("lake-sql", ["SELECT count(*) AS n FROM \(table)"])
    let text = String(decoding: answer.output, as: UTF8.self).trimmed
    guard text.contains("\(count)") else {
      throw Fault(
        .data, "\(table) has \(text), and had \(count) rows", remedy: "see 'backup verify'")
    }
    noteAnswer()
  }

  private func expectFound(_ lake: RestoredLake, _ epoch: Epoch) throws {
    do {
      _ = try lake.check([])
      _ = try lake.compare(with: epoch.cut, [])
    } catch let fault as Fault where fault.kind == .data {
      report.steps.append(.init("the damage is found", .proven, fault.problem, seconds: 0))
      return
    }
    throw Fault(.verdict, "the damage was not found", remedy: "report it: this is a bug")
  }

  /// Takes the newest commit of a table's log away, or has a table say that it read too much.
  private func damage(_ damage: DrillDamage, _ lake: RestoredLake) throws -> String {
    let workspace = try lake.workspace()
    let streaming = workspace.jobs.ordered.filter { dataset in
      if case .streamingTable = dataset.body { dataset.name.schema == "silver" } else { false }
    }
    guard let dataset = streaming.randomElement(using: &random) else { return "no table to damage" }
    let table = workspace.lake.table(dataset.name)
    if damage == .log {
      guard let version = try table.latestVersion() else { return "no log to damage" }
      let path = "\(table.path)/\(Table.logFolder)/\(padded(Int(version), 20)).json"
      try files.remove(path)
      return "\(path) is taken away"
    }
    guard let flow = dataset.flows.first, let stream = workspace.jobs.streams(of: flow).first,
      let snapshot = try table.snapshot()
    else { return "no position to damage" }
    let application = "flow:\(dataset.name):\(flow.name):\(stream.name)"
    let position = (snapshot.transactionVersion(application) ?? 0) + 1_000
    let context = CommitContext(
      engine: "Medallion/\(Medallion.version)", operation: "DRILL", runID: "\(call.run)",
      clock: clock)
    try table.update(context) { $0.setTransaction(application, version: position) }
    return "'\(dataset.name)' says that it has read \(stream.name) up to file \(position)"
  }

  // MARK: Making anew

  /// The silver and gold tables that jobs make.
  private func madeTables(_ lake: RestoredLake) throws -> [LakeTableName] {
    try lake.workspace().jobs.ordered.map(\.name).filter { ["silver", "gold"].contains($0.schema) }
  }

  /// Has the tools go on from where the epoch stands, without anything new coming in: what is made
  /// from something was taken before it, and may be behind.
  private func complete(
    _ lake: RestoredLake, _ tables: [LakeTableName]
  ) throws -> (String, [LakeTableName: RowChecksum]) {
    try lake.run("bronze2silver", [])
    try lake.run("silver2gold", [])
    let sums = try lake.digests(of: tables)
    let rows = sums.values.reduce(0) { $0 + $1.rowCount }
    return ("\(counted(sums.count, "table")) with \(counted(rows, "row"))", sums)
  }

  /// Takes the last commits of streaming tables back, and has the tools do them once more.
  private func repeatLast(
    _ lake: RestoredLake, _ tables: [LakeTableName], _ wanted: [LakeTableName: RowChecksum]
  ) throws -> String {
    let workspace = try lake.workspace()
    var count = 0
    for dataset in workspace.jobs.ordered {
      guard case .streamingTable = dataset.body, dataset.name.schema == "silver",
        let version = try workspace.lake.table(dataset.name).latestVersion(),
        let earliest = try workspace.lake.table(dataset.name).earliestVersion()
      else { continue }
      let target = max(version - call.intervalCount, earliest)
      guard target < version else { continue }
      // A version whose files were cleared away cannot be gone back to.
      let outcome = try lake.run(
        "lake-restore", ["\(dataset.name)", "--version", "\(target)"], allowing: [66])
      if outcome.status == 0 { count += 1 }
    }
    try lake.run("bronze2silver", [])
    try lake.run("silver2gold", [])
    try RestoredLake.compare(try lake.digests(of: tables), with: wanted, "done once more")
    return "\(counted(count, "table")) went back up to \(call.intervalCount) commits and came to "
      + "the same rows"
  }

  /// Makes silver and gold anew from the restored bronze, in a lake beside.
  private func rebuild(
    _ lake: RestoredLake, _ tables: [LakeTableName], _ wanted: [LakeTableName: RowChecksum]
  ) throws -> String {
    let target = "\(call.scratch)/anew"
    for (path, _) in try FolderTree(files).list(lake.root) {
      let isSource = ["bronze/", "quarantine/_replays/", "_secrets/", "_keys/"].contains {
        path.hasPrefix($0)
      }
      guard isSource else { continue }
      let draft = try files.draft("\(target)/lake/\(path)", replacing: true)
      let bytes = FileBytes(try files.open("\(lake.root)/\(path)"))
      while let piece = try bytes.next() { try draft.append(piece) }
      _ = try draft.publish()
    }
    let anew = RestoredLake(
      root: "\(target)/lake", jobs: lake.jobs, files: files, clock: clock, run: call.run,
      tools: call.tools)
    let begin = ContinuousClock.now
    try anew.run("bronze2silver", [])
    try anew.run("silver2gold", [])
    report.rebuildTime = (ContinuousClock.now - begin) / .seconds(1)
    try RestoredLake.compare(try anew.digests(of: tables), with: wanted, "made anew")
    let gold = tables.filter { $0.schema == "gold" }.randomElement(using: &random)
    let same = try gold.map { try sameFiles(of: $0, lake, anew) } ?? false
    return "\(counted(wanted.count, "table")) agree row for row"
      + (gold.map {
        ", '\($0)' byte for byte too: \(same ? "yes" : "no, its files are cut otherwise")"
      }
        ?? "")
  }

  /// Whether both lakes have a table in the same files: their names tell their bytes.
  private func sameFiles(
    of table: LakeTableName, _ one: RestoredLake, _ other: RestoredLake
  ) throws -> Bool {
    func names(_ lake: RestoredLake) throws -> Set<String> {
      Set(try lake.workspace().lake.table(table).snapshot()?.files.map(\.path) ?? [])
    }
    return try names(one) == names(other)
  }

  private func askAsRoles(_ lake: RestoredLake, _ tables: [LakeTableName]) throws -> String {
    let roles = try lake.roles()
    if roles.isEmpty { return "the job folder has no access.yml" }
    guard let table = tables.last(where: { $0.schema == "gold" }) ?? tables.last else {
      return "no table"
    }
    var answers: [String] = []
    for role in roles {
      // That a role may not ask is an answer, too.
      let outcome = try lake.run(
        "lake-sql", ["--role", role, "SELECT count(*) AS n FROM \(table)"], allowing: [77])
      answers.append("\(role) \(outcome.status == 0 ? "sees" : "may not see")")
    }
    return "\(answers.joined(separator: ", ")) \(table)"
  }
}
