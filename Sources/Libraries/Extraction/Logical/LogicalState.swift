import Core
import JSON
import PostgreSQL

/// How far a table has come, as its last bronze commit says it.
struct LogicalState: Equatable {
  /// Since when the slot has told of the table without a gap (`SlotMemory`).
  var epoch: String
  /// All transactions whose commit stands before this are in bronze.
  var position: LogPosition
  /// The `__sequence` of the last change row.
  var sequence: Int64
  /// The latest `__committed_at`.
  var committedAt: Timestamp?
  /// What bronze calls the source's columns.
  var columns: [String]
  /// What bronze calls the key's columns: now, and at last as it called them first.
  var keys: [[String]] = []
  /// While the first snapshot is not complete, the key behind which it goes on, as the server
  /// spells it; without values when no row was read yet.
  var snapshotKey: [String]?

  /// As it stands in a commit.
  var json: JSONValue {
    var members: JSONObject = [
      "epoch": .string(epoch), "position": .string("\(position)"),
      "sequence": JSONValue(sequence),
      "committed_at": committedAt.map { .string("\($0)") } ?? .null,
      "columns": .array(columns.map { .string($0) }),
    ]
    if !keys.isEmpty {
      members["keys"] = .array(keys.map { .array($0.map { .string($0) }) })
    }
    if let snapshotKey { members["snapshot_key"] = .array(snapshotKey.map { .string($0) }) }
    return ["logical": .object(members)]
  }

  /// What a commit says; nil when logical decoding did not make it.
  init?(_ json: JSONValue) {
    guard let state = json["logical"], let epoch = state["epoch"]?.string,
      let position = state["position"]?.string.flatMap({ LogPosition(parsing: $0) }),
      let sequence = state["sequence"]?.int64
    else { return nil }
    self.epoch = epoch
    self.position = position
    self.sequence = sequence
    committedAt = state["committed_at"]?.string.flatMap { Timestamp(parsing: $0) }
    columns = (state["columns"]?.array ?? []).compactMap(\.string)
    keys = (state["keys"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    snapshotKey = state["snapshot_key"]?.array?.compactMap(\.string)
  }

  /// The state of a table of which nothing was read yet.
  init(epoch: String, position: LogPosition, sequence: Int64 = 0) {
    self.epoch = epoch
    self.position = position
    self.sequence = sequence
    columns = []
    snapshotKey = []
  }
}
