import Bronze
import Core
import Database
import JSON
import LakeJobs

/// Brings the changes of one source table into its bronze dataset.
struct ChangeIngest {
  private let lake: Lake
  private let contract: BronzeContract
  private let tool: String
  private let log: BronzeLog

  init(lake: Lake, contract: BronzeContract, tool: String) {
    self.lake = lake
    self.contract = contract
    self.tool = tool
    log = BronzeLog(folder: contract.folder, fileSystem: lake.fileSystem)
  }

  /// Takes what changed since the last commit: rows first, then what is remembered of them, then
  /// the commit that makes both count. No commit when nothing changed.
  func take(_ spec: CompareSpec, from source: SQLiteConnection) throws -> Taken {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let state = try openState(spec, source, append.previous)
    let changes = try CompareExtraction(of: spec, in: source, since: state, lake.clock)
    try changes.find()
    guard changes.summary.changeCount > 0 else {
      try state.keep()
      return Taken(changes, nil)
    }
    for file in try changes.files() { _ = try append.addParquet(file, fileSystem: lake.fileSystem) }
    let token = try state.seal("\(lake.runID)")
    return Taken(changes, try append.commit(state: ["compare": .string(token)]))
  }

  /// Takes into `append` what tells the source from bronze, however the changes since were lost
  /// sight of: nothing comes twice. With it goes what `more` makes of the last sequence and of the
  /// time of the changes.
  func takeDifferences(
    _ spec: CompareSpec, from source: SQLiteConnection, into append: BronzeAppend,
    remembering more: (_ sequence: Int64, _ moment: Timestamp) -> [(String, JSONValue)]
  ) throws -> Taken {
    let state = try openState(spec, source, append.previous)
    let changes = try CompareExtraction(of: spec, in: source, since: state, lake.clock)
    try changes.find()
    for file in try changes.files() { _ = try append.addParquet(file, fileSystem: lake.fileSystem) }
    let sequence = state.lastSequence + Int64(changes.summary.changeCount)
    let token = try state.seal("\(lake.runID)")
    let commit = try append.commit(
      state: .object(
        JSONObject([("compare", .string(token))] + more(sequence, changes.now))))
    return Taken(changes, commit)
  }

  /// What `take` would find.
  func look(at spec: CompareSpec, in source: SQLiteConnection) throws -> Taken {
    let state = try openState(spec, source, try log.latest())
    let changes = try CompareExtraction(of: spec, in: source, since: state, lake.clock)
    try changes.find()
    return Taken(changes, nil)
  }

  /// What was found, and the commit that holds it.
  struct Taken {
    let summary: ExtractionSummary
    let foreignTexts: [(column: String, found: Oddity)]
    let commit: BronzeCommit?

    fileprivate init(_ changes: CompareExtraction, _ commit: BronzeCommit?) {
      summary = changes.summary
      foreignTexts = changes.foreignTexts
      self.commit = commit
    }
  }

  /// Whether the source is as it was when it was last compared by `spec`, so that there is nothing
  /// to take. Where that cannot be told, false.
  func isUnchanged(_ spec: CompareSpec, by stamp: SourceStamp?) throws(Fault) -> Bool {
    guard let stamp, try lake.fileSystem.exists(stampPath) else { return false }
    let known = try lake.fileSystem.read(stampPath)
    return try known == digest(of: stamp, spec)
  }

  /// Remembers that the source, compared by `spec` up to the last commit, looks like `stamp`.
  func remember(_ stamp: SourceStamp, _ spec: CompareSpec) throws(Fault) {
    try lake.fileSystem.replace(stampPath, try digest(of: stamp, spec))
  }

  private var stampPath: String { "\(contract.folder)/_state/compare.db.stamp" }

  /// What stands in the stamp's file: other rows in bronze or another way to compare give another.
  private func digest(of stamp: SourceStamp, _ spec: CompareSpec) throws(Fault) -> [UInt8] {
    let token = try log.latest()?.state["compare"]?.string ?? ""
    let facts = [token, spec.table, "\(spec.keyColumns)", spec.updatedAtColumn ?? ""]
    return Array((stamp.digest(with: facts) + "\n").utf8)
  }

  /// The remembered rows as of the last commit; made anew from bronze when they are lost.
  private func openState(
    _ spec: CompareSpec, _ source: SQLiteConnection, _ last: BronzeCommit?
  ) throws -> CompareState {
    let folder = "\(contract.folder)/_state"
    try lake.fileSystem.createDirectory(folder)
    let path = "\(folder)/compare.db"
    // Rows that were brought in another way are made the remembered ones.
    let token = last.map { $0.state["compare"]?.string ?? "commit \($0.version)" }
    if contract.isSealed { return try scratchState(path, spec, source, token) }
    do {
      return try CompareState(path, keys: spec.keyColumns, committed: token)
    } catch {
      guard token != nil, error.kind == .configuration || error.kind == .data else { throw error }
    }
    let step = lake.steps.begin()
    try rebuild(path, spec, source, token ?? "")
    step.end("\(path): made anew from bronze")
    return try CompareState(path, keys: spec.keyColumns, committed: token)
  }

  /// The same of a table whose files lie sealed: what is remembered lies nowhere in the clear when
  /// the run has ended, however it did, and is made anew from bronze each time.
  private func scratchState(
    _ path: String, _ spec: CompareSpec, _ source: SQLiteConnection, _ token: String?
  ) throws -> CompareState {
    try removeState(path)
    let state = try CompareState(scratch: path, keys: spec.keyColumns) { () throws(Fault) in
      try removeState(path)
    }
    guard let token else { return state }
    let step = lake.steps.begin()
    try state.fill(
      from: try BronzeTable(contract, lake: lake).parquetFiles, of: spec, in: source,
      committed: token)
    step.end("\(path): made anew from bronze, which lies sealed")
    return state
  }

  private func removeState(_ path: String) throws(Fault) {
    for suffix in ["", "-journal", "-wal", "-shm"] { try lake.fileSystem.remove(path + suffix) }
  }

  private func rebuild(
    _ path: String, _ spec: CompareSpec, _ source: SQLiteConnection, _ token: String
  ) throws {
    try removeState(path)
    let table = try BronzeTable(contract, lake: lake)
    try CompareState.rebuild(
      path, from: table.parquetFiles, of: spec, in: source, committed: token)
  }
}
