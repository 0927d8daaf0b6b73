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
    var whole: [BronzeFile] = []
    for file in named {
      let status = try files.status(of: "\(log.folder)/\(file.path)")
      if let problem = Self.problem(of: file, status) {
        findings.append(finding(file.path, problem))
      } else {
        whole.append(file)
      }
    }
    for file in scope.choice(of: whole, on: day) where !file.digest.isEmpty {
      if try FileDigest(files).hex(of: "\(log.folder)/\(file.path)") != file.digest {
        findings.append(finding(file.path, "its bytes are not those that the commit tells of"))
      }
    }
    return findings + (try strays(besides: Set(named.map(\.path))))
  }

  private static func problem(of file: BronzeFile, _ status: FileStatus?) -> String? {
    guard let status else { return "it is gone" }
    if status.byteCount == file.byteCount { return nil }
    return "it has \(counted(status.byteCount, "byte")), and the commit says \(file.byteCount)"
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
