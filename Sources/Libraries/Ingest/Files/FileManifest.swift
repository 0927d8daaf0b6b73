import Core
import JSON

/// A JSON file in which a sender tells of the files that it sends. Beside one file, or with the
/// member `files` for several:
///
///     {"files": [{"name": "a.csv", "rows": 1204, "bytes": 88123, "sha256": "…",
///                 "sums": {"amount": "98213.50"}}]}
struct FileManifest {
  private let path: String
  private let root: JSONValue

  init(_ path: String, _ fileSystem: any FileSystem) throws(Fault) {
    self.path = path
    root = try JSONValue(parsing: try fileSystem.read(path), at: Place(path))
  }

  /// What it says of the file called `name`; nil when it does not name it.
  func totals(of name: String) throws(Fault) -> ControlTotals? {
    var entry = root
    if let files = root["files"]?.array {
      guard let found = files.first(where: { $0["name"]?.string == name }) else { return nil }
      entry = found
    } else if let named = root["name"]?.string, named != name {
      return nil
    }
    var totals = ControlTotals(
      origin: "its manifest", rowCount: entry["rows"]?.int, byteCount: entry["bytes"]?.int,
      digest: entry["sha256"]?.string)
    for (column, value) in entry["sums"]?.object?.members.map({ ($0.key, $0.value) }) ?? [] {
      guard let sum = value.decimal ?? value.string.flatMap({ Decimal(parsing: $0) }) else {
        throw fault("the sum of '\(column)' is no number")
      }
      totals.sums[column] = sum
    }
    for key in ["rows", "bytes"] where entry[key] != nil && entry[key]?.int == nil {
      throw fault("'\(key)' is no number")
    }
    guard !totals.isEmpty else {
      throw fault("it says nothing of rows, bytes, sha256 or sums of '\(name)'")
    }
    return totals
  }

  private func fault(_ problem: String) -> Fault {
    Fault(.data, at: Place(path), problem, remedy: "have the manifest sent again")
  }
}
