import Columnar
import Core
import JSON

/// A transaction's content, ready to be written as whatever version comes next.
struct Change: Sendable {
  let context: CommitContext
  let snapshot: Snapshot?
  let tableProtocol: TableProtocol?
  let metadata: TableMetadata?
  let applications: [ApplicationTransaction]
  let added: [AddedFile]
  let removed: [AddedFile]
  let scope: ReadScope
  let outputRowCount: Int
  let isRearrangement: Bool
  /// The partition columns as the change leaves them, called as in partition values.
  var partitionColumns: [String] = []
  /// The files that tell which rows changed, where the others do not.
  var changeFiles: [ChangeFile] = []
  /// Whether the rows are those that there were, in other files.
  var keepsRows = false

  init(
    context: CommitContext, snapshot: Snapshot?, tableProtocol: TableProtocol?,
    metadata: TableMetadata?, applications: [ApplicationTransaction], added: [AddedFile],
    removed: [AddedFile], scope: ReadScope, outputRowCount: Int, isRearrangement: Bool
  ) throws(Fault) {
    self.context = context
    self.snapshot = snapshot
    self.tableProtocol = tableProtocol
    self.metadata = metadata
    self.applications = applications
    self.added = added
    self.removed = removed
    self.scope = scope
    self.outputRowCount = outputRowCount
    self.isRearrangement = isRearrangement
    if !removed.isEmpty, !isRearrangement, configuration["delta.appendOnly"] == "true" {
      throw Fault(
        .denied, at: Place(snapshot?.table.path ?? ""), "the table is append-only",
        remedy: "append rows, or unset its property delta.appendOnly")
    }
  }

  var isEmpty: Bool {
    tableProtocol == nil && metadata == nil && applications.isEmpty && added.isEmpty
      && removed.isEmpty
  }

  /// The table's properties as the change leaves them.
  var configuration: [String: String] { (metadata ?? snapshot?.metadata)?.configuration ?? [:] }

  /// The actions of the commit, made on top of `readVersion` at `time`.
  func actions(onTopOf readVersion: Int64, at time: Timestamp) -> [Action] {
    var actions: [Action] = [.commitInfo(record(readVersion, time))]
    if let tableProtocol { actions.append(.tableProtocol(tableProtocol)) }
    if let metadata { actions.append(.metadata(metadata)) }
    actions += applications.map { .transaction($0) }
    let now = context.clock.now.milliseconds
    for file in removed {
      actions.append(
        .remove(
          RemovedFile(
            path: file.path, deletionTimestamp: now, dataChange: !isRearrangement && !keepsRows,
            partitionValues: file.partitionValues, byteCount: file.byteCount,
            statisticsText: nil, deletionVector: file.deletionVector)))
    }
    actions += added.map { .add($0) }
    actions += changeFiles.map { .changeFile($0) }
    return actions
  }

  /// Why the change no longer fits once another writer made `version`, or nil when it does.
  func conflict(with actions: [Action], version: Int64) -> String? {
    let mine = Set(added.map { FileKey($0.path, nil) })
    let gone = Set(removed.map { FileKey($0.path, $0.deletionVector) })
    let names = Set(applications.map(\.application))
    if snapshot == nil { return "the table was created meanwhile" }
    for action in actions {
      switch action {
      case .metadata: return "the table's schema or properties were changed"
      case .tableProtocol: return "the table's protocol was changed"
      case .transaction(let other) where names.contains(other.application):
        return "'\(other.application)' was recorded by another writer"
      case .add(let file):
        if mine.contains(FileKey(file.path, nil)) { return "the same file was added" }
        if file.dataChange, scope.contains(file.partition(partitionColumns)) {
          return "rows were added to what this change replaces"
        }
      case .remove(let file):
        if gone.contains(FileKey(file.path, file.deletionVector)) {
          return "a file that this change removes was removed"
        }
        if file.dataChange, touches(file) { return "rows that this change builds on were removed" }
      default: break
      }
    }
    return nil
  }

  private func touches(_ file: RemovedFile) -> Bool {
    switch scope {
    case .nothing: return false
    case .everything: return true
    case .partitions:
      guard let values = file.partitionValues else { return true }
      return scope.contains(partitionColumns.map { values[$0] ?? nil })
    }
  }

  private func record(_ readVersion: Int64, _ time: Timestamp) -> CommitRecord {
    var members = Members()
    if configuration["delta.enableInCommitTimestamps"] == "true" {
      members.add("inCommitTimestamp", JSONValue(time.milliseconds))
    }
    members.add("timestamp", JSONValue(context.clock.now.milliseconds))
    members.add("operation", .string(context.operation))
    members.add(
      "operationParameters",
      .object(JSONObject(context.parameters.map { ($0.0, .string($0.1)) })))
    if readVersion >= 0 { members.add("readVersion", JSONValue(readVersion)) }
    var isBlindAppend = removed.isEmpty
    if case .nothing = scope {} else { isBlindAppend = false }
    members.add("isBlindAppend", .bool(isBlindAppend))
    members.add("operationMetrics", metrics)
    members.add("engineInfo", .string(context.engine))
    members.add("txnId", .string(context.runID))
    members.add("runId", .string(context.runID))
    return CommitRecord(value: members.object)
  }

  /// What was written and taken away. A file that stays under another deletion vector is neither.
  private var metrics: JSONValue {
    let gone = Set(removed.map { FileKey($0.path, nil) })
    let marked = added.filter { $0.deletionVector != nil && gone.contains(FileKey($0.path, nil)) }
    var metrics = Members()
    func add(_ name: String, _ count: Int) { metrics.add(name, .string(String(count))) }
    let byteCount = { (files: [AddedFile]) in files.reduce(0) { $0 + $1.byteCount } }
    add("numFiles", added.count - marked.count)
    add("numRemovedFiles", removed.count - marked.count)
    add("numOutputRows", outputRowCount)
    add("numOutputBytes", byteCount(added) - byteCount(marked))
    if !marked.isEmpty { add("numDeletionVectorsAdded", marked.count) }
    return metrics.object
  }
}
