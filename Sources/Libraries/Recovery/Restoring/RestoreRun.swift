package import Core
import Glibc
import JSON
import WarehouseJobs

/// Makes of an epoch what it was taken of, in an empty place:
///
///     <target>/lake         the lake, with warehouse.db in it where the warehouse was a file
///     <target>/jobs         its job files
///     <target>/warehouse    a dump, where the warehouse was on a server
///     <target>/restore.json which epoch it is
///
/// All is written beside the target, as `<target>.restoring`, and gets its name at the end by one
/// rename: nobody ever sees a lake that is not whole. A restore that died is gone on with by the
/// next of the same epoch; one of another begins anew.
///
/// Who was erased since the epoch was taken is in it, and must not come back: the record of
/// erasures goes along in the backup (`ErasureCopy`), and has them erased again before that rename.
package struct RestoreRun {
  private let repository: BackupRepository
  private let files: any FileSystem
  private let threads: Int
  private let now: Timestamp
  private let eraseAgain: (RestoredPlace) throws -> Void
  /// Told how many files are done.
  private let progress: (_ done: Int, _ of: Int) -> Void

  /// `eraseAgain` takes persons out of what was restored, where the epoch is of before their
  /// erasure; stopped anywhere, it is called again and goes on.
  package init(
    from repository: BackupRepository, _ files: any FileSystem, threads: Int, at now: Timestamp,
    eraseAgain: @escaping (RestoredPlace) throws -> Void,
    progress: @escaping (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) {
    self.eraseAgain = eraseAgain
    self.repository = repository
    self.files = files
    self.threads = threads
    self.now = now
    self.progress = progress
  }

  static let record = "restore.json"
  /// Stands while persons are erased again: all files are there, and no longer as the epoch has
  /// them.
  private static let erasing = ".erasing"

  /// What a restore into `target` would do; `.cannotCreate` when that is no empty place.
  package func plan(
    _ epoch: Epoch, _ scope: RestoreScope, into target: String
  ) throws(Fault) -> RestorePlan {
    try check(target)
    return try RestorePlan(epoch, scope, into: target, repository)
  }

  /// Does it.
  package func restore(_ plan: RestorePlan, warehouse: RestoredWarehouse? = nil) throws {
    try check(plan.target)
    let staging = "\(plan.target).restoring"
    let erasures = try ErasureCopy(in: repository).pending(in: plan.epoch)
    try checkReach(of: erasures, plan, warehouse)
    let isErasing = try isBegun(staging, plan) && files.exists("\(staging)/\(Self.erasing)")
    // Once persons are being erased, neither files nor warehouse are what they were taken of.
    if !isErasing {
      try warehouse?.check(files, against: plan.epoch)
      try begin(staging, plan)
      try write(plan.files, below: staging)
      if let day = plan.scope.day { try complete(DayFiles(day), plan, below: staging) }
      try writeNewest(of: plan, hasErasures: !erasures.isEmpty, below: staging)
      // A lake without anything in it is one all the same.
      try files.createDirectory("\(staging)/lake")
    }
    if !erasures.isEmpty, warehouse?.isServer != true {
      try erase(erasures, staging, try WarehousePlace("\(staging)/\(WarehouseSurvey.file)"))
    }
    if warehouse?.isServer != true || !isErasing {
      try warehouse?.place(from: staging, files, of: plan.epoch)
    }
    if !erasures.isEmpty, let warehouse, warehouse.isServer {
      try erase(erasures, staging, warehouse.warehouse)
      try files.remove("\(staging)/\(WarehouseSurvey.dump)")
    }
    try StagedFile.syncAll(at: staging)
    try files.rename(staging, to: plan.target)
    // Only now: without it the next run would take what was restored for what the epoch has.
    try files.remove("\(plan.target)/\(Self.erasing)")
  }

  /// Writes what a restore of any epoch brings as it was last: keys, and who was erased.
  private func writeNewest(
    of plan: RestorePlan, hasErasures: Bool, below staging: String
  ) throws(Fault) {
    guard plan.scope == .whole || hasErasures else { return }
    let newest =
      try KeyStoreCopy(in: repository).files() + ErasureCopy(in: repository).files()
    for file in newest {
      let path = "\(staging)/lake/\(file.path)"
      try files.replace(path, file.bytes)
      _ = withSystemPath(path) { chmod($0, mode_t(file.mode)) }
    }
  }

  /// Has those of `erasures` leave what was restored.
  private func erase(
    _ erasures: [String], _ staging: String, _ warehouse: WarehousePlace
  ) throws {
    let mark = "\(staging)/\(Self.erasing)"
    if try !files.exists(mark) {
      try StagedFile.syncAll(at: staging)
      try files.replace(mark, [])
    }
    try eraseAgain(
      RestoredPlace(
        lake: "\(staging)/lake", jobs: "\(staging)/jobs", warehouse: warehouse,
        erasures: erasures))
  }

  /// Refuses a dump of which nobody could be erased.
  private func checkReach(
    of erasures: [String], _ plan: RestorePlan, _ warehouse: RestoredWarehouse?
  ) throws(Fault) {
    guard !erasures.isEmpty, plan.scope == .whole, warehouse == nil,
      plan.epoch.cut.warehouse?.kind == "server"
    else { return }
    throw Fault(
      .configuration,
      "the epoch's warehouse is a dump, and \(counted(erasures.count, "person")) erased since "
        + "cannot be taken out of it",
      remedy: "give --warehouse-to an empty database: it is loaded, and they are erased there")
  }

  /// Refuses what is no empty place.
  private func check(_ target: String) throws(Fault) {
    guard let status = try files.status(of: target) else { return }
    let names = status.isDirectory ? try files.list(target) : ["."]
    guard !names.isEmpty else { return }
    let isLake = ["bronze", "_locks", "_events", "lake"].contains { names.contains($0) }
    throw Fault(
      .cannotCreate, at: Place(target),
      isLake ? "a lake lives here, and nothing is restored over it" : "this is no empty place",
      remedy: "name a folder that is not there yet, and put it in its place when it is proven")
  }

  /// What tells in the place of `plan` whose it is.
  private func record(of plan: RestorePlan) -> [UInt8] {
    let record: JSONValue = [
      "epoch": .string(plan.epoch.name), "time": .string("\(plan.epoch.time)"),
      "scope": .string(plan.scope.words), "backup": .string(repository.keys.backup),
    ]
    return JSONWriter.bytes(record, .pretty) + [UInt8(ascii: "\n")]
  }

  /// Whether a restore of just this was begun at `staging`.
  private func isBegun(_ staging: String, _ plan: RestorePlan) throws(Fault) -> Bool {
    let path = "\(staging)/\(Self.record)"
    guard try files.exists(path) else { return false }
    return try files.read(path) == record(of: plan)
  }

  /// Makes the place that the files are written to, or goes on with what is there.
  private func begin(_ staging: String, _ plan: RestorePlan) throws(Fault) {
    if try isBegun(staging, plan) { return }
    let path = "\(staging)/\(Self.record)"
    if try files.exists(staging) {
      let isOfRestore = try files.exists(path)
      let names = try files.list(staging)
      guard isOfRestore || names.allSatisfy({ $0.hasPrefix(".") }) else {
        throw Fault(
          .cannotCreate, at: Place(staging), "what lies here was begun by no restore",
          remedy: "see what it is, and remove it")
      }
      try clear(staging)
    }
    try files.createDirectory(staging)
    try files.replace(path, record(of: plan))
  }

  /// Removes what another restore wrote. Stopped anywhere, the place tells still that a restore
  /// made it, and not which: none takes what is left of its files for a part of its own.
  private func clear(_ staging: String) throws(Fault) {
    try files.replace("\(staging)/\(Self.record)", [])
    for name in try files.list(staging) where name != Self.record {
      try FolderTree(files).remove("\(staging)/\(name)")
    }
    try FolderTree(files).remove(staging)
  }

  private func write(_ all: [BackupFile], below staging: String) throws {
    let (chunks, files) = (repository.chunks, self.files)
    // In the order in which packs are read, so that each is read from its beginning to its end.
    let ordered = all.sorted { one, other in
      let (left, right) = (
        one.chunks.first.flatMap { chunks.index[$0] },
        other.chunks.first.flatMap { chunks.index[$0] }
      )
      return (left?.pack ?? "", left?.entry.offset ?? 0, one.path)
        < (right?.pack ?? "", right?.entry.offset ?? 0, other.path)
    }
    var done = 0
    for start in stride(from: 0, to: ordered.count, by: 256) {
      let some = Array(ordered[start..<min(start + 256, ordered.count)])
      for folder in Set(some.map { parent(of: "\(staging)/\($0.path)") }).sorted() {
        try files.createDirectory(folder)
      }
      try parallelForEach(some, threads: threads) { file in
        try RestoredFile(file, below: staging).write(from: chunks)
      }
      done += some.count
      progress(done, ordered.count)
    }
  }

  private func complete(
    _ day: DayFiles, _ plan: RestorePlan, below staging: String
  ) throws(Fault) {
    for part in plan.parts where RestoreScope.holdsRows(part.name) {
      let isLog = part.name.contains("/") && !part.name.contains(".")
      let name = isLog ? part.name : part.name.replacing(".", with: "/", maxReplacements: 1)
      let folder = "\(staging)/lake/\(name)"
      if isLog {
        try day.complete(log: folder, files)
      } else {
        try day.complete(table: folder, files, at: now)
      }
    }
  }
}
