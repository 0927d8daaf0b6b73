import Core
import UnixTool
import Warehouse
import WarehouseTool

extension LoadFacts {
  func needs(_ console: Console) throws -> Needs {
    guard tables.count == 1, FactReport.Subject(rawValue: tables[0]) != nil else {
      return try loadNeeds(console)
    }
    var needs = Needs()
    try needs.add(.read, warehousePlace)
    return needs
  }
}
