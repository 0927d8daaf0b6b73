import Core
import LakeTool
import UnixTool

extension LakeRestore {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console, isTrial: trial.dryRun)
    for name in try found.kept([table]) { found.write(name) }
    found.record()
    return found.needs
  }
}
