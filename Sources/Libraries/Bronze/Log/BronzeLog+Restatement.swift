package import Core
import JSON

extension BronzeLog {
  /// Has the log say the truth of files that were replaced by others of as many lines: `files` by
  /// their paths in the dataset's folder, each with its size and the digest of its bytes. Names of
  /// inputs become what `cleaned` makes of them, nil where they may stay. Tells how many commits
  /// were replaced, each as a whole; under the lock.
  package func restate(
    _ files: [String: (byteCount: Int, digest: String)], cleaned: (String) -> String?
  ) throws(Fault) -> Int {
    var count = 0
    for name in try fileSystem.list(commitsFolder)
    where name.hasSuffix(".json") && !name.hasPrefix(".") {
      let path = "\(commitsFolder)/\(name)"
      let before = try JSONValue(parsing: try fileSystem.read(path), at: Place(path))
      guard var commit = before.object else { continue }
      for list in ["files", "rejected"] {
        guard let entries = commit[list]?.array else { continue }
        commit[list] = .array(
          entries.map { entry in
            guard var file = entry.object, let path = file["path"]?.string, let truth = files[path]
            else { return entry }
            // Readers know by it that the file is the one that they took.
            if file["first_sha256"] == nil { file["first_sha256"] = file["sha256"] }
            file["bytes"] = JSONValue(truth.byteCount)
            file["sha256"] = .string(truth.digest)
            return .object(file)
          })
      }
      let after = Self.cleaned(.object(commit), cleaned)
      guard after != before else { continue }
      try fileSystem.replace(path, JSONWriter.bytes(after) + [UInt8(ascii: "\n")])
      count += 1
    }
    return count
  }

  private static func cleaned(
    _ value: JSONValue, _ cleaned: (String) -> String?
  ) -> JSONValue {
    switch value {
    case .string(let text): cleaned(text).map { .string($0) } ?? value
    case .array(let values): .array(values.map { Self.cleaned($0, cleaned) })
    case .object(let object):
      .object(JSONObject(object.members.map { ($0.key, Self.cleaned($0.value, cleaned)) }))
    default: value
    }
  }
}
