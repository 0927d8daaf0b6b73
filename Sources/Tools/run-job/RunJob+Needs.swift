import Core
import Runs
import UnixTool

extension RunJob {
  func needs(_ console: Console) throws -> Needs {
    try checkCall()
    let folder = RunLedger.folder(inLake: lake.lake)
    var needs = Needs()
    needs.add(.read, path: lake.jobs)
    needs.add(.read, path: "\(lake.lake)/_secrets")
    needs.add(.read, path: "\(lake.lake)/_events")
    needs.add(.lock, path: RunLock.path(of: job, interval, inLake: lake.lake))
    needs.add(.write, path: "\(folder)/ledger.db")
    needs.add(.write, path: "\(folder)/logs/\(job)")
    needs.add(program: command[0])
    return needs
  }
}
