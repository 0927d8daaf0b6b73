import Core

/// Reads the chunks of a backup as its index had them.
struct ChunkReader: Sendable {
  let place: any BackupPlace
  let keys: BackupKeys
  let index: ChunkIndex

  /// The bytes of a chunk; `.data` when it is lost or was changed.
  func bytes(of id: ChunkID) throws(Fault) -> [UInt8] {
    guard let found = index[id] else {
      throw Fault(
        .data, at: Place(place.name), "a chunk of it is in no pack: \(id.hex.prefix(16))",
        remedy: "see 'backup verify'; restore another epoch, or from another copy of the backup")
    }
    let file = Pack.file(found.pack)
    let sealed = try place.read(file, at: found.entry.offset, count: found.entry.storedCount)
    guard let bytes = try SealedChunk.opened(sealed, of: found.entry, keys) else {
      throw Fault(
        .data, at: Place("\(place.name)/\(file)"),
        "the chunk at byte \(found.entry.offset) is not what was written there",
        remedy: "see 'backup verify'; restore another epoch, or from another copy of the backup")
    }
    return bytes
  }

  /// How many bytes of packs the chunks `ids` take.
  func storedByteCount(of ids: Set<ChunkID>) -> Int {
    ids.reduce(0) { $0 + (index[$1]?.entry.storedCount ?? 0) }
  }
}
