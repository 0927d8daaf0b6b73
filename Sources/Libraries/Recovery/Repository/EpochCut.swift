package import Core
import JSON

/// Where everything stood in an epoch, and what it amounted to: what a restore is held against.
package struct EpochCut: Sendable, Equatable {
  /// A Delta table.
  package struct TableMark: Sendable, Equatable {
    package var version: Int64
    package var fileCount: Int
    package var byteCount: Int
    /// As the statistics of its files say; nil when they do not.
    package var rowCount: Int?
    package var time: Timestamp
  }

  /// A log of bronze, or of replays.
  package struct LogMark: Sendable, Equatable {
    package var commitCount: Int64
    /// How many files it names: the position of a reader who has read all.
    package var position: Int64
    package var rowCount: Int
    package var rejectedCount: Int
    /// When the last commit was made; nil when there is none.
    package var newest: Timestamp?
  }

  /// The warehouse.
  package struct WarehouseMark: Sendable, Equatable {
    /// Where it lay: a `file`, or on a `server`.
    package var kind: String
    /// What each table was last loaded from, as its ledger has it.
    package var loads: [String: String] = [:]
    /// Control totals by table and name: `rows`, and the sums of columns.
    package var totals: [String: [String: String]] = [:]
  }

  package var tables: [String: TableMark] = [:]
  package var logs: [String: LogMark] = [:]
  package var warehouse: WarehouseMark?
  /// The digest of the last entry of the audit record, if there is one.
  package var auditHead: String?

  package init() {}

  /// When the newest of what is in it came in; nil when nothing ever did.
  package var newest: Timestamp? { logs.values.compactMap(\.newest).max() }
}

extension EpochCut {
  var json: JSONValue {
    var members: JSONObject = [
      "tables": .object(JSONObject(tables.mapValues(\.json))),
      "logs": .object(JSONObject(logs.mapValues(\.json))),
    ]
    if let warehouse { members["warehouse"] = warehouse.json }
    if let auditHead { members["audit_head"] = .string(auditHead) }
    return .object(members)
  }

  init?(_ json: JSONValue) {
    guard let tables = json["tables"]?.object, let logs = json["logs"]?.object else { return nil }
    for (name, value) in tables {
      guard let mark = TableMark(value) else { return nil }
      self.tables[name] = mark
    }
    for (name, value) in logs {
      guard let mark = LogMark(value) else { return nil }
      self.logs[name] = mark
    }
    warehouse = json["warehouse"].flatMap(WarehouseMark.init)
    auditHead = json["audit_head"]?.string
  }
}

extension EpochCut.TableMark {
  fileprivate var json: JSONValue {
    [
      "version": JSONValue(version), "files": JSONValue(fileCount), "bytes": JSONValue(byteCount),
      "rows": rowCount.map { JSONValue($0) } ?? .null, "time": .string("\(time)"),
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let version = json["version"]?.int64, let files = json["files"]?.int,
      let bytes = json["bytes"]?.int,
      let time = json["time"]?.string.flatMap({ Timestamp(parsing: $0) })
    else { return nil }
    self.init(
      version: version, fileCount: files, byteCount: bytes, rowCount: json["rows"]?.int,
      time: time)
  }
}

extension EpochCut.LogMark {
  fileprivate var json: JSONValue {
    [
      "commits": JSONValue(commitCount), "position": JSONValue(position),
      "rows": JSONValue(rowCount), "rejected": JSONValue(rejectedCount),
      "newest": newest.map { .string("\($0)") } ?? .null,
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let commits = json["commits"]?.int64, let position = json["position"]?.int64,
      let rows = json["rows"]?.int, let rejected = json["rejected"]?.int
    else { return nil }
    self.init(
      commitCount: commits, position: position, rowCount: rows, rejectedCount: rejected,
      newest: json["newest"]?.string.flatMap { Timestamp(parsing: $0) })
  }
}

extension EpochCut.WarehouseMark {
  fileprivate var json: JSONValue {
    [
      "kind": .string(kind), "loads": .object(JSONObject(loads.mapValues { .string($0) })),
      "totals": .object(
        JSONObject(
          totals.mapValues { .object(JSONObject($0.mapValues { .string($0) })) })),
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let kind = json["kind"]?.string else { return nil }
    self.init(kind: kind)
    loads = (json["loads"]?.object?.dictionary ?? [:]).compactMapValues(\.string)
    totals = (json["totals"]?.object?.dictionary ?? [:]).mapValues {
      ($0.object?.dictionary ?? [:]).compactMapValues(\.string)
    }
  }
}
