import Core
import LakeTool
import Recovery
import UnixTool
import WarehouseTool

extension BackupTool {
  func needs(_ console: Console) throws -> Needs {
    if action == .key {
      var needs = Needs()
      needs.add(.write, path: try name("a file for the key"))
      return needs
    }
    if action == .kit {
      var needs = Needs()
      needs.add(.read, path: lake.jobs)
      needs.add(.write, path: try name("a folder for the kit"))
      needs.add(program: "ldd")
      return needs
    }
    let writes = ![.list, .verify, .recipients].contains(action) && !trial.dryRun
    let takes = action == .create
    var found = try LakeNeeds(lake, console, isTrial: !writes)
    let address = backup.place
    if takes {
      found.readAll()
      let warehouse = try place.warehousePlace(inLake: lake.lake)
      try found.add { try $0.add(.read, warehouse) }
      found.add {
        $0.add(.write, path: "\(lake.lake)/_holds")
        $0.add(.write, path: "\(lake.lake)/_spill")
      }
    }
    if writes, action != .`init` {
      found.add { $0.add(.lock, path: "\(lake.lake)/_locks/backup.lock") }
    }
    found.add { needs in
      if let folder = BackupAddress.folder(address) {
        needs.add(writes ? .write : .read, path: folder)
      } else {
        needs.add(program: "rclone")
      }
      if !backup.keyName.hasPrefix("secret:") { needs.add(.read, path: backup.keyName) }
    }
    return found.needs
  }
}
