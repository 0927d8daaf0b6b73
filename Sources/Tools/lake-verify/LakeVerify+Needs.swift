import Core
import LakeJobs
import LakeTool
import UnixTool
import WarehouseTool

extension LakeVerify {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console, isTrial: !repair)
    for name in try found.kept(tables) { found.write(name) }
    guard tables.isEmpty else { return found.needs }
    for contract in found.workspace.jobs.contracts.keys.sorted() { found.read(contract) }
    let place = try place.warehousePlace(inLake: lake.lake)
    try found.add { try $0.add(.read, place) }
    return found.needs
  }
}
