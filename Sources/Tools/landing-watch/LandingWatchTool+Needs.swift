import Core
import LakeTool
import Operations
import Runs
import UnixTool

extension LandingWatchTool {
  func needs(_ console: Console) throws -> Needs {
    var needs = Needs()
    if folders.isEmpty { needs.add(.read, path: lake.jobs) }
    for folder in try watched(lake.lakehouse(console)) { needs.add(.read, path: folder) }
    needs.add(.write, path: "\(RunLedger.folder(inLake: lake.lake))/landing")
    needs.add(program: command[0])
    return needs
  }
}
