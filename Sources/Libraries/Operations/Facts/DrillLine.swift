package import Core
import JSON

/// What a report says of a drill: when it was, of what, and what it came to.
package struct DrillLine: Sendable, Equatable {
  package var time: Timestamp
  /// `part` or `whole`.
  package var scope: String
  /// `proven`, `failed` or `inconclusive`.
  package var verdict: String
  /// Whether something was damaged on purpose.
  package var isBroken: Bool
  /// The report's path.
  package var path: String

  package init(
    time: Timestamp, scope: String, verdict: String, isBroken: Bool = false, path: String
  ) {
    self.time = time
    self.scope = scope
    self.verdict = verdict
    self.isBroken = isBroken
    self.path = path
  }

  /// The drills of the lake at `lake`, the oldest first; a report that cannot be read is none.
  package static func all(ofLake lake: String, _ files: any FileSystem) throws(Fault) -> [DrillLine]
  {
    let folder = "\(lake)/_drills"
    var lines: [DrillLine] = []
    for name in try files.list(folder) where name.hasSuffix(".json") && !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      guard let json = try? JSONValue(parsing: try files.read(path)),
        let time = json["started_at"]?.string.flatMap({ Timestamp(parsing: $0) }),
        let scope = json["scope"]?.string, let verdict = json["verdict"]?.string
      else { continue }
      lines.append(
        DrillLine(
          time: time, scope: scope, verdict: verdict, isBroken: json["damage"]?.string != nil,
          path: path))
    }
    return lines.sorted { $0.time < $1.time }
  }
}
