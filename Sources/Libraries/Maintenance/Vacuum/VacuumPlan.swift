import Core
import Delta
import LakeJobs

/// What may go from a table's folder, and what must stay, and why.
///
/// A file of rows or deletion vectors stays while any of these holds: the newest version names it;
/// it was removed, or written, less than the retention ago; a version that a hold names, or one
/// since which a reader is still to be told, has it. So every version inside the retention reads as
/// it did.
package struct VacuumPlan: Sendable {
  /// A file that may go, by its path below the table's folder.
  package struct Candidate: Sendable {
    package let path: String
    package let byteCount: Int
    package let kind: Kind
  }

  /// Why a file may go.
  package enum Kind: String, CaseIterable, Sendable {
    /// Only versions that nobody needs have it.
    case removed
    /// No version has it: a run that died has left it.
    case orphan
    /// Entries and checkpoints of the log that no version in use needs.
    case log
  }

  /// Files that stay though the newest version lacks them, for one reason.
  package struct Kept: Sendable {
    package let why: String
    package let fileCount: Int
    package let byteCount: Int
  }

  package let table: MaintainedTable
  /// The newest version when it was looked at.
  package let version: Int64
  package let candidates: [Candidate]
  package let kept: [Kept]

  /// The bytes of all candidates.
  package var byteCount: Int { candidates.reduce(0) { $0.saturatingAdd($1.byteCount) } }

  /// How many files of a kind may go.
  package func fileCount(_ kind: Kind) -> Int { candidates.count { $0.kind == kind } }
}

/// Makes the plan for one table.
struct VacuumPlanner {
  let table: MaintainedTable
  let snapshot: Snapshot
  let lake: Lake
  let rules: VacuumRules
  let hold: (version: Int64, hold: Holds.Hold)?
  let reader: TableReaders.Reader?
  /// How long files stay, in milliseconds.
  private let retention: Int64

  init(
    _ table: MaintainedTable, _ snapshot: Snapshot, in workspace: Workspace, _ rules: VacuumRules
  ) throws(Fault) {
    self.table = table
    self.snapshot = snapshot
    self.rules = rules
    lake = workspace.lake
    hold = try rules.holds.first(of: table.name, table.table)
    reader = rules.readers.last(of: table.name)
    let own = try Retention.files.checkedMilliseconds(
      in: workspace.properties(of: table, snapshot), at: Place(table.table.path))
    guard rules.retention.map({ $0 >= own }) ?? true else {
      throw Fault(
        .denied, at: Place(table.table.path),
        "versions of it are to be kept for \(spelled(own)), which is longer than --retain",
        remedy: "give a longer time, or set its property '\(Retention.files.rawValue)'")
    }
    retention = rules.retention ?? own
  }

  func plan() throws(Fault) -> VacuumPlan {
    var candidates: [VacuumPlan.Candidate] = []
    var kept: [String: (files: Int, bytes: Int)] = [:]
    let known = try removals()
    let live = try table.table.livePaths(of: snapshot)
    let shared = try TableCopies(of: table.table).sharedFiles()
    let root = shared.isEmpty ? "" : try lake.fileSystem.realPath(of: table.table.path)
    for (path, status) in try TableFolder(table.table).files() where !live.contains(path) {
      let removal = known[path]
      let copy = shared["\(root)/\(path)"].map { "shared with the copy at \($0)" }
      let own = copy == nil ? try reasonToKeep(removal, status) : nil
      if let why = copy ?? own {
        kept[why, default: (0, 0)].files += 1
        kept[why, default: (0, 0)].bytes += status.byteCount
      } else {
        candidates.append(
          .init(
            path: path, byteCount: status.byteCount, kind: removal == nil ? .orphan : .removed))
      }
    }
    candidates += try logCandidates()
    return VacuumPlan(
      table: table, version: snapshot.version, candidates: candidates,
      kept: kept.sorted { $0.key < $1.key }.map {
        VacuumPlan.Kept(why: $0.key, fileCount: $0.value.files, byteCount: $0.value.bytes)
      })
  }

  /// When a file was removed, and by which version.
  private struct Removal {
    var version: Int64
    var time: Timestamp
  }

  /// The removals that the log tells of, by path; the last of each.
  private func removals() throws(Fault) -> [String: Removal] {
    var removals: [String: Removal] = [:]
    let earliest = try table.table.earliestVersion() ?? 0
    for file in snapshot.removals {
      try note(
        Removal(
          version: earliest, time: Timestamp(milliseconds: file.deletionTimestamp ?? 0)),
        of: table.table.locations(of: file), in: &removals)
    }
    for version in try table.table.commitVersions() where version <= snapshot.version {
      let step = try table.table.step(version)
      let made = try table.table.timestamp(of: version, step.commit)
      for file in step.removed {
        try note(
          Removal(
            version: version,
            time: file.deletionTimestamp.map { Timestamp(milliseconds: $0) } ?? made),
          of: table.table.locations(of: file), in: &removals)
      }
      // What tells of a version's changes is needed as long as what it took away.
      for file in step.changeFiles {
        try note(
          Removal(version: version, time: made), of: [table.table.location(ofFile: file.path)],
          in: &removals)
      }
    }
    return removals
  }

  private func note(
    _ removal: Removal, of places: [String], in removals: inout [String: Removal]
  ) {
    for place in places { removals[table.table.relativePath(place)] = removal }
  }

  /// Why a file must stay; nil when it may go.
  private func reasonToKeep(_ removal: Removal?, _ status: FileStatus) throws(Fault) -> String? {
    if let hold, removal.map({ $0.version > hold.version }) ?? true {
      return "held by '\(hold.hold.name)': \(hold.hold.reason)"
    }
    guard let removal else {
      // Whoever writes it may not have come to its commit yet, under a clock of another machine.
      let written = max(status.modified, status.changed)
      return isYoung(written) ? "no version has it, but it is younger than \(age)" : nil
    }
    if isYoung(removal.time) { return "removed less than \(age) ago" }
    if let reader, removal.version > reader.version {
      return "needed by \(reader.name), which stands at version \(reader.version)"
    }
    return nil
  }

  private var age: String { spelled(retention) }

  private func isYoung(_ time: Timestamp) -> Bool {
    time.milliseconds > lake.clock.now.milliseconds - retention
  }

  // MARK: Log

  /// The log's files that are older than its retention, and that no version in use needs.
  private func logCandidates() throws(Fault) -> [VacuumPlan.Candidate] {
    let log = table.table
    if snapshot.properties["delta.enableExpiredLogCleanup"] == "false" { return [] }
    let span = max(
      try Retention.log.checkedMilliseconds(in: snapshot.properties, at: Place(log.path)),
      retention)
    let horizon = Timestamp(milliseconds: lake.clock.now.milliseconds - span)
    let needed = [try log.version(at: horizon), hold?.version, reader?.version].compactMap { $0 }
    var candidates: [VacuumPlan.Candidate] = []
    let first = needed.min() ?? 0
    for name in try log.logFiles(notNeededFrom: first) {
      let path = "\(Table.logFolder)/\(name)"
      let status = try lake.fileSystem.status(of: "\(log.path)/\(path)")
      candidates.append(.init(path: path, byteCount: status?.byteCount ?? 0, kind: .log))
    }
    for name in try log.sidecars(notNamedFrom: first) {
      let path = "\(Table.logFolder)/\(name)"
      guard let status = try lake.fileSystem.status(of: "\(log.path)/\(path)"),
        !isYoung(max(status.modified, status.changed))
      else { continue }
      candidates.append(.init(path: path, byteCount: status.byteCount, kind: .log))
    }
    return candidates
  }
}

/// What is asked of a vacuum beyond what tables say of themselves.
package struct VacuumRules {
  package let holds: Holds
  package let readers: TableReaders
  /// How long files stay, in milliseconds; nil as each table says.
  package let retention: Int64?

  /// The holds of the lake, who reads its tables, and how long files stay if that is given.
  package init(holds: Holds, readers: TableReaders, retention: Duration? = nil) {
    self.holds = holds
    self.readers = readers
    self.retention = retention.map(milliseconds)
  }
}

/// Whole milliseconds of a span.
func milliseconds(_ duration: Duration) -> Int64 {
  let (seconds, attoseconds) = duration.components
  return seconds &* 1_000 &+ attoseconds / 1_000_000_000_000_000
}

/// A span of milliseconds in its greatest whole unit: `7 days`.
func spelled(_ milliseconds: Int64) -> String {
  for (unit, size) in [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000)] {
    if milliseconds >= size, milliseconds.isMultiple(of: Int64(size)) {
      return counted(Int(milliseconds) / size, unit)
    }
  }
  return "\(milliseconds / 1_000) s"
}
