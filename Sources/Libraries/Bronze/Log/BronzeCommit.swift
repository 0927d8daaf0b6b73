package import Core
package import JSON

/// One entry of a bronze dataset's log: which files count since then, and where they came from.
///
/// Lies at `_commits/<20 digits>.json`, created once, never changed.
package struct BronzeCommit: Sendable {
  /// 0 for the first commit, then one more each.
  package var version: Int64
  package var committedAt: Timestamp
  package var runID: String
  /// Who made it: `ToolName` has those that the lake knows.
  package var tool: String
  /// How many files all earlier commits name: a reader's position is a number of files.
  package var firstFile: Int64
  package var files: [BronzeFile]
  /// Files of what was set aside, readable as the dataset's quarantine.
  package var rejected: [BronzeFile]
  /// The files or topics the data was taken from.
  package var inputs: [BronzeInput]
  /// What the tool must remember for its next run (offsets, names of state files).
  package var state: JSONValue
  /// The file in which that stands, when it is too much for the log.
  package internal(set) var stateFile: String?
  /// How many records each rule set aside; known to the run alone that made the commit.
  package var setAside: [String: Int] = [:]

  /// The position of a reader that has consumed this commit.
  package var endFile: Int64 { firstFile + Int64(files.count) }

  /// What it did to the dataset in `folder`, for who follows the run.
  func words(in folder: String) -> String {
    let rowCount = files.reduce(0) { $0 + $1.rowCount }
    let rejectedCount = rejected.reduce(0) { $0 + $1.rowCount }
    return "\(folder): commit \(version), position \(firstFile) to \(endFile): "
      + "\(counted(rowCount, "row")), \(rejectedCount) set aside"
  }
}

/// A data file of a bronze dataset.
package struct BronzeFile: Sendable, Hashable {
  /// Relative to the dataset's folder: `ingest_date=2026-11-22/…json.zst`.
  package var path: String
  package var rowCount: Int
  package var byteCount: Int
  /// SHA-256 of the file's bytes, in hex.
  package var digest: String
  /// The digest of the bytes that it was published with, where others took their place since; nil
  /// where it has them still.
  package var firstDigest: String?

  package init(
    path: String, rowCount: Int, byteCount: Int, digest: String
  ) {
    self.path = path
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.digest = digest
  }
}

/// Something taken in: known by its digest, so that it is taken once.
package struct BronzeInput: Sendable, Hashable {
  /// The path as given, or `-` for a pipe.
  package var name: String
  package var byteCount: Int
  package var modified: Timestamp?
  /// When the system last changed the file's entry, and which entry it is; nil for what is no file.
  package var changed: Timestamp?
  package var number: UInt64?
  /// SHA-256 of its bytes as they lay there, in hex.
  package var digest: String
  /// SHA-256 of its bytes unpacked, where it was compressed.
  package var content: String?
  /// Whether a file of its name was taken before, with other bytes.
  package var isChanged = false
  /// What was found in a file that was read through; nil for others.
  package var survey: Survey?

  package init(
    name: String, byteCount: Int, modified: Timestamp? = nil, digest: String,
    isChanged: Bool = false, survey: BronzeInput.Survey? = nil
  ) {
    self.name = name
    self.byteCount = byteCount
    self.modified = modified
    self.digest = digest
    self.isChanged = isChanged
    self.survey = survey
  }

  /// What a file held.
  package struct Survey: Sendable, Hashable {
    /// Its records, those that were set aside with them.
    package var recordCount: Int
    /// Sums of columns, as the sender told them too.
    package var sums: [String: Decimal] = [:]
    /// How its fields differed from those of the contract, in words.
    package var drift: [String] = []

    package init(recordCount: Int, sums: [String: Decimal] = [:], drift: [String] = []) {
      self.recordCount = recordCount
      self.sums = sums
      self.drift = drift
    }
  }

  /// Whether it is a part of a topic, not a file or pipe.
  package var isOfTopic: Bool { name.hasPrefix("kafka:") }
}

extension BronzeCommit {
  /// The bytes of the log entry, keys in a fixed order.
  package var json: JSONValue {
    var members: JSONObject = [
      "version": JSONValue(version),
      "committed_at": .string("\(committedAt)"),
      "run_id": .string(runID),
      "tool": .string(tool),
      "first_file": JSONValue(firstFile),
      "files": .array(files.map(\.json)),
      "rejected": .array(rejected.map(\.json)),
      "inputs": .array(inputs.map(\.json)),
      "state": state,
    ]
    if let stateFile { members["state_file"] = .string(stateFile) }
    return .object(members)
  }

  /// Reads an entry; nil when it is not one: a file that it names and that cannot be told is rows
  /// that would be missing.
  package init?(_ json: JSONValue) {
    let named = (json["files"]?.array ?? [], json["rejected"]?.array ?? [])
    let files = (named.0.compactMap(BronzeFile.init), named.1.compactMap(BronzeFile.init))
    guard let version = json["version"]?.int64, let firstFile = json["first_file"]?.int64,
      let time = json["committed_at"]?.string.flatMap({ Timestamp(parsing: $0) }),
      version >= 0, BronzeFile.counts.contains(Int(firstFile)),
      files.0.count == named.0.count, files.1.count == named.1.count
    else { return nil }
    self.version = version
    self.firstFile = firstFile
    committedAt = time
    runID = json["run_id"]?.string ?? ""
    tool = json["tool"]?.string ?? ""
    self.files = files.0
    rejected = files.1
    inputs = (json["inputs"]?.array ?? []).compactMap(BronzeInput.init)
    state = json["state"] ?? .null
    stateFile = json["state_file"]?.string
  }
}

extension BronzeFile {
  /// What a count may be: no sum of those that one log has comes to the end of numbers.
  fileprivate static let counts = 0...(1 << 47)

  fileprivate var json: JSONValue {
    var members: JSONObject = [
      "path": .string(path), "rows": JSONValue(rowCount), "bytes": JSONValue(byteCount),
      "sha256": .string(digest),
    ]
    if let firstDigest { members["first_sha256"] = .string(firstDigest) }
    return .object(members)
  }

  fileprivate init?(_ json: JSONValue) {
    let counts = (Int(json["rows"]?.int64 ?? 0), Int(json["bytes"]?.int64 ?? 0))
    guard let path = json["path"]?.string, Self.counts.contains(counts.0),
      Self.counts.contains(counts.1)
    else { return nil }
    self.path = path
    rowCount = counts.0
    byteCount = counts.1
    digest = json["sha256"]?.string ?? ""
    firstDigest = json["first_sha256"]?.string
  }
}

extension BronzeInput {
  fileprivate var json: JSONValue {
    var members: JSONObject = [
      "name": .string(name), "bytes": JSONValue(byteCount),
      "modified": modified.map { .string("\($0)") } ?? .null, "sha256": .string(digest),
    ]
    if let content { members["content_sha256"] = .string(content) }
    if let changed { members["entry_changed"] = .string("\(changed)") }
    if let number { members["inode"] = .string("\(number)") }
    if isChanged { members["changed"] = true }
    if let survey {
      members["records"] = JSONValue(survey.recordCount)
      let sums = survey.sums.sorted { $0.key < $1.key }.map { ($0, JSONValue.string("\($1)")) }
      if !sums.isEmpty { members["sums"] = .object(JSONObject(sums)) }
      if !survey.drift.isEmpty { members["drift"] = .array(survey.drift.map { .string($0) }) }
    }
    return .object(members)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let name = json["name"]?.string else { return nil }
    self.name = name
    byteCount = Int(json["bytes"]?.int64 ?? 0)
    modified = json["modified"]?.string.flatMap { Timestamp(parsing: $0) }
    digest = json["sha256"]?.string ?? ""
    content = json["content_sha256"]?.string
    changed = json["entry_changed"]?.string.flatMap { Timestamp(parsing: $0) }
    number = json["inode"]?.string.flatMap { UInt64($0) }
    isChanged = json["changed"]?.bool ?? false
    survey = json["records"]?.int.map { count in
      Survey(
        recordCount: count,
        sums: (json["sums"]?.object?.dictionary ?? [:]).compactMapValues { value in
          value.string.flatMap { Decimal(parsing: $0) }
        },
        drift: (json["drift"]?.array ?? []).compactMap(\.string))
    }
  }
}
