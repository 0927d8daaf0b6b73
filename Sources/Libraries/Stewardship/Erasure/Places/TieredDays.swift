import Bronze
import Core

/// The days of a bronze table that do not lie as they were written: nobody rewrites an archive, and
/// what stands of rewritten files in placements has to be true of them.
struct TieredDays {
  private let folder: String
  private let files: any FileSystem

  init(_ folder: String, _ files: any FileSystem) {
    self.folder = folder
    self.files = files
  }

  /// Throws `.configuration` where lines lie that cannot be rewritten.
  func checkReach() throws(Fault) {
    for placement in try placements() where placement.tier != .removed {
      if placement.extents.keys.allSatisfy(placement.holds) { continue }
      let date = placement.date.map { "\($0)" } ?? placement.day
      throw Fault(
        .configuration, at: Place("\(folder)/\(placement.day)"),
        "the day lies in an archive or on another disk, where lines are not taken out",
        remedy: "bring it back with 'lake-tier thaw TABLE \(date)', then erase")
    }
  }

  /// Tells placements of files that were rewritten, by their paths in the log. An archive that a
  /// thawed day came from holds what was erased: it goes.
  func restate(_ restated: [String: (byteCount: Int, digest: String)]) throws(Fault) {
    for var placement in try placements() {
      let archived = placement.archived.values.map {
        DayPlacement.location(of: $0, in: folder)
      }
      let own = restated.filter { placement.extents[$0.key] != nil }
      guard !own.isEmpty || !archived.isEmpty else { continue }
      for (path, file) in own {
        placement.extents[path]?.byteCount = file.byteCount
        placement.extents[path]?.digest = file.digest
      }
      placement.archived = [:]
      try placement.write(in: folder, files)
      for path in Set(archived) { try files.remove(path) }
    }
  }

  private func placements() throws(Fault) -> [DayPlacement] {
    try DayPlacement.all(in: folder, files).values.sorted { $0.day < $1.day }
  }
}
