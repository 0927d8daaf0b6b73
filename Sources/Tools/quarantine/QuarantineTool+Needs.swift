import Core
import LakeJobs
import LakeTool
import Lakehouse
import UnixTool

extension QuarantineTool {
  func needs(_ console: Console) throws -> Needs {
    let changes = action == .replay && !trial.dryRun
    var found = try LakeNeeds(lake, console, isTrial: !changes)
    let named = try operands.prefix(action == .list || action == .replays ? .max : 1).map {
      try found.workspace.quarantine(named: $0)
    }
    for table in named.isEmpty ? found.workspace.quarantines : named {
      found.read(table.name)
      switch table.origin {
      // What is refused at the door goes there again, what a job refused with its next run.
      case .door(let contract): found.write(contract)
      case .job:
        let log = "\(lake.lake)/quarantine/_replays/\(table.target.name)"
        found.add { $0.add(changes ? .write : .read, path: log) }
      case .former: break
      }
    }
    if let mended { found.add { $0.add(.read, path: mended) } }
    if changes {
      found.tell()
      found.record()
    }
    if action == .show || action == .export {
      found.recordReads(sight.mayShowLabelled || action == .export)
    }
    return found.needs
  }
}
