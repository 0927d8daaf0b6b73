import Bronze
package import Core
package import LakeJobs

/// Moves days of bronze tables between tiers, one day at a time.
///
/// Each move makes the new place first, reads it back and holds it against the old, then replaces
/// the day's placement, the one step that counts, and clears the old place away last. Killed
/// anywhere, the day is read whole from one of the two, and the next run goes on: it clears what a
/// placement no longer names, and makes a place anew that none names yet.
package struct TierRun {
  /// What became of one day.
  package struct Outcome: Sendable {
    package let day: TierPlan.Day
    package let byteCountAfter: Int
  }

  let workspace: Workspace
  private let lifecycle: Lifecycle
  private let holds: Holds

  package init(_ workspace: Workspace, _ lifecycle: Lifecycle, _ holds: Holds) {
    self.workspace = workspace
    self.lifecycle = lifecycle
    self.holds = holds
  }

  var lake: Lake { workspace.lake }
  var files: any FileSystem { lake.fileSystem }
  private var spill: String { "\(lake.root)/_spill" }

  /// How the table's days are kept and which move; nil where it has no log.
  package func plan(_ contract: BronzeContract) throws(Fault) -> TierPlan? {
    try TierPlanner(workspace, lifecycle, holds).plan(contract)
  }

  /// Moves what is due, the oldest day first; `announce`s each day before it is removed for good,
  /// and tells of each once it is done. What is wrong with a day is told and keeps none of the
  /// others.
  package func move(
    _ contract: BronzeContract, announcing announce: (TierPlan.Day) throws(Fault) -> Void,
    _ tell: (Outcome) throws -> Void, failing fail: (Fault) -> Void
  ) throws {
    let lock = try lock(contract)
    defer { lock.unlock() }
    guard let plan = try plan(contract) else { return }
    for day in plan.days {
      do throws(Fault) {
        try clearAway(day, of: contract)
      } catch {
        fail(error)
      }
    }
    for day in plan.moves {
      let outcome: Outcome?
      do throws(Fault) {
        if day.move == .remove { try announce(day) }
        outcome = try move(day, plan)
      } catch {
        guard error.kind != .internal else { throw error }
        fail(error)
        continue
      }
      if let outcome { try tell(outcome) }
    }
  }

  /// Keeps other runs that move days of the table away.
  func lock(_ contract: BronzeContract) throws(Fault) -> any FileLock {
    let folder = "\(contract.folder)/\(DayPlacement.folder)"
    try files.createDirectory(folder)
    return try files.lock("\(folder)/.lock", patience: .seconds(10))
  }

  private func move(_ day: TierPlan.Day, _ plan: TierPlan) throws(Fault) -> Outcome? {
    switch day.move {
    case nil: return nil
    case .cool: return try cool(day, of: plan.contract)
    case .archive: return try archive(day, of: plan.contract)
    case .remove: return try remove(day, plan)
    }
  }

  /// Makes `placement` count, unless the day has got files meanwhile.
  func settle(
    _ placement: DayPlacement, of day: TierPlan.Day, _ contract: BronzeContract
  ) throws(Fault) {
    let log = BronzeLog(folder: contract.folder, fileSystem: files)
    let lock = try log.lock()
    defer { lock.unlock() }
    guard try TierPlanner.days(of: log)[day.folder]?.files == day.files else {
      throw Fault(
        .temporary, at: Place("\(contract.folder)/\(day.folder)"),
        "the day has got more files while it was moved", remedy: "run it again")
    }
    try placement.write(in: contract.folder, files)
  }

  func placement(
    _ day: TierPlan.Day, _ tier: DayPlacement.Tier,
    _ extents: [String: DayPlacement.Extent]
  ) -> DayPlacement {
    DayPlacement(
      day: day.folder, tier, since: lake.clock.now, runID: "\(lake.runID)", extents: extents)
  }

  /// A file packed from where it lies now. A run that was killed may have left some files of a day
  /// as they were written, and others as their placement has them.
  private func repacked(
    _ file: BronzeFile, of day: TierPlan.Day, _ contract: BronzeContract
  ) throws(Fault) -> RepackedFile {
    let path = "\(contract.folder)/\(file.path)"
    let digests = [file.digest] + [day.placement?.extents[file.path]?.digest].compactMap { $0 }
    let source: any ReadableFile
    if let placement = day.placement, try !files.exists(path) {
      source = try placement.open(file.path, in: contract.folder, files)
    } else {
      source = try files.open(path)
    }
    return try RepackedFile(
      file, source, digests: digests, level: lifecycle.level, in: spill, at: Place(path))
  }

  private func cool(_ day: TierPlan.Day, of contract: BronzeContract) throws(Fault) -> Outcome {
    let root = place(.cool, of: contract)
    var packed: [RepackedFile] = []
    var extents: [String: DayPlacement.Extent] = [:]
    for file in day.files {
      let repacked = try repacked(file, of: day, contract)
      extents[file.path] = DayPlacement.Extent(
        path: root.map { "\($0)/\(file.path)" } ?? file.path, offset: 0,
        byteCount: repacked.byteCount, digest: repacked.digest)
      packed.append(repacked)
    }
    let placement = placement(day, .cool, extents)
    if let root {
      for file in packed {
        try put(file, at: "\(root)/\(file.file.path)")
        try file.check(
          try files.open("\(root)/\(file.file.path)"), at: Place("\(root)/\(file.file.path)"))
      }
      try settle(placement, of: day, contract)
      try clearAway(day, of: contract, by: placement)
    } else {
      // The bytes of a file are exchanged in one step, and either are told of here.
      try settle(placement, of: day, contract)
      for file in packed { try put(file, at: "\(contract.folder)/\(file.file.path)") }
    }
    return Outcome(day: day, byteCountAfter: packed.reduce(0) { $0 + $1.byteCount })
  }

  private func put(_ file: RepackedFile, at path: String) throws(Fault) {
    let draft = try files.draft(path, replacing: true)
    do throws(Fault) {
      try file.pieces { piece throws(Fault) in try draft.append(piece) }
      _ = try draft.publish()
    } catch {
      draft.discard()
      throw error
    }
  }

  private func archive(_ day: TierPlan.Day, of contract: BronzeContract) throws(Fault) -> Outcome {
    if let back = try archiveAgain(day, of: contract) { return back }
    let name = place(.archive, of: contract).map { "\($0)/\(day.folder).tar" }
    let relative = name ?? "_archive/\(day.folder).tar"
    let path = name ?? "\(contract.folder)/\(relative)"
    var archive = try DayArchive(day, of: contract, at: path, in: lake)
    var packed: [RepackedFile] = []
    let extents: [String: DayPlacement.Extent]
    do throws(Fault) {
      for file in day.files {
        let repacked = try repacked(file, of: day, contract)
        try archive.add(repacked, inArchive: relative)
        packed.append(repacked)
      }
      extents = try archive.publish()
    } catch {
      archive.discard()
      throw error
    }
    let placement = placement(day, .archive, extents)
    for file in packed {
      try file.check(
        try placement.open(file.file.path, in: contract.folder, files), at: Place(path))
    }
    try settle(placement, of: day, contract)
    try clearAway(day, of: contract, by: placement)
    return Outcome(day: day, byteCountAfter: try files.status(of: path)?.byteCount ?? 0)
  }

  /// Sends a thawed day back to the archive that it came from, if that is there whole.
  private func archiveAgain(
    _ day: TierPlan.Day, of contract: BronzeContract
  ) throws(Fault) -> Outcome? {
    guard let thawed = day.placement, thawed.tier == .thawed, !thawed.archived.isEmpty else {
      return nil
    }
    let placement = placement(day, .archive, thawed.archived)
    for (path, extent) in thawed.archived {
      guard let file = try? placement.open(path, in: contract.folder, files),
        try FileDigest(files).hex(of: file) == extent.digest
      else { return nil }
    }
    try settle(placement, of: day, contract)
    try clearAway(day, of: contract, by: placement)
    return Outcome(
      day: day, byteCountAfter: thawed.archived.values.reduce(0) { $0 + $1.byteCount })
  }

  private func remove(_ day: TierPlan.Day, _ plan: TierPlan) throws(Fault) -> Outcome {
    var placement = placement(day, .removed, [:])
    placement.certificate = DayPlacement.Certificate(
      rule: "retain \(plan.rules.retain.map { "\($0)" } ?? "nothing")", rowCount: day.rowCount,
      files: Dictionary(day.files.map { ($0.path, $0.digest) }, uniquingKeysWith: { $1 }))
    try settle(placement, of: day, plan.contract)
    try clearAway(day, of: plan.contract, by: placement)
    return Outcome(day: day, byteCountAfter: 0)
  }

  /// The folder that a tier of the table has of its own; nil where it lies with the table, as all
  /// of one does whose files are sealed: elsewhere nothing would seal them.
  func place(_ tier: BronzeTier, of contract: BronzeContract) -> String? {
    guard let root = lifecycle.places[tier], contract[.seal] != "true" else { return nil }
    let folder = contract.folder
    let below = "\(lake.root)/"
    return
      "\(root)/\(folder.hasPrefix(below) ? String(folder.dropFirst(below.utf8.count)) : folder)"
  }
}
