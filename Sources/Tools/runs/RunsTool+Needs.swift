import Core
import LakeTool
import Operations
import Runs
import UnixTool

extension RunsTool {
  func needs(_ console: Console) throws -> Needs {
    let folder = RunLedger.folder(inLake: lake.lake)
    var found = try LakeNeeds(lake, console)
    switch question {
    case .list, .missing, .path, .why: break
    case .show: found.add { $0.add(.read, path: "\(folder)/logs") }
    case .fit: found.readAll()
    case .seal:
      found.add { $0.add(.write, path: "\(folder)/ledger.db") }
      return found.needs
    case .backfill where backfill.apply != nil:
      found.add { needs in
        for program in ["run-job", "bronze2silver", "silver2gold", "load-dims", "load-facts"] {
          needs.add(program: "\(ToolFolder.path ?? "")/\(program)")
        }
        needs.add(.read, path: backfill.apply ?? "")
      }
    case .backfill:
      found.readAll()
      if let plan = backfill.plan { found.add { $0.add(.write, path: plan) } }
    }
    found.add { $0.add(.read, path: "\(folder)/ledger.db") }
    return found.needs
  }
}
