package import Core
import JSON

/// One state of the suite that a backup holds.
///
///     epochs/<name>.epoch    what is in it, sealed
///     seals/<name>.seal      the digest of that file: one that is gone is missed by its seal
///
/// Each names the one before it and the digest of its file, so that none can be changed, left out
/// or put in between.
package struct Epoch: Sendable, Equatable {
  /// Its name, which sorts by time: `20260301T020000Z-<digits>`.
  package let name: String
  /// When it was taken.
  package let time: Timestamp
  /// 0 for the first of a backup, then one more each, whatever clocks say.
  package let number: Int
  /// The one before it; nil for the first.
  let previous: Link?
  /// Who took it, and of what.
  let run: String
  let host: String
  let build: String
  /// The index that was written with it; nil when it brought nothing new.
  let index: String?
  /// What it takes to hold, and how much of that was new.
  package let newByteCount: Int
  /// What stands besides in the backup, by name and digest: what it is, and its recipients' keys.
  let fixtures: [String: String]
  let parts: [Part]
  package let cut: EpochCut

  /// Another epoch, told by name and by the digest of its file.
  struct Link: Sendable, Equatable {
    let name: String
    let digest: String
  }

  /// Files that belong together: a table, a log of bronze, the warehouse, the job files.
  struct Part: Sendable, Equatable {
    let name: String
    let fileCount: Int
    let byteCount: Int
    /// The chunks of its list of files.
    let list: [ChunkID]
  }

  /// How many bytes its files have.
  package var byteCount: Int { parts.reduce(0) { $0.saturatingAdd($1.byteCount) } }

  /// How many files it has.
  package var fileCount: Int { parts.reduce(0) { $0 + $1.fileCount } }

  /// The name of an epoch that `run` takes at `time`, the `number`th of its backup.
  static func name(at time: Timestamp, run: RunID, number: Int) -> String {
    let seconds = floorDivide(time.microseconds, Timestamp.microsecondsPerSecond)
    // No more than it was before the division.
    let whole = Timestamp(microseconds: seconds &* Timestamp.microsecondsPerSecond)
    let stamp = "\(whole)".filter { !"-:".contains($0) }
    return "\(stamp)-\(SHA256.hex(of: "\(run) \(number)").prefix(12))"
  }

  static func file(_ name: String) -> String { "epochs/\(name).epoch" }

  static func seal(_ name: String) -> String { "seals/\(name).seal" }

  /// The epoch's name that a file or a seal bears; nil when it is neither.
  static func name(ofFile file: String) -> String? {
    let name = lastComponent(of: file)
    for ending in [".epoch", ".seal"] where name.hasSuffix(ending) {
      return String(name.dropLast(ending.utf8.count))
    }
    return nil
  }

  /// What a document of the epoch `name` is sealed for.
  static func purpose(_ name: String) -> String { "epoch \(name)" }
}

extension Epoch {
  var json: JSONValue {
    let list = parts.map { part -> JSONValue in
      [
        "name": .string(part.name), "files": JSONValue(part.fileCount),
        "bytes": JSONValue(part.byteCount),
        "list": .array(part.list.map { .string($0.hex) }),
      ]
    }
    var members: JSONObject = [
      "format": 1, "number": JSONValue(number), "time": .string("\(time)"), "run": .string(run),
      "host": .string(host), "build": .string(build), "new_bytes": JSONValue(newByteCount),
      "fixtures": .object(JSONObject(fixtures.mapValues { .string($0) })),
    ]
    if let previous {
      members["previous"] = [
        "name": .string(previous.name), "sha256": .string(previous.digest),
      ]
    }
    if let index { members["index"] = .string(index) }
    members["cut"] = cut.json
    members["parts"] = .array(list)
    return .object(members)
  }

  /// Reads what a document of the epoch `name` says; nil when it is of another format.
  init?(_ name: String, _ json: JSONValue) {
    guard json["format"]?.int == 1, let number = json["number"]?.int,
      let time = json["time"]?.string.flatMap({ Timestamp(parsing: $0) }),
      let cut = json["cut"].flatMap(EpochCut.init), let list = json["parts"]?.array
    else { return nil }
    let parts = list.compactMap { part -> Part? in
      guard let name = part["name"]?.string, let files = part["files"]?.int,
        let bytes = part["bytes"]?.int, let list = part["list"]?.array
      else { return nil }
      let chunks = list.compactMap { $0.string.flatMap { ChunkID(hex: $0) } }
      guard chunks.count == list.count else { return nil }
      return Part(name: name, fileCount: files, byteCount: bytes, list: chunks)
    }
    guard parts.count == list.count else { return nil }
    self.name = name
    self.number = number
    self.time = time
    self.cut = cut
    self.parts = parts
    run = json["run"]?.string ?? ""
    host = json["host"]?.string ?? ""
    build = json["build"]?.string ?? ""
    newByteCount = json["new_bytes"]?.int ?? 0
    index = json["index"]?.string
    fixtures = (json["fixtures"]?.object?.dictionary ?? [:]).compactMapValues(\.string)
    previous = json["previous"].flatMap { link in
      guard let name = link["name"]?.string, let digest = link["sha256"]?.string else { return nil }
      return Link(name: name, digest: digest)
    }
  }

  init(
    _ name: String, time: Timestamp, number: Int, previous: Link?, run: String, host: String,
    index: String?, newByteCount: Int, fixtures: [String: String], parts: [Part], cut: EpochCut
  ) {
    self.name = name
    self.time = time
    self.number = number
    self.previous = previous
    self.run = run
    self.host = host
    build = Medallion.version
    self.index = index
    self.newByteCount = newByteCount
    self.fixtures = fixtures
    self.parts = parts
    self.cut = cut
  }
}
