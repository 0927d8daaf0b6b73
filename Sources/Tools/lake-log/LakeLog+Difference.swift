import Core
import Delta
import LakeJobs
import LakeQuery
import LakeTool
import Lakehouse
import Maintenance
import UnixTool

extension LakeLog {
  /// Writes in which rows two versions of a table differ.
  func diff(_ operands: [String], _ workspace: Workspace, _ console: Console) throws {
    guard (2...3).contains(operands.count) else {
      throw Fault(
        .usage, "a difference is of one table and one or two versions",
        remedy: "ask 'lake-log diff TABLE A B'")
    }
    let found = try workspace.maintainedTable(named: operands[0])
    let eyes = try rowSight(workspace)
    let context = lake.queryContext(console)
    let guarded = eyes.role?.catalog(
      over: LakeCatalog(lake: workspace.lake, jobs: workspace.jobs), context)
    let difference = try TableDifference(
      from: try snapshot(of: found.table, at: operands[1]),
      to: try snapshot(of: found.table, at: operands.count == 3 ? operands[2] : nil),
      keyedBy: try keyColumns(of: found, workspace), context
    ) { try guarded?.guarding($0, as: found.name) ?? $0 }
    var reads = eyes.reads
    for snapshot in [difference.before, difference.after] {
      try reads.add(rows: nil, of: found.name, snapshot.schema)
    }
    try lake.record(reads.told(asking: operands.joined(separator: " ")), console)
    let report = DifferenceReport(
      difference, of: found.name, limit: limit ?? (format == .json ? .max : 10), eyes.cover, console
    )
    let counts = try format == .json ? report.writeJSON() : report.writeText()
    guard counts.isEmpty, difference.changes.isEmpty else {
      throw Fault(
        .verdict,
        "\(found.name): version \(difference.before.version) and version "
          + "\(difference.after.version) differ",
        remedy: "see 'lake-log \(found.name)' for what was done in between")
    }
  }

  private func rowSight(_ workspace: Workspace) throws -> RowSight {
    try RowSight(
      try sight.eyes.chosen(lake, options), account: accountName(),
      key: try Secret.value(of: RoleSight.keyName, in: "\(lake.lake)/_secrets"),
      showsLabelled: sight.showsLabelled, workspace
    ) { try BoundJobs(workspace) }
  }

  private func keyColumns(
    of table: MaintainedTable, _ workspace: Workspace
  ) throws(Fault) -> [String] {
    guard let key else { return whole ? [] : workspace.jobs.key(of: table.name) ?? [] }
    guard !whole else {
      throw Fault(.usage, "--key and --whole together", remedy: "give one of them")
    }
    return key.split(separator: ",").map { String($0.trimmed) }
  }

  private func snapshot(of table: Table, at text: String?) throws(Fault) -> Snapshot {
    if let snapshot = try table.snapshot(at: Table.Moment(spelled: text)) { return snapshot }
    throw Fault(.missing, at: Place(table.path), "there is no table", remedy: "check its name")
  }
}
