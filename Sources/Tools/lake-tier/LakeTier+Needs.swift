import Core
import LakeJobs
import LakeTool
import UnixTool

extension LakeTier {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console, isTrial: isTrial)
    if isThawing {
      if operands.count > 1 { found.write(try found.workspace.contract(named: operands[1])) }
    } else {
      for contract in try contracts(found.workspace) { found.write(contract) }
    }
    found.record()
    found.add { needs in
      needs.add(.read, path: "\(lake.lake)/_holds")
      if !isTrial { needs.add(.write, path: "\(lake.lake)/_spill") }
    }
    return found.needs
  }
}
