package import LakeJobs
import Operations
package import WarehouseJobs

/// How much of the disk each part of a lake takes.
package enum LakeParts {
  /// The layers, what tools keep beside them, and the warehouse if it is a file, in bytes.
  package static func sizes(
    of lake: Lake, warehouse: WarehousePlace
  ) -> [(name: String, byteCount: Int)] {
    let layers = ["bronze", "silver", "gold", "quarantine"].map { layer in
      (layer, Machine.byteCount(of: "\(lake.root)/\(layer)", lake.fileSystem))
    }
    let kept = ["_events", "_runs"].map { folder in
      (folder, Machine.byteCount(of: "\(lake.root)/\(folder)", lake.fileSystem))
    }
    let database = warehouse.path.map { path in
      ["", "-wal"].reduce(0) { $0 + Machine.byteCount(of: path + $1, lake.fileSystem) }
    }
    return layers + (database.map { [("warehouse", $0)] } ?? []) + kept
  }
}
