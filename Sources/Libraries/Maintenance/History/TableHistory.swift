import Bronze
package import Core
import Delta
package import LakeJobs

/// The history of a table, a commit at a time.
package struct TableHistory {
  /// Which commits are told of.
  package struct Choice {
    package var count = Int.max
    package var sinceVersion: Int64?
    package var sinceTime: Timestamp?

    /// All of them.
    package init() {}
  }

  /// The newest first.
  package let commits: [HistoryCommit]

  /// The history of the table called `name`: of a Delta table as far as its log goes back, of a
  /// bronze table from the beginning.
  package init(
    of name: String, _ choice: Choice, in workspace: Workspace
  ) throws(Fault) {
    if let table = LakeTableName(name), let contract = workspace.jobs.contracts[table] {
      let log = BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
      let wanted = try log.commits().reversed().prefix { choice.takes($0.version, $0.committedAt) }
      commits = wanted.prefix(choice.count).map { HistoryCommit($0) }
    } else {
      commits = try Self.commits(of: workspace.maintainedTable(named: name).table, choice)
    }
  }

  private static func commits(
    of table: Table, _ choice: Choice
  ) throws(Fault) -> [HistoryCommit] {
    let versions = try table.commitVersions()
    guard let first = try firstVersion(of: table, versions, choice) else { return [] }
    var rowCounts: [String: Int] = [:]
    var columns: [String] = []
    if let before = try snapshot(of: table, before: first) {
      columns = before.physicalPartitionColumns
      for file in before.files { rowCounts[FilePath.decode(file.path)] = file.rowCount }
    }
    var commits: [HistoryCommit] = []
    for version in versions where version >= first {
      let step = try table.step(version)
      if let metadata = step.metadata {
        columns = try metadata.physicalPartitionColumns(at: Place(table.path))
      }
      commits.append(
        HistoryCommit(
          step, at: try table.timestamp(of: version, step.commit), partitionedBy: columns,
          &rowCounts))
    }
    return commits.reversed()
  }

  /// The oldest version that is told of; nil when there is none.
  private static func firstVersion(
    of table: Table, _ versions: [Int64], _ choice: Choice
  ) throws(Fault) -> Int64? {
    var first: Int64?
    for version in versions.reversed().prefix(choice.count) {
      if choice.sinceTime != nil {
        let commit = try table.step(version).commit
        guard choice.takes(version, try table.timestamp(of: version, commit)) else { break }
      } else if !choice.takes(version, nil) {
        break
      }
      first = version
    }
    return first
  }

  /// The table as it was before `version`, where the log still tells.
  private static func snapshot(
    of table: Table, before version: Int64
  ) throws(Fault) -> Snapshot? {
    guard version > 0 else { return nil }
    do throws(Fault) {
      return try table.snapshot(at: .version(version - 1))
    } catch {
      guard error.kind == .missing || error.kind == .data else { throw error }
      return nil
    }
  }
}

extension TableHistory.Choice {
  fileprivate func takes(_ version: Int64, _ time: Timestamp?) -> Bool {
    if let sinceVersion, version < sinceVersion { return false }
    if let sinceTime, let time, time < sinceTime { return false }
    return true
  }
}
