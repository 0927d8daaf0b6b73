package import Bronze
package import Core
import Delta
package import LakeJobs

/// How the days of a bronze table are kept, and which of them move.
package struct TierPlan: Sendable {
  /// Where a day moves to.
  package enum Move: String, Sendable {
    case cool, archive, remove
  }

  /// One day's files.
  package struct Day: Sendable {
    /// Its folder: `ingest_date=2026-03-01`.
    package let folder: String
    package let date: CivilDate
    /// All that the log names, rejects among them.
    package let files: [BronzeFile]
    package let placement: DayPlacement?
    /// What is done with it; nil when nothing.
    package var move: Move?
    /// Why it stays although a rule would move it.
    package var kept: String?

    /// Which tier it is in now; a thawed day is as good as a hot one.
    package var tier: BronzeTier {
      switch placement?.tier {
      case nil, .thawed: .hot
      case .cool: .cool
      case .archive: .archive
      case .removed: .removed
      }
    }

    package var rowCount: Int { files.reduce(0) { $0.saturatingAdd($1.rowCount) } }

    /// What it takes on the disk now; an archive's own index is not counted.
    package var byteCount: Int {
      guard let placement else { return loggedByteCount }
      return placement.extents.values.reduce(0) { $0.saturatingAdd($1.byteCount) }
    }

    /// What it took when it was written.
    package var loggedByteCount: Int { files.reduce(0) { $0.saturatingAdd($1.byteCount) } }
  }

  package let contract: BronzeContract
  package let rules: Lifecycle.Rules
  package let days: [Day]

  /// The days in which something is to be done, the oldest first.
  package var moves: [Day] { days.filter { $0.move != nil } }
}

/// Finds what moves.
struct TierPlanner {
  private let workspace: Workspace
  private let lifecycle: Lifecycle
  private let holds: Holds
  private let today: CivilDate

  init(_ workspace: Workspace, _ lifecycle: Lifecycle, _ holds: Holds) {
    self.workspace = workspace
    self.lifecycle = lifecycle
    self.holds = holds
    today = workspace.lake.clock.now.date
  }

  /// The plan of a table whose log names days; nil where it has no log.
  func plan(_ contract: BronzeContract) throws(Fault) -> TierPlan? {
    let rules = try lifecycle.rules(of: contract)
    let files = workspace.lake.fileSystem
    let log = BronzeLog(folder: contract.folder, fileSystem: files)
    guard try log.exists() else { return nil }
    let placements = try DayPlacement.all(in: contract.folder, files)
    let unread = try Unread(contract, workspace)
    var days: [TierPlan.Day] = []
    for (folder, found) in try Self.days(of: log) {
      guard let date = DayPlacement.date(of: folder) else { continue }
      var day = TierPlan.Day(
        folder: folder, date: date, files: found.files, placement: placements[folder])
      day.move = move(day, rules)
      if day.move == nil, try isHalfCool(day, contract) { day.move = .cool }
      if day.move != nil { day.kept = kept(day, contract.name, unread.reason(from: found.last)) }
      if day.kept != nil { day.move = nil }
      days.append(day)
    }
    return TierPlan(contract: contract, rules: rules, days: days.sorted { $0.date < $1.date })
  }

  /// The files of each day, and the number of its last in the log.
  static func days(
    of log: BronzeLog
  ) throws(Fault) -> [String: (files: [BronzeFile], last: Int64)] {
    var days: [String: (files: [BronzeFile], last: Int64)] = [:]
    for commit in try log.commits() {
      for (index, file) in commit.files.enumerated() {
        guard let day = DayPlacement.day(of: file.path) else { continue }
        days[day, default: ([], 0)].files.append(file)
        days[day]?.last = commit.firstFile + Int64(index)
      }
      for file in commit.rejected {
        guard let day = DayPlacement.day(of: file.path) else { continue }
        days[day, default: ([], 0)].files.append(file)
      }
    }
    return days
  }

  private func move(_ day: TierPlan.Day, _ rules: Lifecycle.Rules) -> TierPlan.Move? {
    func isDue(_ age: Age?) -> Bool { age.map { day.date <= $0.lastDay(on: today) } ?? false }
    if isDue(rules.retain) { return day.tier < .removed ? .remove : nil }
    if isDue(rules.archive) { return day.tier < .archive ? .archive : nil }
    // A day that was thawed goes back to where it came from.
    if isDue(rules.cool) { return day.tier < .cool ? .cool : nil }
    return nil
  }

  /// Whether a run was killed that exchanged files of the day for those that their placement has.
  private func isHalfCool(
    _ day: TierPlan.Day, _ contract: BronzeContract
  ) throws(Fault) -> Bool {
    guard let placement = day.placement, placement.tier == .cool else { return false }
    for (path, extent) in placement.extents where extent.path == path {
      let status = try workspace.lake.fileSystem.status(of: "\(contract.folder)/\(path)")
      if status?.byteCount != extent.byteCount { return true }
    }
    return false
  }

  private func kept(
    _ day: TierPlan.Day, _ table: LakeTableName, _ unread: String?
  ) -> String? {
    if let hold = holds.hold(on: table, day.date) { return "held by \(hold.name): \(hold.reason)" }
    if let end = day.placement?.heldUntil, end > workspace.lake.clock.now {
      return "thawed until \(end)"
    }
    return day.move == .remove ? unread : nil
  }
}

/// Which files of a bronze table some flow has still to read.
private struct Unread {
  private var positions: [(table: LakeTableName, position: Int64)] = []

  init(_ contract: BronzeContract, _ workspace: Workspace) throws(Fault) {
    for (name, dataset) in workspace.jobs.datasets {
      for flow in dataset.flows {
        for stream in workspace.jobs.streams(of: flow) where stream.name == contract.name {
          let application = "flow:\(name):\(flow.name):\(stream.name)"
          let table = try workspace.lake.table(name).summary()
          positions.append((name, table?.transactionVersion(application) ?? 0))
        }
      }
    }
  }

  /// Who has not read the file of this number; nil when all have.
  func reason(from file: Int64) -> String? {
    positions.filter { $0.position <= file }.map(\.table).min().map { "\($0) has not read it yet" }
  }
}
