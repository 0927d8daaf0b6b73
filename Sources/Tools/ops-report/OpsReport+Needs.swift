import Core
import LakeTool
import Operations
import UnixTool
import WarehouseTool

extension OpsReport {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console)
    found.readAll()
    let place = try place.warehousePlace(inLake: lake.lake)
    try found.add { needs in
      try needs.add(.read, place)
      needs.add(.read, path: "\(lake.lake)/_events")
      needs.add(.read, path: "\(RunLedger.folder(inLake: lake.lake))/ledger.db")
      needs.add(output: output)
      needs.add(output: archive)
    }
    return found.needs
  }
}
