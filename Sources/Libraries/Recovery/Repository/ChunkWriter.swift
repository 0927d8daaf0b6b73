import Core

/// Brings files into a backup: what it has already is passed over, the rest goes into packs.
final class ChunkWriter {
  private let repository: BackupRepository
  private let threads: Int
  private var pack = Pack()
  /// What stands in the pack at hand.
  private var waiting: Set<ChunkID> = []
  /// Bytes that were put into the backup.
  private(set) var writtenByteCount = 0
  /// Bytes of files that were read.
  private(set) var readByteCount = 0

  /// So many bytes are worked on at once.
  private static let batchByteCount = 16 << 20

  init(_ repository: BackupRepository, threads: Int) {
    self.repository = repository
    self.threads = threads
  }

  /// Brings in the bytes of `source`; the chunks that they are. One that `isFixed` never changes.
  func store(_ source: any ByteSource, isFixed: Bool) throws -> [ChunkID] {
    var chunks = ChunkedBytes(source, cutter: isFixed ? nil : repository.keys.cutter)
    var ids: [ChunkID] = []
    var batch: [[UInt8]] = []
    var count = 0
    while let chunk = try chunks.next() {
      batch.append(chunk)
      count += chunk.count
      if count >= Self.batchByteCount {
        ids += try store(batch)
        batch = []
        count = 0
      }
    }
    return try ids + store(batch)
  }

  /// Brings in one chunk as it is.
  func store(chunk: [UInt8]) throws { _ = try store([chunk]) }

  private func store(_ batch: [[UInt8]]) throws -> [ChunkID] {
    let keys = repository.keys
    let ids = try parallelMap(batch, threads: threads) { keys.id(of: $0) }
    var new: [(ChunkID, [UInt8])] = []
    for (id, bytes) in zip(ids, batch) {
      readByteCount += bytes.count
      if !repository.index.has(id), waiting.insert(id).inserted { new.append((id, bytes)) }
    }
    for chunk in try parallelMap(new, threads: threads, { try SealedChunk($0.0, $0.1, keys) }) {
      pack.add(chunk)
      if pack.isFull { try flush() }
    }
    return ids
  }

  /// Writes the pack at hand, full or not.
  func flush() throws(Fault) {
    guard !pack.entries.isEmpty else { return }
    let bytes = pack.finished(repository.keys)
    let digest = hexText(SHA256.digest(of: bytes))
    try repository.place.write(Pack.file(digest), bytes)
    repository.note(
      digest, ChunkIndex.KnownPack(byteCount: bytes.count, entries: pack.entries))
    writtenByteCount += bytes.count
    pack = Pack()
    waiting = []
  }
}
