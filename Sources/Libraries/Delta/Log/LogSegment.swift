import Core

/// The files of `_delta_log` from which one version can be built: ways to begin, and commits to put
/// on top of them.
///
/// `LogListing.segment(upTo:in:)` makes it, and nobody else, and sees to it that
///
/// - there is a way to begin: a checkpoint, or the commit of version 0;
/// - nothing in it is later than `version`, which the log has come to;
/// - of each checkpoint all parts are there.
///
/// It opens no file. That a checkpoint is sound shows when `LogReplay` reads it, which goes on to
/// the next way if it is not; that no commit is missing behind a way, `commits(after:in:)` checks.
struct LogSegment: Sendable {
  /// Checkpoints to begin with, the newest first.
  let checkpoints: [CheckpointFiles]
  /// The version the segment ends at.
  let version: Int64
  /// The versions up to `version` that have a commit file, ascending: those before a checkpoint
  /// too, for the ways that begin earlier.
  let commits: [Int64]

  /// The commits after version `start` up to the end; `.data` when one is missing.
  func commits(after start: Int64, in log: LogFolder) throws(Fault) -> [Int64] {
    let found = commits.filter { $0 > start }
    var next = start + 1
    for commit in found where commit == next { next += 1 }
    guard next == version + 1 else {
      throw Fault(
        .data, at: Place(log.path), "the table's log has a gap: version \(next) is missing",
        remedy: "restore the log file from a copy")
    }
    return found
  }
}

/// The files of one checkpoint, all there.
struct CheckpointFiles: Hashable, Sendable {
  var version: Int64
  /// Names in the log folder: one, or the parts in order.
  var names: [String]
}

/// The folder `_delta_log`: names to versions.
struct LogFolder: Sendable {
  let path: String
  let fileSystem: any FileSystem

  init(table: String, fileSystem: any FileSystem) {
    path = table + "/_delta_log"
    self.fileSystem = fileSystem
  }

  /// The folder of the files that checkpoints of version 2 name.
  static let sidecars = "_sidecars"
  var sidecarFolder: String { "\(path)/\(Self.sidecars)" }

  /// Where on disk such a file lies.
  func place(of sidecar: SidecarFile) -> String {
    let name = FilePath.decode(sidecar.path)
    return name.hasPrefix("/") ? name : "\(sidecarFolder)/\(name)"
  }

  /// The path of the commit that makes `version`.
  func commitPath(_ version: Int64) -> String { "\(path)/\(padded(Int(version), 20)).json" }

  /// What the folder holds; nil when there is no table.
  func listing() throws(Fault) -> LogListing? {
    let listing = LogListing(names: try fileSystem.list(path))
    if let name = listing.impossible {
      throw Fault(
        .data, at: Place("\(path)/\(name)"), "the number of this log file is past all versions",
        remedy: "move it out of the log, if the table has no such version")
    }
    return listing.isEmpty ? nil : listing
  }

  /// The actions of the commit that makes `version`, in order; without those of files if these
  /// are passed over.
  func commit(
    _ version: Int64, passingOverFiles: Bool = false
  ) throws(Fault) -> [Action] {
    let path = commitPath(version)
    return try LogLines.actions(
      try fileSystem.read(path), path: path, passingOverFiles: passingOverFiles)
  }
}

/// The commits and checkpoints that a log folder holds.
struct LogListing: Sendable {
  /// Versions with a commit file, ascending.
  private(set) var commits: [Int64] = []
  /// Complete checkpoints, oldest first.
  private(set) var checkpoints: [CheckpointFiles] = []

  /// A log file of a version that no table has, or after which there could be none.
  private(set) var impossible: String?

  var isEmpty: Bool { commits.isEmpty && checkpoints.isEmpty }

  /// The newest version.
  var latest: Int64 { max(commits.last ?? -1, checkpoints.last?.version ?? -1) }

  init(names: [String]) {
    var parts: [PartedCheckpoint: [Int: String]] = [:]
    for name in names {
      guard let version = LogListing.version(of: name) else {
        if name.hasSuffix(".json"), LogListing.isNumber(name) { impossible = name }
        continue
      }
      if name.utf8.count == 25, name.hasSuffix(".json") {
        commits.append(version)
        continue
      }
      let pieces = name.dropFirst(20).split(separator: ".")
      if pieces.first == "checkpoint", let last = pieces.last,
        last == "parquet" || last == "json"
      {
        switch pieces.count {
        case 2, 3: checkpoints.append(CheckpointFiles(version: version, names: [name]))
        case 4:
          guard let part = Int(pieces[1]), let count = Int(pieces[2]) else { continue }
          parts[PartedCheckpoint(version: version, count: count), default: [:]][part] = name
        default: break
        }
      }
    }
    for (checkpoint, names) in parts where checkpoint.count > 0 {
      guard names.count >= checkpoint.count else { continue }
      let ordered = (1...checkpoint.count).compactMap { names[$0] }
      guard ordered.count == checkpoint.count else { continue }
      checkpoints.append(CheckpointFiles(version: checkpoint.version, names: ordered))
    }
    commits.sort()
    checkpoints.sort { ($0.version, $0.names[0]) < ($1.version, $1.names[0]) }
  }

  /// Whether each version from `first` to `last` has its commit file.
  func hasCommits(from first: Int64, to last: Int64) -> Bool {
    commits.count { (first...last).contains($0) } == last - first + 1
  }

  /// What is needed to build `version`; throws when the log no longer, or not yet, holds it.
  func segment(upTo version: Int64, in log: LogFolder) throws(Fault) -> LogSegment {
    let earliest = try earliest(in: log)
    guard earliest...latest ~= version else {
      throw Fault(
        .missing, at: Place(log.path),
        version > latest || version < 0
          ? "version \(version) is not in the log" : "the log no longer holds version \(version)",
        remedy: earliest == latest
          ? "give version \(latest), which is the only one"
          : "give a version from \(earliest) to \(latest)")
    }
    return LogSegment(
      checkpoints: checkpoints.filter { $0.version <= version }.reversed(), version: version,
      commits: commits.filter { $0 <= version })
  }

  /// The oldest version that can still be built; `.data` when there is none, since the log begins
  /// later than the table and no checkpoint stands in for what is gone.
  func earliest(in log: LogFolder) throws(Fault) -> Int64 {
    if commits.first == 0 { return 0 }
    if let checkpoint = checkpoints.first { return checkpoint.version }
    throw Fault(
      .data, at: Place(log.path),
      "the log begins with version \(commits.first ?? 0) and has no checkpoint, so that no "
        + "version can be read",
      remedy: "restore the log files before it from a copy")
  }

  private struct PartedCheckpoint: Hashable {
    var version: Int64
    var count: Int
  }

  /// Whether a name begins with 20 digits and a point.
  private static func isNumber(_ name: String) -> Bool {
    name.utf8.prefix(20).allSatisfy { digitValue($0) <= 9 } && name.utf8.dropFirst(20).first == 0x2E
  }

  /// The number of 20 digits that a name begins with, if a point follows, and if another version
  /// may come after it.
  private static func version(of name: String) -> Int64? {
    var version: Int64 = 0
    var count = 0
    for byte in name.utf8 {
      if count == 20 { return byte == UInt8(ascii: ".") && version < .max ? version : nil }
      let digit = digitValue(byte)
      let (tens, isTooLarge) = version.multipliedReportingOverflow(by: 10)
      let (sum, isJustTooLarge) = tens.addingReportingOverflow(Int64(digit))
      guard digit <= 9, !isTooLarge, !isJustTooLarge else { return nil }
      version = sum
      count += 1
    }
    return nil
  }
}
