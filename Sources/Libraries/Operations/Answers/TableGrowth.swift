package import Core

/// How the bytes of each table of a lake grew: by the times at which its files were written, of
/// those that are still there.
package enum TableGrowth {
  /// The bytes of each table, by its folder below the lake, at the end of each of the last `days`.
  package static func of(
    lake: String, days: Int, at now: Timestamp, _ files: any FileSystem
  ) throws(Fault) -> [String: [(time: Timestamp, value: Double)]] {
    var growth: [String: [(time: Timestamp, value: Double)]] = [:]
    for layer in ["bronze", "silver", "gold", "quarantine"] {
      for name in try files.list("\(lake)/\(layer)") where !name.hasPrefix("_") {
        let tables = layer == "bronze" ? try files.list("\(lake)/\(layer)/\(name)") : [""]
        for entity in tables where !entity.hasPrefix("_") {
          let folder = "\(layer)/\(name)\(entity.isEmpty ? "" : "/\(entity)")"
          var written: [CivilDate: Double] = [:]
          try gather("\(lake)/\(folder)", files, &written, depth: 8)
          growth[folder] = sums(written, days: days, at: now)
        }
      }
    }
    return growth
  }

  private static func gather(
    _ folder: String, _ files: any FileSystem, _ written: inout [CivilDate: Double], depth: Int
  ) throws(Fault) {
    guard depth > 0, try files.status(of: folder)?.isDirectory == true else { return }
    for name in try files.list(folder) {
      guard let status = try files.status(of: "\(folder)/\(name)") else { continue }
      if status.isDirectory {
        try gather("\(folder)/\(name)", files, &written, depth: depth - 1)
      } else {
        written[status.modified.date, default: 0] += Double(status.byteCount)
      }
    }
  }

  private static func sums(
    _ written: [CivilDate: Double], days: Int, at now: Timestamp
  ) -> [(time: Timestamp, value: Double)] {
    var points: [(time: Timestamp, value: Double)] = []
    for back in (0..<days).reversed() {
      guard let day = now.date.adding(days: -back), let time = Timestamp(day) else { continue }
      points.append((time, written.reduce(0) { $1.key <= day ? $0 + $1.value : $0 }))
    }
    return points
  }
}
