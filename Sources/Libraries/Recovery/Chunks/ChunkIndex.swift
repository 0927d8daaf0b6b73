import Compression
import Core
import JSON

/// Where chunks lie: which packs there are and what they hold.
struct ChunkIndex: Sendable {
  /// A chunk's place.
  struct Location: Sendable {
    let pack: String
    let entry: Pack.Entry
  }

  /// A pack that an index tells of.
  struct KnownPack: Sendable {
    let byteCount: Int
    let entries: [Pack.Entry]
  }

  private(set) var packs: [String: KnownPack] = [:]
  private var places: [ChunkID: (pack: String, entry: Int)] = [:]

  /// Where a chunk lies; nil when it is in no pack.
  subscript(id: ChunkID) -> Location? {
    guard let (pack, number) = places[id], let entry = packs[pack]?.entries[number] else {
      return nil
    }
    return Location(pack: pack, entry: entry)
  }

  /// Whether some pack has the chunk.
  func has(_ id: ChunkID) -> Bool { places[id] != nil }

  /// Adds a pack; of a chunk that is in two, the first counts.
  mutating func add(_ digest: String, _ pack: KnownPack) {
    packs[digest] = pack
    for (number, entry) in pack.entries.enumerated() where places[entry.id] == nil {
      places[entry.id] = (digest, number)
    }
  }

  /// The same without the packs in `digests`.
  func without(_ digests: Set<String>) -> ChunkIndex {
    var index = ChunkIndex()
    for (digest, pack) in packs.sorted(by: { $0.key < $1.key }) where !digests.contains(digest) {
      index.add(digest, pack)
    }
    return index
  }

  /// What an index file says of these packs.
  static func json(_ packs: [String: KnownPack], replacing indexes: [String]) -> JSONValue {
    let list = packs.sorted { $0.key < $1.key }.map { digest, pack -> JSONValue in
      [
        "pack": .string(digest), "bytes": JSONValue(pack.byteCount),
        "chunks": .array(
          pack.entries.map { entry in
            [
              .string(entry.id.hex), JSONValue(entry.offset), JSONValue(entry.storedCount),
              JSONValue(entry.byteCount), .string(entry.codec.rawValue),
            ]
          }),
      ]
    }
    return [
      "format": 1, "replaces": .array(indexes.map { .string($0) }), "packs": .array(list),
    ]
  }

  /// Adds what an index file says; the indexes that it replaces, or nil when it says nothing that
  /// can be understood.
  mutating func add(_ json: JSONValue) -> [String]? {
    guard json["format"]?.int == 1, let list = json["packs"]?.array else { return nil }
    for item in list {
      guard let digest = item["pack"]?.string, let size = item["bytes"]?.int,
        let chunks = item["chunks"]?.array
      else { return nil }
      let entries = chunks.compactMap { chunk -> Pack.Entry? in
        guard let id = chunk[0]?.string.flatMap({ ChunkID(hex: $0) }),
          let offset = chunk[1]?.int, let stored = chunk[2]?.int, let count = chunk[3]?.int,
          let codec = chunk[4]?.string.flatMap(Codec.init)
        else { return nil }
        return Pack.Entry(
          id: id, offset: offset, storedCount: stored, byteCount: count, codec: codec)
      }
      guard entries.count == chunks.count else { return nil }
      add(digest, KnownPack(byteCount: size, entries: entries))
    }
    return (json["replaces"]?.array ?? []).compactMap(\.string)
  }
}
