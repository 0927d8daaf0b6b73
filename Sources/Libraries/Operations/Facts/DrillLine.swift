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
  /// What did not hold, a sentence each.
  package var wrong: [String] = []
  /// Seconds: how old the newest event was that came back, how long it took to the first right
  /// answer, and how long to make everything anew.
  package var recoveryPoint: Double?
  package var recoveryTime: Double?
  package var rebuildTime: Double?
  /// The tables that it has proven, of those that it knew.
  package var proven: [String] = []
  package var known: [String] = []

  /// Whether it has proven anything: what was damaged on purpose proves nothing of the backup.
  package var isProof: Bool { verdict == "proven" && !isBroken }

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
      var line = DrillLine(
        time: time, scope: scope, verdict: verdict, isBroken: json["damage"]?.string != nil,
        path: path)
      line.wrong = (json["steps"]?.array ?? []).filter { $0["verdict"]?.string != "proven" }
        .compactMap { step in step["found"]?.string.map { "\(step["step"]?.string ?? ""): \($0)" } }
      line.recoveryPoint = json["rpo_seconds"]?.double
      line.recoveryTime = json["rto_seconds"]?.double
      line.rebuildTime = json["rebuild_seconds"]?.double
      line.proven = (json["proven"]?.object ?? [:]).map { $0.key }
      line.known = (json["known"]?.array ?? []).compactMap(\.string)
      lines.append(line)
    }
    return lines.sorted { $0.time < $1.time }
  }
}
