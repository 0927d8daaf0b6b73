import Bronze
import Core
import LakeJobs

/// Holds one bronze table, or a log of replays, against its commits.
struct BronzeAudit {
  private let name: String
  private let log: BronzeLog
  private let files: any FileSystem
  private let scope: VerifyScope
  private let day: Int

  init(_ name: String, folder: String, _ files: any FileSystem, _ scope: VerifyScope, on day: Int) {
    self.name = name
    log = BronzeLog(folder: folder, fileSystem: files)
    self.files = files
    self.scope = scope
    self.day = day
  }

  func findings() throws(Fault) -> [VerifyFinding] {
    guard try log.exists() else { return [] }
    var findings: [VerifyFinding] = []
    let commits: [BronzeCommit]
    do throws(Fault) {
      commits = try log.commits()
    } catch {
      guard error.kind == .data else { throw error }
      return [VerifyFinding(error, name)]
    }
    var position: Int64 = 0
    for commit in commits {
      if commit.firstFile != position {
        findings.append(
          finding("_commits", "commit \(commit.version) does not follow the one before it"))
      }
      position = commit.endFile
    }
    let named = commits.flatMap { $0.files + $0.rejected }
    let placements = try DayPlacement.all(in: log.folder, files)
    var whole: [BronzeFile] = []
    for file in named {
      let placement = DayPlacement.day(of: file.path).flatMap { placements[$0] }
      if placement?.tier == .removed { continue }
      if let problem = try problem(of: file, placement) {
        findings.append(finding(file.path, problem))
      } else {
        whole.append(file)
      }
    }
    for file in scope.choice(of: whole, on: day) where !file.digest.isEmpty {
      let placement = DayPlacement.day(of: file.path).flatMap { placements[$0] }
      if try !isTrue(file, placement) {
        findings.append(finding(file.path, "its bytes are not those that the commit tells of"))
      }
    }
    return findings + (try strays(besides: Set(named.map(\.path))))
  }

  /// What is wrong with a file where it lies now, as far as sizes tell.
  private func problem(
    of file: BronzeFile, _ placement: DayPlacement?
  ) throws(Fault) -> String? {
    if let status = try files.status(of: "\(log.folder)/\(file.path)") {
      let sizes = [file.byteCount] + [placement?.extents[file.path]?.byteCount].compactMap { $0 }
      if sizes.contains(status.byteCount) { return nil }
      return "it has \(counted(status.byteCount, "byte")), and the commit says \(file.byteCount)"
    }
    guard let placement else { return "it is gone" }
    do throws(Fault) {
      _ = try placement.open(file.path, in: log.folder, files)
      return nil
    } catch {
      guard [.missing, .data].contains(error.kind) else { throw error }
      return "\(error.place.map { "\($0): " } ?? "")\(error.problem)"
    }
  }

  /// Whether its bytes are those that were written, or those that its day's placement tells of.
  private func isTrue(_ file: BronzeFile, _ placement: DayPlacement?) throws(Fault) -> Bool {
    let path = "\(log.folder)/\(file.path)"
    let digest = FileDigest(files)
    let moved = placement?.extents[file.path]?.digest
    if try files.exists(path) {
      return [file.digest, moved].contains(try digest.hex(of: path))
    }
    guard let placement else { return false }
    return try digest.hex(of: try placement.open(file.path, in: log.folder, files)) == moved
  }

  private func finding(_ path: String, _ problem: String) -> VerifyFinding {
    VerifyFinding(
      .damage, name, at: "\(log.folder)/\(path)", problem, remedy: "restore it from a copy")
  }

  /// Files in the folders of days that no commit names.
  private func strays(besides named: Set<String>) throws(Fault) -> [VerifyFinding] {
    var findings: [VerifyFinding] = []
    for root in ["", "_rejected/"] {
      for folder in try files.list("\(log.folder)/\(root)") where folder.hasPrefix("ingest_date=") {
        for name in try files.list("\(log.folder)/\(root)\(folder)") where !name.hasPrefix(".") {
          let path = "\(root)\(folder)/\(name)"
          if named.contains(path) { continue }
          findings.append(
            VerifyFinding(
              .note, self.name, at: "\(log.folder)/\(path)", "no commit names this file",
              remedy: "a run that died has left it; the next one clears it away"))
        }
      }
    }
    return findings
  }
}
