import Core
import Recovery
import UnixTool

/// What a restore would do, for people.
struct RestoreReport {
  private let plan: RestorePlan

  init(_ plan: RestorePlan) { self.plan = plan }

  func write(to console: Console) throws(Fault) {
    try console.write("epoch \(plan.epoch.name) of \(plan.epoch.time) into \(plan.target)")
    for part in plan.parts {
      try console.write(
        "  \(part.name): \(counted(part.fileCount, "file")), \(counted(part.byteCount, "byte"))")
    }
    try console.write(
      "\(counted(plan.fileCount, "file")), \(counted(plan.byteCount, "byte")), of which "
        + "\(counted(plan.fetchedByteCount, "byte")) are read of the backup")
  }
}
