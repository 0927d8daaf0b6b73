import Core
import Delta
import LakeJobs
import TableKeys

/// Holds one Delta table against its log.
struct DeltaAudit {
  private let table: MaintainedTable
  private let scope: VerifyScope
  private let day: Int
  private var name: String { "\(table.name)" }
  private var files: any FileSystem { table.table.fileSystem }

  init(_ table: MaintainedTable, _ scope: VerifyScope, on day: Int) {
    self.table = table
    self.scope = scope
    self.day = day
  }

  func findings() throws -> [VerifyFinding] {
    var findings: [VerifyFinding] = []
    findings += try checkpointFindings()
    do {
      findings += try logFindings()
      guard let snapshot = try Table(table.table.path, files).snapshot() else { return findings }
      let sound = try fileFindings(snapshot, &findings)
      findings += try folderFindings(snapshot)
      findings += try indexFindings(snapshot, sound)
    } catch let fault as Fault where fault.kind == .data || fault.kind == .missing {
      findings.append(VerifyFinding(fault, name))
    }
    return findings
  }

  // MARK: Log

  /// Each commit is there and readable, made after the one before it, and takes away and brings
  /// what it can.
  private func logFindings() throws(Fault) -> [VerifyFinding] {
    var findings: [VerifyFinding] = []
    var last: (version: Int64, time: Timestamp)?
    for version in try table.table.commitVersions() {
      if let last, version != last.version + 1 {
        findings.append(
          log(version, "the log has no commits between \(last.version) and \(version)"))
      }
      do throws(Fault) {
        let step = try table.table.step(version)
        let time = try table.table.timestamp(of: version, step.commit)
        if let last, time <= last.time, step.commit?.inCommitTimestamp != nil {
          findings.append(log(version, "it is not of a later time than the commit before it"))
        }
        last = (version, time)
      } catch {
        guard error.kind == .data else { throw error }
        findings.append(log(version, error.problem))
        last = (version, last?.time ?? Timestamp(microseconds: .min))
      }
    }
    return findings
  }

  private func log(_ version: Int64, _ problem: String) -> VerifyFinding {
    VerifyFinding(
      .damage, name,
      at: "\(table.table.path)/\(Table.logFolder)/\(padded(Int(version), 20)).json", problem,
      remedy: "restore the log's files from a copy")
  }

  private func checkpointFindings() throws -> [VerifyFinding] {
    try CheckpointAudit(of: table.table).findings().map { finding in
      let folder = "\(table.table.path)/\(Table.logFolder)"
      return VerifyFinding(
        finding.isSpare ? .derived : .damage, name, at: "\(folder)/\(finding.names[0])",
        finding.problem,
        remedy: finding.isSpare
          ? "remove it with --repair: the log holds another way to its version"
          : "restore it from a copy",
        spareFiles: finding.isSpare ? finding.names.map { "\(folder)/\($0)" } : [])
    }
  }

  // MARK: Files

  /// Adds what is wrong with the files of the newest version; tells those of the sample that are
  /// sound.
  private func fileFindings(
    _ snapshot: Snapshot, _ findings: inout [VerifyFinding]
  ) throws -> [AddedFile] {
    let audit = DataFileAudit(snapshot: snapshot)
    var whole: [AddedFile] = []
    for file in snapshot.files {
      if let problem = try audit.problem(of: file) {
        findings.append(data(file, problem))
      } else {
        whole.append(file)
      }
    }
    var sound: [AddedFile] = []
    for file in scope.choice(of: whole, on: day) {
      if let problem = try audit.problemWithin(file) {
        findings.append(data(file, problem))
      } else {
        sound.append(file)
      }
    }
    return sound
  }

  private func data(_ file: AddedFile, _ problem: String) -> VerifyFinding {
    VerifyFinding(
      .damage, name, at: "\(table.table.path)/\(FilePath.decode(file.path))", problem,
      remedy: "restore it from a copy, or make the table anew from bronze")
  }

  /// Files that no version has.
  private func folderFindings(_ snapshot: Snapshot) throws(Fault) -> [VerifyFinding] {
    let log = table.table
    var places: [String] = []
    for file in snapshot.files { places += try log.locations(of: file) }
    for file in snapshot.removals { places += try log.locations(of: file) }
    for version in try log.commitVersions() {
      let step = try log.step(version)
      for file in step.removed { places += try log.locations(of: file) }
      for file in step.changeFiles { places.append(try log.location(ofFile: file.path)) }
    }
    let known = Set(places.map(log.relativePath))
    return try TableFolder(log).files().filter { !known.contains($0.path) }.map {
      path, status in
      VerifyFinding(
        .note, name, at: "\(table.table.path)/\(path)",
        "no version has this file of \(counted(status.byteCount, "byte")), written "
          + "\(status.modified.floored(to: Timestamp.microsecondsPerSecond) ?? status.modified)",
        remedy: "a run that died has left it; 'lake-vacuum' clears it away when it is old")
    }
  }

  // MARK: Keys

  private func indexFindings(
    _ snapshot: Snapshot, _ sample: [AddedFile]
  ) throws -> [VerifyFinding] {
    let audit = KeyIndexAudit(of: table.table)
    return try audit.folders().compactMap { folder in
      guard let problem = try audit.problem(of: folder, in: snapshot, sample: sample) else {
        return nil
      }
      return VerifyFinding(
        .derived, name, at: folder, "the key index is wrong: \(problem)",
        remedy: "remove it with --repair: the next run makes it anew",
        spareFiles: try files.list(folder).filter { !$0.hasPrefix(".") }.map { "\(folder)/\($0)" })
    }
  }
}
