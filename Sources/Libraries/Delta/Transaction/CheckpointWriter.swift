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
    let rows = CheckpointRows(snapshot, now: clock.now)
    let draft = try table.fileSystem.draft(path, replacing: true)
    let writer = try FileWriter(draft, schema: rows.schema)
    for batch in rows.batches() { try writer.append(batch) }
    _ = try writer.finish()
    let byteCount = draft.byteCount
    _ = try draft.publish()
    try verify(CheckpointFiles(version: snapshot.version, names: [name]), snapshot, path)
    try point(at: snapshot, rowCount: rows.count, byteCount: byteCount)
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
        && state.files == snapshot.files.map(CheckpointRows.normal)
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
