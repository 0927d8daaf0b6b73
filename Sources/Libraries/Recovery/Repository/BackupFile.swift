import Core
import JSON

/// A file of an epoch: where it belongs, and the chunks that it is made of.
struct BackupFile: Sendable, Equatable {
  /// Its path below the root of what is restored: `lake/gold/sales/_delta_log/…`, `jobs/setup.sql`.
  let path: String
  let byteCount: Int
  /// Who may do what with it, as the system has it.
  let mode: UInt32
  let modified: Timestamp
  /// What the file was when it was read, so that the next epoch need not read it again; nil of what
  /// never was a file by itself.
  let origin: Origin?
  let chunks: [ChunkID]

  /// A file as the system knows it: none that was changed has the same.
  struct Origin: Sendable, Equatable, Hashable {
    let path: String
    let byteCount: Int
    let modified: Timestamp
    let changed: Timestamp
    let number: UInt64

    init(_ path: String, _ status: FileStatus) {
      self.path = path
      byteCount = status.byteCount
      modified = status.modified
      changed = status.changed
      number = status.number
    }

    fileprivate init?(_ json: JSONValue, _ byteCount: Int, _ modified: Timestamp) {
      guard let path = json["path"]?.string,
        let number = json["inode"]?.string.flatMap(UInt64.init),
        let changed = json["changed"]?.string.flatMap({ Timestamp(parsing: $0) })
      else { return nil }
      self.path = path
      self.byteCount = byteCount
      self.modified = modified
      self.changed = changed
      self.number = number
    }
  }

  init(
    _ path: String, byteCount: Int, mode: UInt32, modified: Timestamp, origin: Origin?,
    chunks: [ChunkID]
  ) {
    self.path = path
    self.byteCount = byteCount
    self.mode = mode
    self.modified = modified
    self.origin = origin
    self.chunks = chunks
  }

  /// A line of a list of files.
  var json: JSONValue {
    var members: JSONObject = [
      "path": .string(path), "bytes": JSONValue(byteCount), "mode": JSONValue(mode),
      "modified": .string("\(modified)"),
    ]
    if let origin {
      members["origin"] = [
        "path": .string(origin.path), "inode": .string("\(origin.number)"),
        "changed": .string("\(origin.changed)"),
      ]
    }
    members["chunks"] = .array(chunks.map { .string($0.hex) })
    return .object(members)
  }

  /// Reads a line; nil when it is none, or names a place outside of what is restored.
  init?(_ json: JSONValue) {
    guard let path = json["path"]?.string, let byteCount = json["bytes"]?.int,
      let mode = json["mode"]?.int, let list = json["chunks"]?.array,
      let modified = json["modified"]?.string.flatMap({ Timestamp(parsing: $0) }),
      !path.hasPrefix("/"),
      path.split(separator: "/", omittingEmptySubsequences: false)
        .allSatisfy({ !["", ".", ".."].contains($0) })
    else { return nil }
    let chunks = list.compactMap { $0.string.flatMap { ChunkID(hex: $0) } }
    guard chunks.count == list.count else { return nil }
    self.init(
      path, byteCount: byteCount, mode: UInt32(truncatingIfNeeded: mode), modified: modified,
      origin: json["origin"].flatMap { Origin($0, byteCount, modified) }, chunks: chunks)
  }
}
