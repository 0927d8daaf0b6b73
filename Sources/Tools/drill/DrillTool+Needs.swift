import Core
import LakeTool
import Recovery
import UnixTool

extension DrillTool {
  func needs(_ console: Console) throws -> Needs {
    var needs = Needs()
    guard action == .run else {
      needs.add(.read, path: recordFolder)
      return needs
    }
    if let folder = BackupAddress.folder(backup.place) {
      needs.add(.read, path: folder)
    } else {
      needs.add(program: "rclone")
    }
    if !backup.keyName.hasPrefix("secret:") { needs.add(.read, path: backup.keyName) }
    needs.add(.write, path: choice.scratch ?? environment("TMPDIR") ?? "/tmp")
    needs.add(.write, path: recordFolder)
    needs.add(.write, path: "\(lake.lake)/_audit")
    for tool in ["lake-sql", "lake-restore", "bronze2silver", "silver2gold"] {
      needs.add(program: tool)
    }
    return needs
  }
}
