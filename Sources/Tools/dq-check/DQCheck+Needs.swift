import Core
import LakeJobs
import LakeTool
import Lakehouse
import UnixTool
import WarehouseTool

extension DQCheck {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console)
    let rules = try rules(found.workspace, console)
    for rule in rules { found.read(rule.table) }
    if rules.contains(where: { $0.table.schema == "warehouse" }) {
      let place = try place.warehousePlace(inLake: lake.lake)
      try found.add { try $0.add(.read, place) }
    }
    found.tell()
    found.recordReads(sight.mayShowLabelled)
    return found.needs
  }
}
