import Core
import LakeTool
import UnixTool
import WarehouseTool

extension LakeVacuum {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console, isTrial: !delete && !undo)
    for name in try found.kept(tables) { found.write(name) }
    found.record()
    // Which versions the warehouse has still to load stands there.
    let place = try place.warehousePlace(inLake: lake.lake)
    try found.add { needs in
      needs.add(.read, path: "\(lake.lake)/_holds")
      try needs.add(.read, place)
    }
    return found.needs
  }
}
