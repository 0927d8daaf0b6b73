import Compression
import Core
import Sealing

/// Many chunks in one file: each made smaller, sealed by itself, one behind the other, then a
/// sealed list of them, so that a pack can be read where no index tells of it.
///
///     MDLPACK1 | chunk | chunk | … | list | length of the list, 4 bytes | MDLPACKE
///
/// A pack is named by the SHA-256 of its bytes, `packs/<2 digits>/<64 digits>.pack`: that it is
/// whole can be seen without a key.
struct Pack {
  /// Where a chunk lies in its pack.
  struct Entry: Hashable, Sendable {
    let id: ChunkID
    let offset: Int
    /// Bytes in the pack.
    let storedCount: Int
    /// Bytes of the chunk itself.
    let byteCount: Int
    let codec: Codec
  }

  /// A pack is full with so many bytes.
  static let targetByteCount = 16 << 20

  private static let beginning = Array("MDLPACK1".utf8)
  private static let end = Array("MDLPACKE".utf8)
  private static let entryByteCount = ChunkID.byteCount + 13

  /// The name of the file of a pack whose bytes have the digest `digest`.
  static func file(_ digest: String) -> String { "packs/\(digest.prefix(2))/\(digest).pack" }

  /// The digest that a pack's file is named by; nil when it is no name of a pack.
  static func digest(ofFile name: String) -> String? {
    let last = lastComponent(of: name)
    guard last.hasSuffix(".pack"), last.utf8.count == 69, name == file(String(last.dropLast(5)))
    else { return nil }
    return String(last.dropLast(5))
  }

  // MARK: Writing

  private(set) var bytes = Pack.beginning
  private(set) var entries: [Entry] = []

  /// Whether it holds as much as a pack should.
  var isFull: Bool { bytes.count >= Pack.targetByteCount }

  /// Adds a chunk that is sealed already.
  mutating func add(_ chunk: SealedChunk) {
    entries.append(
      Entry(
        id: chunk.id, offset: bytes.count, storedCount: chunk.sealed.count,
        byteCount: chunk.byteCount, codec: chunk.codec))
    bytes += chunk.sealed
  }

  /// The bytes of the file, with the list at its end.
  func finished(_ keys: BackupKeys) -> [UInt8] {
    var list: [UInt8] = []
    for entry in entries {
      list += entry.id.bytes
      for number in [entry.offset, entry.storedCount, entry.byteCount] {
        list += Pack.bytes(of: number)
      }
      list.append(entry.codec == .zstd ? 1 : 0)
    }
    let sealed = keys.chunks.seal(list, for: keys.associated("list"))
    return bytes + sealed + Pack.bytes(of: sealed.count) + Pack.end
  }

  private static func bytes(of number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  // MARK: Reading

  /// The list of the pack `file`, whose size is `byteCount`; nil when it is none, or was cut off or
  /// changed.
  static func entries(
    of file: String, _ byteCount: Int, in place: any BackupPlace, _ keys: BackupKeys
  ) throws(Fault) -> [Entry]? {
    let tailCount = 4 + end.count
    guard byteCount >= beginning.count + tailCount else { return nil }
    let tail = try place.read(file, at: byteCount - tailCount, count: tailCount)
    guard tail.count == tailCount, tail[4...].elementsEqual(end) else { return nil }
    let count = number(tail, at: 0)
    guard count <= byteCount - beginning.count - tailCount else { return nil }
    let sealed = try place.read(file, at: byteCount - tailCount - count, count: count)
    guard let list = keys.chunks.open(sealed, for: keys.associated("list")),
      list.count.isMultiple(of: entryByteCount)
    else { return nil }
    return stride(from: 0, to: list.count, by: entryByteCount).compactMap { start in
      let rest = start + ChunkID.byteCount
      guard let id = ChunkID(list[start..<rest]) else { return nil }
      return Entry(
        id: id, offset: number(list, at: rest), storedCount: number(list, at: rest + 4),
        byteCount: number(list, at: rest + 8), codec: list[rest + 12] == 1 ? .zstd : .none)
    }
  }

  private static func number(_ bytes: [UInt8], at start: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
  }
}

/// A chunk as it lies in a pack.
struct SealedChunk: Sendable {
  let id: ChunkID
  let byteCount: Int
  let codec: Codec
  let sealed: [UInt8]

  /// Seals the bytes of the chunk `id`, made smaller where that is worth it.
  init(_ id: ChunkID, _ bytes: [UInt8], _ keys: BackupKeys) throws(Fault) {
    let small = try Codec.zstd.compress(block: bytes, level: 3)
    let isSmaller = small.count < bytes.count - bytes.count / 32
    self.id = id
    byteCount = bytes.count
    codec = isSmaller ? .zstd : .none
    sealed = keys.chunks.seal(isSmaller ? small : bytes, for: keys.associated("chunk", id.bytes))
  }

  /// The bytes of the chunk of `entry` from what lies in its pack; nil when these are not what was
  /// sealed.
  static func opened(
    _ sealed: [UInt8], of entry: Pack.Entry, _ keys: BackupKeys
  ) throws(Fault) -> [UInt8]? {
    guard
      let bytes = keys.chunks.open(sealed, for: keys.associated("chunk", entry.id.bytes))
    else { return nil }
    return try entry.codec.decompress(block: bytes, expectedByteCount: entry.byteCount)
  }
}
