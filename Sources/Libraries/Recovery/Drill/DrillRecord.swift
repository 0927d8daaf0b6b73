package import Core
import JSON

/// The reports of drills, and what they have proven so far:
///
///     _drills/<time>-<run>.json    a report
///     _drills/proven.json          when each table, and each day of one, was last proven
package struct DrillRecord {
  /// How long ago the last proof may be, before people are told.
  package static let partDays = 8
  package static let wholeDays = 35

  private let folder: String
  private let files: any FileSystem

  package init(_ folder: String, _ files: any FileSystem) {
    self.folder = folder
    self.files = files
  }

  /// When a table was last proven as a whole, and days of it by themselves.
  package struct Proof: Sendable, Equatable {
    package var whole: Timestamp?
    package var days: [String: Timestamp] = [:]
  }

  /// Writes a report down, and what it has proven; the report's path.
  package func add(_ report: DrillReport, by run: RunID) throws(Fault) -> String {
    let stamp = "\(report.startedAt)".filter { !"-:.".contains($0) }
    let path = "\(folder)/\(stamp)-\("\(run)".suffix(12)).json"
    try files.createDirectory(folder)
    try files.replace(path, JSONWriter.bytes(report.json, .pretty) + [UInt8(ascii: "\n")])
    guard report.verdict == .proven, report.damage == nil else { return path }
    var map = try proofs()
    // A table that the epoch has and nobody has proven stands there too.
    for name in report.known where map[name] == nil { map[name] = Proof() }
    for (name, days) in report.proven {
      if days.isEmpty || report.scope == "whole" {
        map[name, default: Proof()].whole = report.startedAt
      }
      for day in days { map[name, default: Proof()].days[day] = report.startedAt }
    }
    try files.replace("\(folder)/proven.json", JSONWriter.bytes(json(map), .pretty))
    return path
  }

  /// When each table was last proven; those that never were have neither time.
  package func proofs() throws(Fault) -> [String: Proof] {
    let path = "\(folder)/proven.json"
    guard try files.exists(path) else { return [:] }
    let json = try JSONValue(parsing: try files.read(path), at: Place(path))
    var map: [String: Proof] = [:]
    for (name, value) in json.object ?? [:] {
      var proof = Proof()
      proof.whole = value["whole"]?.string.flatMap { Timestamp(parsing: $0) }
      for (day, time) in value["days"]?.object ?? [:] {
        proof.days[day] = time.string.flatMap { Timestamp(parsing: $0) }
      }
      map[name] = proof
    }
    return map
  }

  private func json(_ map: [String: Proof]) -> JSONValue {
    .object(
      JSONObject(
        map.mapValues { proof -> JSONValue in
          [
            "whole": proof.whole.map { .string("\($0)") } ?? .null,
            "days": .object(JSONObject(proof.days.mapValues { .string("\($0)") })),
          ]
        }))
  }
}
