package import Core
import JSON
package import Sealing

/// A backup as it lies at its place:
///
///     backup.json                  that it is one, and its identity
///     keys/<recipient>.json        its key, sealed for each of those who may read it
///     packs/<2>/<64>.pack          chunks of files, named by the digest of the pack
///     indexes/<64>.index           which packs hold which chunks; can be made anew from the packs
///     epochs/<name>.epoch          what an epoch is made of
///     seals/<name>.seal            that there is such an epoch
///     forgotten/<name>.note        which epochs were taken out
///
/// All are written once: packs first, then the index that tells of them, then the epoch, which is
/// there with that one name or not at all, then its seal. A run that dies before leaves packs that
/// the next one finds and does not write again.
package final class BackupRepository {
  package let place: any BackupPlace
  let keys: BackupKeys
  /// What can be read of what the indexes and packs say.
  private(set) var index = ChunkIndex()
  /// What was wrong on the way: it keeps nobody from the rest.
  package private(set) var faults: [Fault] = []

  private static let fixture = "backup.json"

  /// Opens the backup at `place` with the key of one of its recipients.
  package init(_ place: any BackupPlace, _ key: SealingKey) throws(Fault) {
    self.place = place
    let backup = try Self.identity(of: place)
    let master = try Recipients(of: place, backup: backup).master(with: key)
    keys = BackupKeys(master, backup: backup)
    try readIndexes()
  }

  /// Makes a backup at `place`, which `recipient` can read; `.cannotCreate` when there is one.
  package static func make(
    at place: any BackupPlace, for recipient: String, _ key: SealingKey, by run: RunID,
    _ now: Timestamp
  ) throws(Fault) {
    guard try !exists(at: place) else {
      throw Fault(
        .cannotCreate, at: Place(place.name), "there is a backup already",
        remedy: "add recipients with 'backup add', or name another place")
    }
    let backup = RunID(naming: "\(run) \(place.name)").description
    try Recipients(of: place, backup: backup).add(recipient, key, master: .random())
    let json: JSONValue = [
      "format": 1, "backup": .string(backup), "made": .string("\(now)"),
      "what": "a backup of Medallion; restore it with its tool 'restore'",
    ]
    // Last, since it is what makes a backup of it.
    try place.write(fixture, JSONWriter.bytes(json) + [UInt8(ascii: "\n")])
  }

  /// Whether there is a backup at `place`.
  package static func exists(at place: any BackupPlace) throws(Fault) -> Bool {
    do throws(Fault) {
      _ = try place.read(fixture)
      return true
    } catch {
      guard error.kind == .missing else { throw error }
      return false
    }
  }

  private static func identity(of place: any BackupPlace) throws(Fault) -> String {
    let bytes: [UInt8]
    do throws(Fault) {
      bytes = try place.read(fixture)
    } catch {
      guard error.kind == .missing else { throw error }
      throw Fault(
        .missing, at: Place(place.name), "there is no backup here: \(fixture) is missing",
        remedy: "name another place with --to, or make one: backup init")
    }
    let place = Place("\(place.name)/\(fixture)")
    guard let json = try? JSONValue(parsing: bytes, at: place), json["format"]?.int == 1,
      let identity = json["backup"]?.string
    else {
      throw Fault(
        .data, at: place, "this does not say which backup it is",
        remedy: "put the file back from another copy of the backup")
    }
    return identity
  }

  /// Who can read it.
  package var recipients: Recipients { Recipients(of: place, backup: keys.backup) }

  /// Makes `name`, whose key is `key`, one who can read it.
  package func add(_ name: String, _ key: SealingKey) throws(Fault) {
    try recipients.add(name, key, master: keys.master)
  }

  // MARK: Chunks

  /// Reads what the indexes say, and of packs that none tells of their own lists. A pack that is
  /// gone or cut off holds nothing.
  private func readIndexes() throws(Fault) {
    var said: [(name: String, json: JSONValue)] = []
    for file in try place.list("indexes") {
      do throws(Fault) {
        if let json = try indexDocument(file.name) { said.append((file.name, json)) }
      } catch {
        guard error.kind == .data else { throw error }
        faults.append(error)
      }
    }
    var known = ChunkIndex()
    var replaced: Set<String> = []
    for (_, json) in said {
      replaced.formUnion((json["replaces"]?.array ?? []).compactMap(\.string))
    }
    for (name, json) in said where !replaced.contains(Self.indexDigest(name)) {
      _ = known.add(json)
    }
    for file in try place.list("packs") {
      guard let digest = Pack.digest(ofFile: file.name) else { continue }
      if let pack = known.packs[digest] {
        if pack.byteCount == file.byteCount { index.add(digest, pack) }
      } else if let entries = try Pack.entries(of: file.name, file.byteCount, in: place, keys) {
        index.add(digest, ChunkIndex.KnownPack(byteCount: file.byteCount, entries: entries))
        unindexed.insert(digest)
      }
    }
    let lost = known.packs.keys.filter { index.packs[$0] == nil }.sorted()
    for digest in lost {
      faults.append(
        Fault(
          .data, at: Place("\(place.name)/\(Pack.file(digest))"), "this pack is gone or cut off",
          remedy: "see 'backup verify' for the epochs that need it; 'backup create' writes anew "
            + "what the lake still has"))
    }
  }

  /// The packs that no index tells of.
  private(set) var unindexed: Set<String> = []

  /// What an index file says; `.data` when it is not what it was.
  func indexDocument(_ file: String) throws(Fault) -> JSONValue? {
    let digest = Self.indexDigest(file)
    let bytes = try place.read(file)
    let place = Place("\(place.name)/\(file)")
    guard hexText(SHA256.digest(of: bytes)) == digest,
      let json = try SealedDocument.json(bytes, for: "index", keys, at: place)
    else {
      throw Fault(
        .data, at: place, "this index was changed",
        remedy: "remove it: 'backup create' makes it anew from the packs")
    }
    return json
  }

  static func indexFile(_ digest: String) -> String { "indexes/\(digest).index" }

  static func indexDigest(_ file: String) -> String {
    let name = lastComponent(of: file)
    return name.hasSuffix(".index") ? String(name.dropLast(6)) : name
  }

  /// Takes a pack that was written into the index at hand.
  func note(_ digest: String, _ pack: ChunkIndex.KnownPack) {
    index.add(digest, pack)
    unindexed.insert(digest)
  }

  /// Leaves these packs out of the index at hand.
  func forgetPacks(_ digests: Set<String>) { index = index.without(digests) }

  /// Writes down what is in the packs that no index tells of; the digest of the index, or nil when
  /// there are none.
  func writeIndex() throws(Fault) -> String? {
    if unindexed.isEmpty { return nil }
    return try writeIndex(index.packs.filter { unindexed.contains($0.key) }, replacing: [])
  }

  /// Writes an index of `packs`, which takes the place of others.
  func writeIndex(
    _ packs: [String: ChunkIndex.KnownPack], replacing others: [String]
  ) throws(Fault) -> String {
    let json = ChunkIndex.json(packs, replacing: others)
    let bytes = try SealedDocument.bytes(json, for: "index", keys)
    let digest = hexText(SHA256.digest(of: bytes))
    try place.write(Self.indexFile(digest), bytes)
    unindexed.subtract(packs.keys)
    return digest
  }

  /// Reads chunks, for any number of threads.
  var chunks: ChunkReader { ChunkReader(place: place, keys: keys, index: index) }

  /// The bytes of a chunk; `.data` when it is lost or was changed.
  func chunk(_ id: ChunkID) throws(Fault) -> [UInt8] { try chunks.bytes(of: id) }
}

extension BackupRepository {
  /// Copies the key store of the lake at `root` anew, and takes former copies away: a key that was
  /// destroyed there is destroyed here. Its record of erasures goes with it.
  package func copyKeyStore(of root: String, _ files: any FileSystem) throws(Fault) {
    _ = try KeyStoreCopy(in: self).write(of: root, files)
    _ = try ErasureCopy(in: self).write(of: root, files)
  }
}
