import Bronze
import Core
import LakeJobs

/// Where a log of bronze, or of replays, stands, and the files that this takes.
struct LogSurvey {
  /// The log's part of an epoch.
  struct Found {
    var items: [EpochItem]
    let mark: EpochCut.LogMark
  }

  private let folder: String
  private let target: String
  private let files: any FileSystem
  /// Where databases are copied to.
  private let scratch: EpochScratch

  init(_ folder: String, target: String, _ files: any FileSystem, _ scratch: EpochScratch) {
    self.folder = folder
    self.target = target
    self.files = files
    self.scratch = scratch
  }

  /// The log as it stands now; nil when there is none.
  func take() throws(Fault) -> Found? {
    let log = BronzeLog(folder: folder, fileSystem: files)
    guard try log.exists() else { return nil }
    // What is remembered of a source comes first: it is told from the commits that it is of by a
    // mark in them, and made anew from these where it is of others.
    var items = try memories()
    for _ in 0..<8 {
      let commits = try log.commits()
      guard let state = try state(of: commits.last) else { continue }
      items += state
      for commit in commits {
        let name = "_commits/\(padded(Int(commit.version), 20)).json"
        items.append(EpochItem("\(target)/\(name)", .fixed("\(folder)/\(name)")))
      }
      items += try PlacedFiles(folder, target: target, files).items(
        commits.flatMap { $0.files + $0.rejected })
      items += try ledger(upTo: Int64(commits.count))
      return Found(items: items, mark: Self.mark(of: commits))
    }
    throw Fault(
      .temporary, at: Place(folder), "it is being written to faster than it can be read",
      remedy: "run the command again")
  }

  static func mark(of commits: [BronzeCommit]) -> EpochCut.LogMark {
    EpochCut.LogMark(
      commitCount: Int64(commits.count), position: commits.last?.endFile ?? 0,
      rowCount: commits.reduce(0) { $0 + $1.files.reduce(0) { $0 + $1.rowCount } },
      rejectedCount: commits.reduce(0) { $0 + $1.rejected.reduce(0) { $0 + $1.rowCount } },
      newest: commits.map(\.committedAt).max())
  }

  /// What the last commit remembers, where that has a file of its own; nil when it is gone, since
  /// later commits were made meanwhile.
  private func state(of last: BronzeCommit?) throws(Fault) -> [EpochItem]? {
    guard let name = last?.stateFile else { return [] }
    do throws(Fault) {
      let bytes = try files.read("\(folder)/_states/\(name)")
      return [EpochItem("\(target)/_states/\(name)", .bytes(bytes))]
    } catch {
      guard error.kind == .missing else { throw error }
      return nil
    }
  }

  /// The ledger of inputs, if it tells of no commit that is not in the epoch: of such a one it
  /// would say that inputs were taken which were not.
  private func ledger(upTo count: Int64) throws(Fault) -> [EpochItem] {
    for name in try files.list("\(folder)/_ledger").reversed() where name.hasSuffix(".inputs") {
      guard let told = Int64(name.dropLast(7)), told <= count else { continue }
      // It may just have been replaced by one of more commits.
      guard let bytes = try? files.read("\(folder)/_ledger/\(name)") else { continue }
      return [EpochItem("\(target)/_ledger/\(name)", .bytes(bytes))]
    }
    return []
  }

  /// Databases in which an extraction remembers rows of its source. One that is in use is left out:
  /// it can be made anew.
  private func memories() throws(Fault) -> [EpochItem] {
    var items: [EpochItem] = []
    for name in try files.list("\(folder)/_state") where name.hasSuffix(".db") {
      // Images are of one run alone.
      if name == "images.db" { continue }
      if let copy = try scratch.copyUnlessBusy("\(folder)/_state/\(name)") {
        items.append(EpochItem("\(target)/_state/\(name)", .copy(copy), isNeeded: false))
      }
    }
    return items
  }
}
