import Compression
import Core
import JSON
import Sealing

/// Some files of a lake that lie in a backup once, sealed, and in no epoch:
///
///     <folder>/<64 digits>.<ending>    all of them, packed
///
/// Whichever epoch is restored gets them as they were last: the newest copy takes the place of the
/// one before.
struct NewestCopy {
  /// A file, by its path in the lake.
  struct File {
    var path: String
    var mode: UInt32
    var bytes: [UInt8]
  }

  private let folder: String
  private let ending: String
  /// What they are, as the seal and messages say it.
  private let words: String
  private let repository: BackupRepository

  init(_ folder: String, _ ending: String, _ words: String, in repository: BackupRepository) {
    self.folder = folder
    self.ending = ending
    self.words = words
    self.repository = repository
  }

  /// Writes the copy, and takes former ones away; its name and digest.
  func write(_ files: [File]) throws(Fault) -> (name: String, digest: String) {
    let bytes = packed(files)
    let former = try repository.place.list(folder)
    // What is sealed differs each time: the name tells what is in it, under the backup's key.
    let digest = repository.keys.id(of: bytes).hex
    let name = "\(folder)/\(digest).\(ending)"
    if !former.contains(where: { $0.name == name }) {
      let small = try Codec.zstd.compress(block: bytes, level: 3)
      let sealed = repository.keys.documents.seal(small, for: repository.keys.associated(words))
      try repository.place.write(name, Self.number(bytes.count) + sealed)
    }
    for file in former where file.name != name { try repository.place.remove(file.name) }
    return (name, hexText(SHA256.digest(of: try repository.place.read(name))))
  }

  /// Takes all copies away.
  func remove() throws(Fault) {
    for file in try repository.place.list(folder) { try repository.place.remove(file.name) }
  }

  /// The files of each copy that is there: one, or two after a run that died before it had taken
  /// the former away. `.data` when one was changed.
  func all() throws(Fault) -> [[File]] {
    var copies: [[File]] = []
    for file in try repository.place.list(folder) { copies.append(try read(file.name)) }
    return copies
  }

  private func read(_ name: String) throws(Fault) -> [File] {
    let stored = try repository.place.read(name)
    let place = Place("\(repository.place.name)/\(name)")
    guard stored.count > 8,
      let small = repository.keys.documents.open(
        Array(stored[8...]), for: repository.keys.associated(words))
    else {
      throw Fault(
        .data, at: place, "this copy of the \(words) was changed",
        remedy: "write it anew: backup keys")
    }
    let bytes = try Codec.zstd.decompress(
      block: small, expectedByteCount: stored[..<8].reduce(0) { $0 << 8 | Int($1) }, at: place)
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
    var start = end + 1
    var files: [File] = []
    for entry in try JSONValue(parsing: Array(bytes[..<end]), at: place).array ?? [] {
      guard let path = entry["path"]?.string, let count = entry["bytes"]?.int,
        let mode = entry["mode"]?.int, start + count <= bytes.count
      else { continue }
      files.append(
        File(path: path, mode: UInt32(mode), bytes: Array(bytes[start..<start + count])))
      start += count
    }
    return files
  }

  /// A line that tells of the files, then their bytes.
  private func packed(_ files: [File]) -> [UInt8] {
    let entries = files.map { file -> JSONValue in
      [
        "path": .string(file.path), "bytes": JSONValue(file.bytes.count),
        "mode": JSONValue(file.mode),
      ]
    }
    return JSONWriter.bytes(.array(entries)) + [UInt8(ascii: "\n")] + files.flatMap(\.bytes)
  }

  private static func number(_ count: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
  }
}
