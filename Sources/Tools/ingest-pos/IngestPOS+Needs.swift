import Core
import LakeJobs
import LakeTool
import UnixTool

extension IngestPOS {
  func needs(_ console: Console) throws -> Needs {
    let isQuestion = stream.offsets || tills.gaps
    var found = try LakeNeeds(lake, console, isTrial: trial.dryRun || isQuestion)
    for file in files where !isQuestion { found.add { $0.add(.read, path: file) } }
    let landings = try found.workspace.sources().landings.filter { $0.tool == Self.manual.name }
    // Files that are named go where the first landing folder's go.
    for landing in files.isEmpty ? landings : Array(landings.prefix(1)) {
      if files.isEmpty, !isQuestion { found.add { $0.add(.read, path: landing.folder) } }
      found.write(
        try found.workspace.contract(
          system: landing.name, entity: landing.entity, at: landing.place))
    }
    return found.needs
  }
}
