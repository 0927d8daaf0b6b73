package import Core

/// The files of a table's log, for who keeps it well.
extension Table {
  /// The folder of the log.
  package static let logFolder = "_delta_log"

  /// The oldest version that the log can still tell of; nil when there is no table.
  package func earliestVersion() throws(Fault) -> Int64? {
    guard let listing = try log.listing() else { return nil }
    return try listing.earliest(in: log)
  }

  /// The version that was current at `time`; the oldest that the log holds if it begins later.
  package func version(at time: Timestamp) throws(Fault) -> Int64? {
    guard let listing = try log.listing() else { return nil }
    do throws(Fault) {
      return try VersionClock(log, listing).version(at: time, withinHistory: false)
    } catch {
      guard error.kind == .missing else { throw error }
      return try listing.earliest(in: log)
    }
  }

  /// The first version made at `time` or later; one after the newest when none was.
  package func firstVersion(since time: Timestamp) throws(Fault) -> Int64 {
    guard let listing = try log.listing(), let before = time.adding(microseconds: -1) else {
      return 0
    }
    do throws(Fault) {
      return try VersionClock(log, listing).version(at: before, withinHistory: false) + 1
    } catch {
      guard error.kind == .missing else { throw error }
      return try listing.earliest(in: log)
    }
  }

  /// The names of the log's files that no version from `version` on needs: those before the newest
  /// sound checkpoint that is not after it.
  ///
  /// They stand in the order in which they may go, one by one: old checkpoints first, then commits
  /// from the oldest on, so that the log begins at one place whenever that ends.
  package func logFiles(notNeededFrom version: Int64) throws(Fault) -> [String] {
    guard let listing = try log.listing() else { return [] }
    for kept in listing.checkpoints.reversed() where kept.version <= version {
      guard try isSound(kept) else { continue }
      let checkpoints = listing.checkpoints.filter { $0.version < kept.version }.flatMap(\.names)
      let commits = listing.commits.filter { $0 < kept.version }
      return checkpoints + commits.map { "\(padded(Int($0), 20)).json" }
    }
    return []
  }

  /// The paths in the log's folder of files that no checkpoint from `version` on names, though they
  /// lie with those that checkpoints do; empty where a checkpoint cannot be read. One that is young
  /// may be of a checkpoint in the making.
  package func sidecars(notNamedFrom version: Int64) throws(Fault) -> [String] {
    guard let listing = try log.listing() else { return [] }
    let kept = listing.checkpoints.last { $0.version <= version }?.version ?? -1
    var named: Set<String> = []
    do throws(Fault) {
      for checkpoint in listing.checkpoints where checkpoint.version >= kept {
        named.formUnion(try CheckpointReader(log).sidecarNames(of: checkpoint))
      }
    } catch {
      guard error.kind == .data else { throw error }
      return []
    }
    return try fileSystem.list(log.sidecarFolder)
      .filter { !$0.hasPrefix(".") && !named.contains($0) }
      .map { "\(LogFolder.sidecars)/\($0)" }
  }

  private func isSound(_ checkpoint: CheckpointFiles) throws(Fault) -> Bool {
    do throws(Fault) {
      _ = try CheckpointReader(log).state(of: checkpoint)
      return true
    } catch {
      guard error.kind == .data else { throw error }
      return false
    }
  }
}
