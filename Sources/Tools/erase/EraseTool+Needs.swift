import LakeJobs
import LakeTool
import UnixTool
import WarehouseTool

extension EraseTool {
  func needs(_ console: Console) throws -> Needs {
    try checkCall()
    var found = try LakeNeeds(lake, console, isTrial: plan != nil)
    let place = try place.warehousePlace(inLake: lake.lake)
    // Whatever lies in the lake may tell of a person.
    try found.add {
      try $0.add(plan == nil ? .write : .read, place)
      $0.add(plan == nil ? .write : .read, path: lake.lake)
      if let plan { $0.add(.write, path: plan) }
      for file in [apply, signature].compactMap({ $0 }) { $0.add(.read, path: file) }
    }
    if plan == nil { found.record() }
    return found.needs
  }
}
