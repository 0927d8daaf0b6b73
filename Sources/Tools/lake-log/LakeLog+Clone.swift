import Core
import Delta
import LakeJobs
import Maintenance
import UnixTool

extension LakeLog {
  /// Makes a shallow copy: `TABLE[@VERSION|TIME] PLACE`.
  func clone(_ operands: [String], _ workspace: Workspace, _ console: Console) throws {
    guard operands.count == 2 else {
      throw Fault(
        .usage, "a copy is of one table, and lies at one place",
        remedy: "ask 'lake-log clone TABLE@VERSION FOLDER'")
    }
    let parts = operands[0].split(separator: "@", maxSplits: 1).map(String.init)
    let table = try workspace.maintainedTable(named: parts.first ?? "")
    let copied = try TableCopies.make(
      of: table, at: Table.Moment(spelled: parts.count > 1 ? parts[1] : nil),
      place: operands[1], in: workspace.lake)
    console.say(
      "\(table.name) at version \(copied.version): \(counted(copied.files.count, "file")) shared; "
        + "read it as delta.`\(operands[1])`")
  }
}
