import Core
import LakeTool
import UnixTool
import WarehouseJobs
import WarehouseTool

extension AccessTool {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console)
    let place = try place.warehousePlace(inLake: lake.lake)
    try found.add { needs in
      switch question {
      case .show: break
      case .diff:
        for name in names { needs.add(.read, path: name) }
      case .explain: try needs.add(.read, place)
      case .plan:
        if place.path == nil { try needs.add(.read, place) }
      case .apply:
        if place.path == nil { try needs.add(.write, place) }
        needs.add(.write, path: lake.lake)
      case .test:
        try needs.add(place.path == nil ? .write : .read, place)
        needs.add(.write, path: "\(lake.lake)/_spill")
      case .export:
        try needs.add(.read, place)
        needs.add(output: names.first)
        needs.add(.write, path: "\(lake.lake)/_audit")
      }
      if question == .apply || question == .test || question == .export {
        needs.add(.write, path: "\(lake.lake)/_secrets")
      }
    }
    if question == .explain, let name = names.last, names.count == 2 {
      found.read(try found.name(name))
    }
    return found.needs
  }
}
