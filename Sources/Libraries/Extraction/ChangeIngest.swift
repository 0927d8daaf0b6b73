import Bronze
import Columnar
import Core
import Database
import Engine
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
  /// the commit that makes both count. Nil when nothing changed.
  func take(
    _ spec: CompareSpec, from source: SQLiteConnection
  ) throws -> (commit: BronzeCommit?, summary: ExtractionSummary) {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let state = try openState(spec, source, append.previous)
    let changes = try CompareExtraction(of: spec, in: source, since: state, lake.clock)
    let count = try append.addParquet(changes, fileSystem: lake.fileSystem)
    guard count > 0 else { return (nil, changes.summary) }
    let token = try state.seal("\(lake.runID)")
    let commit = try append.commit(state: ["compare": .string(token)])
    return (commit, changes.summary)
  }

  /// What `take` would find.
  func look(at spec: CompareSpec, in source: SQLiteConnection) throws -> ExtractionSummary {
    let state = try openState(spec, source, try log.latest())
    let changes = try CompareExtraction(of: spec, in: source, since: state, lake.clock)
    while try changes.next() != nil {}
    return changes.summary
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
    let token = last?.state["compare"]?.string
    do {
      return try CompareState(path, committed: token)
    } catch {
      guard token != nil, error.kind == .configuration || error.kind == .data else { throw error }
    }
    try rebuild(path, spec, source, token ?? "")
    return try CompareState(path, committed: token)
  }

  private func rebuild(
    _ path: String, _ spec: CompareSpec, _ source: SQLiteConnection, _ token: String
  ) throws {
    for suffix in ["", "-wal", "-shm"] { try lake.fileSystem.remove(path + suffix) }
    let fields = contract.schema.fields.filter { !contract.partitionColumns.contains($0.name) }
    let table = try BronzeTable(contract, lake: lake)
    let sources = try table.scan(ScanRequest(columns: fields.map(\.name)))
    try CompareState.rebuild(
      path, from: SourceList(Schema(fields), sources), of: spec, in: source, committed: token)
  }
}
