package import Core
import Delta
import LakeJobs
import Maintenance
import Sealing

/// Proves a backup by restoring it, in an empty folder and from the backup's place alone:
///
///  1. an epoch is chosen, 2. fetched, 3. held against itself, and 4. restored;
///  5. tables, logs, indexes and warehouse are read to the last byte, and 6. amount to what was
///     written down when the epoch was taken;
///  7. the last commits of streaming tables are taken back and done once more, with the same rows;
///  8. a gold table, and in passing all, are made anew from bronze, with the same rows;
///  9. each role of the policy file asks;
/// 10. it is measured what would be lost, and how long nobody could ask;
/// 11. the scratch is removed. The report (12) is for the caller to sign.
///
/// With a damage it is done to the drill's own copies, where it must be found, and mended from the
/// backup's place.
package final class DrillRun {
  let call: DrillCall
  let files: any FileSystem
  private let start = ContinuousClock.now
  var report: DrillReport
  var random: SplitMix
  private var isFetched = false

  package init(_ call: DrillCall, _ files: any FileSystem, fence: String) {
    self.call = call
    self.files = files
    random = SplitMix(state: call.seed)
    report = DrillReport(
      scope: call.isPartial ? "part" : "whole", seed: call.seed, at: call.now)
    report.damage = call.damage?.rawValue
    report.fence = fence
  }

  var copy: FolderPlace { FolderPlace("\(call.scratch)/backup", files) }

  /// The time by which the drill works: no earlier than the epoch's, whatever the machine says.
  var clock = Clock(now: Timestamp(microseconds: 0))

  /// Does it; what was found.
  package func run() -> DrillReport {
    do {
      let key = try Recipients.key(call.key, at: Place("the key"))
      let source = try BackupAddress.place(
        call.backup, files, cache: "\(call.scratch)/cache")
      let epoch = try choose(from: source, key)
      try fetch(epoch, from: source, key)
      let repository = try verify(epoch, from: source, key)
      if call.isPartial {
        try drillPart(of: epoch, repository)
      } else {
        try drillWhole(epoch, repository)
      }
      measure(epoch)
    } catch {
      // The step has told.
    }
    step("scratch is removed") {
      try FolderTree(self.files).remove("\(self.call.scratch)/backup")
      for name in try self.files.list(self.call.scratch) {
        try FolderTree(self.files).remove("\(self.call.scratch)/\(name)")
      }
      return "nothing is left"
    }
    return report
  }

  // MARK: Steps

  /// Does a step and notes what came of it; what it gave, or nil when it failed.
  @discardableResult
  func step<Result>(_ name: String, _ body: () throws -> (String, Result)) -> Result? {
    let begin = ContinuousClock.now
    func note(_ verdict: DrillReport.Verdict, _ words: String) {
      report.steps.append(
        .init(name, verdict, words, seconds: (ContinuousClock.now - begin) / .seconds(1)))
    }
    do {
      let (words, result) = try body()
      note(.proven, words)
      return result
    } catch let fault as Fault {
      // No room, no rights, no server: nothing is known then.
      let isUnknown = [.io, .cannotCreate, .temporary].contains(fault.kind)
      note(isUnknown ? .inconclusive : .failed, "\(fault)")
    } catch {
      note(.failed, "\(error)")
    }
    return nil
  }

  /// The same for a step that gives nothing but words.
  func step(_ name: String, _ body: () throws -> String) {
    _ = step(name) { (try body(), ()) }
  }

  /// The same; throws when it failed, since nothing after it can be told.
  func needed<Result>(
    _ name: String, _ body: () throws -> (String, Result)
  ) throws(Stop) -> Result {
    guard let result = step(name, body) else { throw Stop() }
    return result
  }

  /// That a step failed without which the others tell nothing.
  struct Stop: Error {}

  // MARK: Fetching

  private func choose(from source: any BackupPlace, _ key: SealingKey) throws -> Epoch {
    try needed("an epoch is chosen") {
      let epoch = try BackupRepository(source, key).epoch(self.call.epoch)
      self.report.epoch = epoch.name
      self.report.known =
        epoch.parts.map(\.name).filter { RestoreScope.holdsRows($0) || $0 == "warehouse" }
      var machine = self.call.now
      if self.call.damage == .clock {
        machine =
          epoch.time.adding(microseconds: -86_400 * Timestamp.microsecondsPerSecond) ?? machine
      }
      self.clock = Clock(now: max(machine, epoch.time))
      if machine < epoch.time {
        return (
          "\(epoch.name); found: the machine's clock stands at \(machine), before the epoch; "
            + "mended: the epoch's time is taken", epoch
        )
      }
      if self.call.damage == .clock {
        throw Fault(.verdict, "a clock that was set back was not found", remedy: "report it")
      }
      return ("\(epoch.name) of \(epoch.time)", epoch)
    }
  }

  private func fetch(_ epoch: Epoch, from source: any BackupPlace, _ key: SealingKey) throws {
    let fetching = DrillFetch(source: source, copy: copy)
    try needed("it is fetched") {
      try fetching.fetchDocuments()
      let count = try fetching.fetchPacks(of: epoch.name, key)
      return ("\(counted(count, "byte")) of packs from \(source.name)", ())
    }
  }

  private func verify(
    _ epoch: Epoch, from source: any BackupPlace, _ key: SealingKey
  ) throws -> BackupRepository {
    let damaged = try call.damage.flatMap { damage in
      damage.isOfBackup ? try self.damage(damage, epoch, key) : nil
    }
    return try needed("chain, digests and seals hold") {
      var words = "every chunk opens"
      var wrong = try self.findings(of: epoch, key)
      if let damaged {
        guard wrong.contains(where: { $0.file == damaged }) else {
          throw Fault(
            .verdict, "the damage of \(damaged) was not found", remedy: "report it: this is a bug")
        }
        words = "found: \(damaged): \(wrong.first { $0.file == damaged }?.problem ?? "")"
        try self.copy.remove(damaged)
        try DrillFetch(source: source, copy: self.copy).fetch(damaged)
        wrong = try self.findings(of: epoch, key)
        words += "; mended: fetched once more, every chunk opens"
      }
      guard wrong.isEmpty else {
        throw RestoredLake.damage(wrong.map { "\($0.file): \($0.problem)" })
      }
      return (words, try BackupRepository(self.copy, key))
    }
  }

  /// What is wrong with what was fetched, other epochs' packs aside, which were not.
  private func findings(of epoch: Epoch, _ key: SealingKey) throws(Fault) -> [BackupFinding] {
    try BackupAudit(of: copy, key, reading: .everything).report().findings.filter { finding in
      switch finding.kind {
      case .pack: finding.problem != "it is gone" || finding.epochs.contains(epoch.name)
      case .epoch: !finding.problem.contains("in no pack") || finding.epochs == [epoch.name]
      default: true
      }
    }
  }

  /// Does damage to the copy of the backup; the file that it is of.
  private func damage(
    _ damage: DrillDamage, _ epoch: Epoch, _ key: SealingKey
  ) throws(Fault) -> String? {
    var doer = DamageDoer(files, seed: random.next())
    let folder = damage == .key ? "keys" : "packs"
    guard let file = doer.choice(of: try copy.list(folder)),
      let path = copy.path(of: file.name)
    else { return nil }
    if damage == .partialUpload { try doer.cut(path) } else { try doer.flipByte(of: path) }
    return file.name
  }

  /// Restores as anybody would, but that nobody is erased again: it is held against what was taken,
  /// and goes with the scratch.
  func restoring(from repository: BackupRepository) -> RestoreRun {
    RestoreRun(
      from: repository, files, threads: call.threads, at: clock.now, eraseAgain: { _ in })
  }

  // MARK: Measuring

  /// Notes how long it took until the first right answer.
  func noteAnswer() {
    if report.recoveryTime == nil {
      report.recoveryTime = (ContinuousClock.now - start) / .seconds(1)
    }
  }

  private func measure(_ epoch: Epoch) {
    step("loss and delay are measured") {
      guard let newest = epoch.cut.newest else { return "nothing ever came in" }
      // Commits are of the years that clocks know: their distance fits.
      let lost = Double(max(0, self.clock.now.microseconds &- newest.microseconds)) / 1_000_000
      self.report.recoveryPoint = lost
      return "the newest event that came back is of \(newest)"
    }
  }
}
