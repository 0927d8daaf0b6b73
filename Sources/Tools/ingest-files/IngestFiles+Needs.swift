import Core
import LakeJobs
import LakeTool
import UnixTool

extension IngestFiles {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console, isTrial: trial.dryRun)
    if let table = operands.first {
      for file in operands.dropFirst() { found.add { $0.add(.read, path: file) } }
      found.write(try found.workspace.contract(named: table))
      return found.needs
    }
    for landing in try found.workspace.sources().landings where landing.tool == Self.manual.name {
      found.add { $0.add(.read, path: landing.folder) }
      found.write(
        try found.workspace.contract(
          system: landing.name, entity: landing.entity, at: landing.place))
    }
    return found.needs
  }
}
