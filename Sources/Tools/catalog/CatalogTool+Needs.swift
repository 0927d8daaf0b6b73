import Core
import LakeTool
import UnixTool
import WarehouseTool

extension CatalogTool {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console)
    if question == .classify {
      if classifying.selfCheck { return found.needs }
      for name in names { found.read(try found.name(name)) }
      if names.isEmpty { found.readAll() }
      return found.needs
    }
    found.readAll()
    let place = try place.warehousePlace(inLake: lake.lake)
    try found.add { needs in
      try needs.add(.read, place)
      needs.add(.read, path: "\(lake.lake)/_events")
      let memory = "\(lake.lake)/_catalog"
      needs.add(question == .build || question == .drop ? .write : .read, path: memory)
      if question == .build { needs.add(output: choice.output) }
    }
    if question == .drop { found.record() }
    return found.needs
  }
}
