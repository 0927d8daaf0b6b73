import Columnar
import Core
import JSON
import Parquet

/// Writes checkpoints: the state of a version in one Parquet file, so that readers need not replay
/// the commits before it.
struct CheckpointWriter {
  /// A checkpoint every so many versions, unless the table's properties say otherwise.
  static let standardInterval: Int64 = 10

  private let table: Table

  init(_ table: Table) { self.table = table }

  /// Makes the checkpoint of `snapshot`, reads it back, and then points `_last_checkpoint` at it.
  /// Does nothing when another writer is making one.
  func write(_ snapshot: Snapshot, at clock: Clock) throws(Fault) {
    let log = table.log
    let lock: any FileLock
    do {
      lock = try table.fileSystem.lock("\(log.path)/.checkpoint.lock", patience: .zero)
    } catch {
      if error.kind == .temporary { return }
      throw error
    }
    defer { lock.unlock() }
    let name = "\(padded(Int(snapshot.version), 20)).checkpoint.parquet"
    let path = "\(log.path)/\(name)"
    let content = CheckpointContent(snapshot, now: clock.now)
    var rows = content.whole
    var byteCount = 0
    if snapshot.hasSidecars {
      let sidecars = try content.sidecars.map { (part) throws(Fault) in try sidecar(part) }
      byteCount = sidecars.reduce(0) { $0 + $1.byteCount }
      rows = content.main(with: sidecars)
    }
    let draft = try table.fileSystem.draft(path, replacing: true)
    try Self.write(rows, to: draft)
    byteCount += draft.byteCount
    _ = try draft.publish()
    try verify(CheckpointFiles(version: snapshot.version, names: [name]), snapshot, path)
    try point(at: snapshot, rowCount: content.count, byteCount: byteCount)
  }

  private static func write(
    _ rows: CheckpointRows, to draft: any DraftFile
  ) throws(Fault) {
    let writer = try FileWriter(draft, schema: rows.schema)
    for batch in rows.batches() { try writer.append(batch) }
    _ = try writer.finish()
  }

  /// Writes a file of actions under the name that its bytes give: one that is there is left, so
  /// that a checkpoint of version 2 costs what it has other than the one before.
  private func sidecar(_ rows: CheckpointRows) throws(Fault) -> SidecarFile {
    let folder = table.log.sidecarFolder
    let file = DigestedFile(stagedPath: "\(folder)/checkpoint.staged", table.fileSystem)
    try Self.write(rows, to: file)
    let path = try file.publish(keepingEqual: true) { digest in
      "\(folder)/\(Table.dashed(digest)).parquet"
    }
    let time = try table.fileSystem.status(of: path)?.modified
    return SidecarFile(
      path: lastComponent(of: path), byteCount: file.byteCount,
      modificationTime: time?.milliseconds ?? 0)
  }

  /// Reads the checkpoint back; one that does not say what the log says is removed.
  private func verify(
    _ checkpoint: CheckpointFiles, _ snapshot: Snapshot, _ path: String
  ) throws(Fault) {
    var isRight = false
    if let state = try? CheckpointReader(table.log).state(of: checkpoint) {
      isRight =
        state.tableProtocol == snapshot.tableProtocol && state.metadata == snapshot.metadata
        && state.transactions == snapshot.transactions && state.domains == snapshot.state.domains
        && state.files == snapshot.files.map(CheckpointContent.normal)
    }
    guard !isRight else { return }
    try table.fileSystem.remove(path)
    throw Fault(
      .internal, at: Place(path), "the checkpoint did not read back as it was written",
      remedy: "report this as a defect; the table is sound without it")
  }

  private func point(at snapshot: Snapshot, rowCount: Int, byteCount: Int) throws(Fault) {
    let path = "\(table.log.path)/_last_checkpoint"
    if try table.fileSystem.exists(path),
      let last = try? JSONValue(parsing: table.fileSystem.read(path))["version"]?.int64,
      last > snapshot.version
    {
      return
    }
    let hint: JSONValue = [
      "version": JSONValue(snapshot.version), "size": JSONValue(rowCount),
      "sizeInBytes": JSONValue(byteCount), "numOfAddFiles": JSONValue(snapshot.files.count),
    ]
    try table.fileSystem.replace(path, JSONWriter.bytes(hint))
  }
}
