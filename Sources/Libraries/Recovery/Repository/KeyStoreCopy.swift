import Compression
import Core
import JSON
import Sealing

/// The copy of a lake's key store that lies in a backup, once:
///
///     keystore/<64 digits>.store    all files of the lake's _keys, sealed
///
/// With the keys of sealed columns it is otherwise than with everything else: a key that was
/// destroyed, so that nobody can read of a person any more, is to be gone from all backups too. So
/// the key store is in no epoch. Its newest copy takes the place of the one before, and whichever
/// epoch is restored gets the keys that there are now.
struct KeyStoreCopy {
  /// Where the key store of a lake lies, below its root.
  static let folder = "_keys"
  private static let place = "keystore"

  private let repository: BackupRepository

  init(in repository: BackupRepository) { self.repository = repository }

  /// Copies the key store of the lake at `root`, and takes former copies away; the name and digest
  /// of the copy, or nil when the lake has none.
  func write(of root: String, _ files: any FileSystem) throws(Fault) -> (
    name: String, digest: String
  )? {
    let bytes = try packed(of: root, files)
    let former = try repository.place.list(Self.place)
    guard let bytes else {
      for file in former { try repository.place.remove(file.name) }
      return nil
    }
    // What is sealed differs each time: the name tells what is in it, under the backup's key.
    let digest = repository.keys.id(of: bytes).hex
    let name = "\(Self.place)/\(digest).store"
    if !former.contains(where: { $0.name == name }) {
      let small = try Codec.zstd.compress(block: bytes, level: 3)
      let sealed = repository.keys.documents.seal(
        small, for: repository.keys.associated("key store"))
      try repository.place.write(name, Self.number(bytes.count) + sealed)
    }
    for file in former where file.name != name { try repository.place.remove(file.name) }
    return (name, hexText(SHA256.digest(of: try repository.place.read(name))))
  }

  /// The files of the key store, by their paths in the lake; none when there is no copy, `.data`
  /// when it was changed.
  func files() throws(Fault) -> [(path: String, mode: UInt32, bytes: [UInt8])] {
    guard let file = try repository.place.list(Self.place).last else { return [] }
    let stored = try repository.place.read(file.name)
    let place = Place("\(repository.place.name)/\(file.name)")
    guard stored.count > 8,
      let small = repository.keys.documents.open(
        Array(stored[8...]), for: repository.keys.associated("key store"))
    else {
      throw Fault(
        .data, at: place, "this copy of the key store was changed",
        remedy: "write it anew: backup keys")
    }
    let bytes = try Codec.zstd.decompress(
      block: small, expectedByteCount: stored[..<8].reduce(0) { $0 << 8 | Int($1) }, at: place)
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
    var start = end + 1
    var files: [(path: String, mode: UInt32, bytes: [UInt8])] = []
    for entry in try JSONValue(parsing: Array(bytes[..<end]), at: place).array ?? [] {
      guard let path = entry["path"]?.string, let count = entry["bytes"]?.int,
        let mode = entry["mode"]?.int, start + count <= bytes.count
      else { continue }
      files.append((path, UInt32(mode), Array(bytes[start..<start + count])))
      start += count
    }
    return files
  }

  /// A line that tells of the files, then their bytes; nil when there are none.
  private func packed(of root: String, _ files: any FileSystem) throws(Fault) -> [UInt8]? {
    var entries: [JSONValue] = []
    var contents: [UInt8] = []
    for path in try paths(Self.folder, in: root, files) {
      let bytes = try files.read("\(root)/\(path)")
      entries.append([
        "path": .string(path), "bytes": JSONValue(bytes.count),
        "mode": JSONValue(fileMode(of: "\(root)/\(path)")),
      ])
      contents += bytes
    }
    if entries.isEmpty { return nil }
    return JSONWriter.bytes(.array(entries)) + [UInt8(ascii: "\n")] + contents
  }

  private func paths(
    _ folder: String, in root: String, _ files: any FileSystem
  ) throws(Fault) -> [String] {
    var found: [String] = []
    for name in try files.list("\(root)/\(folder)") where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      guard let status = try files.status(of: "\(root)/\(path)") else { continue }
      if status.isDirectory {
        found += try paths(path, in: root, files)
      } else if status.kind == .file, !name.hasSuffix(".lock") {
        found.append(path)
      }
    }
    return found
  }

  private static func number(_ count: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
  }
}
