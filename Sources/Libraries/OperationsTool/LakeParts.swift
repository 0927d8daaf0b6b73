package import LakeJobs
import Operations

/// How much of the disk each part of a lake takes.
package enum LakeParts {
  /// The layers, what tools keep beside them, and the warehouse at `warehouse`, in bytes.
  package static func sizes(of lake: Lake, warehouse: String) -> [(name: String, byteCount: Int)] {
    let layers = ["bronze", "silver", "gold", "quarantine"].map { layer in
      (layer, Machine.byteCount(of: "\(lake.root)/\(layer)", lake.fileSystem))
    }
    let kept = ["_events", "_runs"].map { folder in
      (folder, Machine.byteCount(of: "\(lake.root)/\(folder)", lake.fileSystem))
    }
    let database = ["", "-wal"].reduce(0) { sum, suffix in
      sum + Machine.byteCount(of: warehouse + suffix, lake.fileSystem)
    }
    return layers + [("warehouse", database)] + kept
  }
}
