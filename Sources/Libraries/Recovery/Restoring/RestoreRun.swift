package import Core
import Glibc
import JSON

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
package struct RestoreRun {
  private let repository: BackupRepository
  private let files: any FileSystem
  private let threads: Int
  private let now: Timestamp
  /// Told how many files are done.
  private let progress: (_ done: Int, _ of: Int) -> Void

  package init(
    from repository: BackupRepository, _ files: any FileSystem, threads: Int, at now: Timestamp,
    progress: @escaping (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) {
    self.repository = repository
    self.files = files
    self.threads = threads
    self.now = now
    self.progress = progress
  }

  static let record = "restore.json"

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
    try warehouse?.check(files, against: plan.epoch)
    let staging = "\(plan.target).restoring"
    try begin(staging, plan)
    try write(plan.files, below: staging)
    if let day = plan.scope.day { try complete(DayFiles(day), plan, below: staging) }
    if plan.scope == .whole {
      for file in try KeyStoreCopy(in: repository).files() {
        let path = "\(staging)/lake/\(file.path)"
        try files.replace(path, file.bytes)
        _ = withSystemPath(path) { chmod($0, mode_t(file.mode)) }
      }
    }
    // A lake without anything in it is one all the same.
    try files.createDirectory("\(staging)/lake")
    try warehouse?.place(from: staging, files, of: plan.epoch)
    try StagedFile.syncAll(at: staging)
    try files.rename(staging, to: plan.target)
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

  /// Makes the place that the files are written to, or goes on with what is there.
  private func begin(_ staging: String, _ plan: RestorePlan) throws(Fault) {
    let record: JSONValue = [
      "epoch": .string(plan.epoch.name), "time": .string("\(plan.epoch.time)"),
      "scope": .string(plan.scope.words), "backup": .string(repository.keys.backup),
    ]
    let bytes = JSONWriter.bytes(record, .pretty) + [UInt8(ascii: "\n")]
    let path = "\(staging)/\(Self.record)"
    if try files.exists(staging) {
      let isOurs = try files.exists(path)
      if isOurs, try files.read(path) == bytes { return }
      let names = try files.list(staging)
      guard isOurs || names.allSatisfy({ $0.hasPrefix(".") }) else {
        throw Fault(
          .cannotCreate, at: Place(staging), "what lies here was begun by no restore",
          remedy: "see what it is, and remove it")
      }
      try FolderTree(files).remove(staging)
    }
    try files.createDirectory(staging)
    try files.replace(path, bytes)
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
