import Core
import LakeTool
import UnixTool

extension LakeOptimize {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console, isTrial: trial.dryRun)
    for name in try found.kept(tables) { found.write(name) }
    if !trial.dryRun { found.add { $0.add(.write, path: "\(lake.lake)/_spill") } }
    return found.needs
  }
}
