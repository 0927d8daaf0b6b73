import Core
import LakeTool
import UnixTool
import WarehouseTool

extension LoadDims {
  func needs(_ console: Console) throws -> Needs {
    try checkOptions()
    guard let question else { return try loadNeeds(console) }
    var found = try LakeNeeds(lake, console, isTrial: true)
    found.readAll()
    let place = try warehousePlace
    try found.add { needs in
      if question == "show" { try needs.add(.read, place) }
      needs.add(.write, path: "\(lake.lake)/_spill")
    }
    found.recordReads(question == "show" && showsLabelled)
    return found.needs
  }
}
