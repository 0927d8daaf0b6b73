import Core
import LakeJobs
import LakeTool
import UnixTool
import WarehouseTool

extension LineageTool {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console)
    // Tables and columns are told by job files alone; a row is looked for in what it came from.
    guard question == .row, let name else { return found.needs }
    found.readAll()
    let table = try found.name(name.contains(".") ? name : "warehouse.\(name)")
    let place = try place.warehousePlace(inLake: lake.lake)
    try found.add { needs in
      needs.add(.read, table: "\(table)")
      try needs.add(.read, place)
      needs.add(.write, path: "\(lake.lake)/_spill")
    }
    found.recordReads(sight.mayShowLabelled)
    return found.needs
  }
}
