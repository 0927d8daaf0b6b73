package import LakeTool
import Operations
import Runs
package import UnixTool
import WarehouseTool

extension LakeNeeds {
  /// Adds what whoever watches a lake reads: its tables, the warehouse, the run events, and the
  /// ledger of runs.
  package mutating func watch(
    _ lake: LakeOptions, _ place: WarehouseOption, ledger access: Needs.Access = .read
  ) throws {
    readAll()
    let place = try place.warehousePlace(inLake: lake.lake)
    try add { needs in
      try needs.add(.read, place)
      needs.add(.read, path: "\(lake.lake)/_events")
      needs.add(access, path: "\(RunLedger.folder(inLake: lake.lake))/ledger.db")
    }
  }

  /// What a tool touches that watches a lake and writes what it saw to `outputs`.
  package static func watching(
    _ lake: LakeOptions, _ place: WarehouseOption, _ console: Console, outputs: [String?]
  ) throws -> Needs {
    var found = try LakeNeeds(lake, console)
    try found.watch(lake, place)
    found.add { needs in
      for output in outputs { needs.add(output: output) }
    }
    return found.needs
  }
}
