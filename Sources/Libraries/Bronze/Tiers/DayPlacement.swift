package import Core
import JSON

/// Where the files of one day of a bronze dataset lie, once they are not as they were written.
///
///     _tiers/ingest_date=2026-03-01.json
///
/// The log goes on naming the files that it always named: a day that moves changes no commit, and
/// no reader's position. This file is the one switch between two places: before it is replaced the
/// day is read from the one, after it from the other, and both hold the same lines.
package struct DayPlacement: Sendable, Equatable {
  /// How a day is kept.
  package enum Tier: String, Sendable, CaseIterable {
    /// Compressed harder, as files of the same names.
    case cool
    /// In one file, which `tar` and `zstd` can read.
    case archive
    /// Back as files for a while; the archive is there still.
    case thawed
    /// Gone for good, by a rule.
    case removed
  }

  /// The bytes of one file.
  package struct Extent: Sendable, Equatable {
    /// The file that they are a part of, or all of: absolute, or below the dataset's folder.
    package var path: String
    package var offset: Int
    package var byteCount: Int
    /// SHA-256 of these bytes, in hex.
    package var digest: String

    package init(path: String, offset: Int, byteCount: Int, digest: String) {
      self.path = path
      self.offset = offset
      self.byteCount = byteCount
      self.digest = digest
    }
  }

  /// What a rule removed: enough to tell later that this and no more went.
  package struct Certificate: Sendable, Equatable {
    package var rule: String
    package var rowCount: Int
    /// Each file, with the digest that its commit has.
    package var files: [String: String]

    package init(rule: String, rowCount: Int, files: [String: String]) {
      self.rule = rule
      self.rowCount = rowCount
      self.files = files
    }
  }

  /// The day's folder: `ingest_date=2026-03-01`.
  package let day: String
  package var tier: Tier
  package var since: Timestamp
  package var runID: String
  /// By the path that the log has.
  package var extents: [String: Extent]
  /// Those in the archive, of a day that is thawed; empty else.
  package var archived: [String: Extent] = [:]
  /// Until when a thawed day stays as it is.
  package var heldUntil: Timestamp?
  package var certificate: Certificate?

  package init(
    day: String, _ tier: Tier, since: Timestamp, runID: String, extents: [String: Extent]
  ) {
    self.day = day
    self.tier = tier
    self.since = since
    self.runID = runID
    self.extents = extents
  }

  /// The folder of a dataset in which placements lie.
  package static let folder = "_tiers"

  /// The folder of the day that the log's `path` is of, rejects among them; nil when it has none.
  package static func day(of path: some StringProtocol) -> String? {
    let parts = path.split(separator: "/")
    let first = parts.first == "_rejected" ? parts.dropFirst().first : parts.first
    return first.flatMap { $0.hasPrefix(prefix) ? String($0) : nil }
  }

  /// The date in the name of the day's folder; nil when it is none.
  package var date: CivilDate? { Self.date(of: day) }

  /// The date in the name of a day's folder; nil when it is none.
  package static func date(of day: String) -> CivilDate? {
    CivilDate(parsing: String(day.dropFirst(prefix.utf8.count)))
  }

  private static let prefix = "ingest_date="
}

extension DayPlacement {
  /// The placement of a day of the dataset in `folder`; nil while its files are as written.
  package static func read(
    _ day: String, in folder: String, _ files: any FileSystem
  ) throws(Fault) -> DayPlacement? {
    let path = path(of: day, in: folder)
    guard try files.exists(path) else { return nil }
    let json = try JSONValue(parsing: try files.read(path), at: Place(path))
    guard let placement = DayPlacement(json, day: day) else {
      throw Fault(
        .data, at: Place(path), "this does not tell where the files of a day lie",
        remedy: "restore the file from a backup")
    }
    return placement
  }

  /// All placements of the dataset in `folder`, by day.
  package static func all(
    in folder: String, _ files: any FileSystem
  ) throws(Fault) -> [String: DayPlacement] {
    var found: [String: DayPlacement] = [:]
    for name in try files.list("\(folder)/\(Self.folder)")
    where name.hasSuffix(".json") && name.hasPrefix(prefix) {
      let day = String(name.dropLast(5))
      found[day] = try read(day, in: folder, files)
    }
    return found
  }

  /// Makes it count: all readers go by it from now on.
  package func write(in folder: String, _ files: any FileSystem) throws(Fault) {
    try files.replace(Self.path(of: day, in: folder), bytes)
  }

  /// Takes it away: the day's files are as the log says.
  package func remove(from folder: String, _ files: any FileSystem) throws(Fault) {
    try files.remove(Self.path(of: day, in: folder))
  }

  /// What its file holds.
  package var bytes: [UInt8] { JSONWriter.bytes(json) + [UInt8(ascii: "\n")] }

  /// Whether the log's file `path` lies where it was written.
  package func holds(_ path: String) -> Bool { extents[path]?.path == path }

  private static func path(of day: String, in folder: String) -> String {
    "\(folder)/\(Self.folder)/\(day).json"
  }

  /// Where `extent` lies, of the dataset in `folder`.
  package static func location(of extent: Extent, in folder: String) -> String {
    extent.path.hasPrefix("/") ? extent.path : "\(folder)/\(extent.path)"
  }
}

extension DayPlacement {
  fileprivate init?(_ json: JSONValue, day: String) {
    guard let tier = json["tier"]?.string.flatMap(Tier.init(rawValue:)),
      let since = json["since"]?.string.flatMap({ Timestamp(rfc3339Text: $0) }),
      let runID = json["run"]?.string, let files = json["files"]?.object,
      let extents = Self.extents(files)
    else { return nil }
    self.init(day: day, tier, since: since, runID: runID, extents: extents)
    if let files = json["archived"]?.object {
      guard let archived = Self.extents(files) else { return nil }
      self.archived = archived
    }
    if let text = json["held_until"]?.string {
      guard let time = Timestamp(rfc3339Text: text) else { return nil }
      heldUntil = time
    }
    if let value = json["certificate"] {
      guard let rule = value["rule"]?.string, let rowCount = value["rows"]?.int,
        let files = value["files"]?.object
      else { return nil }
      certificate = Certificate(
        rule: rule, rowCount: rowCount,
        files: Dictionary(
          files.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { $1 }))
    }
  }

  private static func extents(_ files: JSONObject) -> [String: Extent]? {
    var extents: [String: Extent] = [:]
    for (name, value) in files {
      guard let path = value["path"]?.string, let offset = value["offset"]?.int,
        let byteCount = value["bytes"]?.int, offset >= 0, byteCount >= 0,
        let digest = value["sha256"]?.string
      else { return nil }
      extents[name] = Extent(path: path, offset: offset, byteCount: byteCount, digest: digest)
    }
    return extents
  }

  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("tier", .string(tier.rawValue)), ("since", .string("\(since)")), ("run", .string(runID)),
      ("files", Self.json(extents)),
    ]
    if !archived.isEmpty { members.append(("archived", Self.json(archived))) }
    if let heldUntil { members.append(("held_until", .string("\(heldUntil)"))) }
    if let certificate {
      let files = certificate.files.sorted { $0.key < $1.key }
      members.append(
        (
          "certificate",
          [
            "rule": .string(certificate.rule), "rows": JSONValue(certificate.rowCount),
            "files": .object(JSONObject(files.map { ($0.key, .string($0.value)) })),
          ]
        ))
    }
    return .object(JSONObject(members))
  }

  private static func json(_ extents: [String: Extent]) -> JSONValue {
    .object(
      JSONObject(
        extents.sorted { $0.key < $1.key }.map { name, extent in
          (
            name,
            [
              "path": .string(extent.path), "offset": JSONValue(extent.offset),
              "bytes": JSONValue(extent.byteCount), "sha256": .string(extent.digest),
            ]
          )
        }))
  }
}
