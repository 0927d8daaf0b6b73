package import Core
import JSON

/// What became of entries, look by look, in the lake's `_catalog/`:
///
///     _catalog/00000000000000000000.json    {"version":0,"at":…,"run":…,"changes":[…]}
///     _catalog/00000000000000000001.json    …
///
/// Each file is created once and never changed; one is made only when something changed. What job
/// files and logs say of today can be read there; this is what they no longer say.
package struct CatalogLog {
  private let folder: String
  private let files: any FileSystem

  /// The log of the lake at `lake`.
  package init(lake: String, files: any FileSystem) {
    folder = "\(lake)/_catalog"
    self.files = files
  }

  /// All commits, the first first.
  package func commits() throws(Fault) -> [CatalogCommit] {
    guard try files.exists(folder) else { return [] }
    var commits: [CatalogCommit] = []
    for name in try files.list(folder).sorted()
    where name.hasSuffix(".json") && name.utf8.count == 25 {
      commits.append(try commit("\(folder)/\(name)", Int64(commits.count)))
    }
    return commits
  }

  private func commit(_ path: String, _ version: Int64) throws(Fault) -> CatalogCommit {
    let place = Place(path)
    let json = try JSONValue(parsing: try files.read(path), at: place)
    guard json["version"]?.int64 == version, let changes = json["changes"]?.array,
      let time = json["at"]?.string.flatMap({ Timestamp(rfc3339Text: $0) })
    else {
      throw Fault(
        .data, at: place, "this is not what the catalog wrote as number \(version)",
        remedy: "restore the folder from a copy")
    }
    return CatalogCommit(
      version: version, time: time, runID: json["run"]?.string ?? "",
      changes: changes.compactMap { CatalogChange($0) })
  }

  /// Adds what a look saw, as the commit after `version`; `.temporary` when another look was first.
  package func append(
    _ changes: [CatalogChange], after version: Int64, at time: Timestamp, run: String
  ) throws(Fault) {
    let number = version + 1
    let json: JSONValue = [
      "version": JSONValue(number), "at": .string(time.description), "run": .string(run),
      "changes": .array(changes.map(\.json)),
    ]
    try files.createDirectory(folder)
    let path = "\(folder)/\(padded(Int(number), 20)).json"
    guard try files.create(path, [UInt8]((JSONWriter.text(json) + "\n").utf8)) == .published else {
      throw Fault(
        .temporary, at: Place(path), "another look at the catalog was first",
        remedy: "look again")
    }
  }
}
