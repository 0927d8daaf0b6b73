import Core
import JSON

/// What stands in an index's folder: which runs, for which state of the table, and the entries that
/// are not worth a run yet.
///
/// One line of JSON, then the entries (sorted, 8 bytes each, little endian).
struct KeyIndexManifest {
  /// A file of entries.
  struct Run: Hashable {
    var file: String
    var count: Int
  }

  private static let format = 1

  /// The table's identity in its log.
  var table: String
  var columns: [String]
  /// What files call the columns: a column of the same name may be another one by now.
  var physicalNames: [String]
  /// The keys of all rows of this version, and of those from `firstVersion` on, are in the index.
  var version: Int64
  var firstVersion: Int64
  /// The partitions by number: the text of their values.
  var partitions: [[String?]] = []
  /// Largest first.
  var runs: [Run] = []
  var recent: [UInt64] = []
  /// The number that the next run's file gets.
  var nextRun = 0

  init(table: String, columns: [String], physicalNames: [String], version: Int64) {
    self.table = table
    self.columns = columns
    self.physicalNames = physicalNames
    self.version = version
    firstVersion = version
  }

  /// Reads a manifest; nil when `bytes` are none, or one of another format or hash.
  init?(_ bytes: [UInt8]) {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
      let json = try? JSONValue(parsing: Array(bytes[..<end])),
      json["format"]?.int == Self.format, json["hash"]?.int == KeyHash.version,
      let table = json["table"]?.string, let version = json["version"]?.int64,
      let firstVersion = json["firstVersion"]?.int64, let columns = json["columns"]?.array,
      let partitions = json["partitions"]?.array, let runs = json["runs"]?.array,
      let recentCount = json["recent"]?.int, let nextRun = json["nextRun"]?.int,
      bytes.count - end - 1 == recentCount * 8
    else { return nil }
    self.table = table
    self.version = version
    self.firstVersion = firstVersion
    self.nextRun = nextRun
    self.columns = columns.compactMap(\.string)
    physicalNames = json["physicalNames"]?.array?.compactMap(\.string) ?? self.columns
    self.partitions = partitions.map { ($0.array ?? []).map(\.string) }
    for run in runs {
      guard let file = run["file"]?.string, let count = run["count"]?.int else { return nil }
      self.runs.append(Run(file: file, count: count))
    }
    recent = KeyEntry.entries(in: Array(bytes[(end + 1)...]))
  }

  /// How many entries there are in all.
  var entryCount: Int { runs.reduce(recent.count) { $0 + $1.count } }

  var bytes: [UInt8] {
    let json = JSONValue.object(
      JSONObject([
        ("format", JSONValue(Self.format)), ("hash", JSONValue(KeyHash.version)),
        ("table", .string(table)), ("version", JSONValue(version)),
        ("firstVersion", JSONValue(firstVersion)),
        ("columns", .array(columns.map { .string($0) })),
        ("physicalNames", .array(physicalNames.map { .string($0) })),
        (
          "partitions",
          .array(partitions.map { .array($0.map { value in value.map { .string($0) } ?? .null }) })
        ),
        (
          "runs",
          .array(
            runs.map {
              .object(JSONObject([("file", .string($0.file)), ("count", JSONValue($0.count))]))
            })
        ),
        ("recent", JSONValue(recent.count)), ("nextRun", JSONValue(nextRun)),
      ]))
    return JSONWriter.bytes(json) + [UInt8(ascii: "\n")] + KeyEntry.bytes(of: recent)
  }
}
