package import Core
import JSON

/// What a prune would do, or did.
package struct PrunePlan: Sendable {
  /// Packs that no epoch needs anything of.
  package let unused: [String]
  /// Packs of which less than half is needed, to be written anew without the rest.
  package let sparse: [String]
  /// Bytes that are freed.
  package let freedByteCount: Int
  /// Bytes that are kept.
  package let keptByteCount: Int
}

extension BackupRepository {
  /// The epochs that were taken out on purpose, and the digests of their files.
  func forgotten() throws(Fault) -> [String: String] {
    var found: [String: String] = [:]
    for file in try place.list("forgotten") {
      let source = Place("\(place.name)/\(file.name)")
      guard
        let json = try SealedDocument.json(
          try place.read(file.name), for: "forgotten", keys, at: source)
      else { continue }
      found.merge((json["epochs"]?.object?.dictionary ?? [:]).compactMapValues(\.string)) { $1 }
    }
    return found
  }

  /// Takes epochs out: first it is written down which, then their files go. Their chunks stay until
  /// `prune`. The newest epoch is not taken out.
  package func forget(_ epochs: [Epoch], by run: RunID, at now: Timestamp) throws(Fault) {
    guard let newest = try self.epochs().last, !epochs.contains(newest) else {
      throw Fault(
        .denied, at: Place(place.name), "the newest epoch is not taken out",
        remedy: "take another one first: backup create")
    }
    if epochs.isEmpty { return }
    var digests: [String: JSONValue] = [:]
    for epoch in epochs {
      let bytes = try place.read(Epoch.file(epoch.name))
      digests[epoch.name] = .string(hexText(SHA256.digest(of: bytes)))
    }
    let json: JSONValue = [
      "run": .string("\(run)"), "time": .string("\(now)"), "epochs": .object(JSONObject(digests)),
    ]
    let bytes = try SealedDocument.bytes(json, for: "forgotten", keys)
    let name = "\(run)-\(hexText(SHA256.digest(of: bytes)).prefix(8))"
    try place.write("forgotten/\(name).note", bytes)
    for epoch in epochs {
      // The seal first: one that has no epoch would be missed.
      try place.remove(Epoch.seal(epoch.name))
      try place.remove(Epoch.file(epoch.name))
    }
  }

  /// The chunks that epochs need. Throws where one cannot be told: nothing may go then.
  private func neededChunks() throws(Fault) -> Set<ChunkID> {
    var damage: Fault?
    let epochs = try epochs { damage = $0 }
    if let damage { throw damage }
    var needed: Set<ChunkID> = []
    for part in epochs.flatMap(\.parts) {
      needed.formUnion(part.list)
      for file in try files(of: part) { needed.formUnion(file.chunks) }
    }
    return needed
  }

  /// What no epoch needs any more.
  package func prunePlan() throws(Fault) -> PrunePlan { try prunePlan(keeping: neededChunks()) }

  private func prunePlan(keeping needed: Set<ChunkID>) throws(Fault) -> PrunePlan {
    var (unused, sparse): ([String], [String]) = ([], [])
    var (freed, kept) = (0, 0)
    for (digest, pack) in index.packs.sorted(by: { $0.key < $1.key }) {
      // Of a chunk that is in two packs, the one counts that it is read from.
      let used = pack.entries.filter { needed.contains($0.id) && index[$0.id]?.pack == digest }
        .reduce(0) { $0 + $1.storedCount }
      if used == 0 {
        unused.append(digest)
        freed += pack.byteCount
      } else if used * 2 < pack.byteCount {
        sparse.append(digest)
        freed += pack.byteCount - used
        kept += used
      } else {
        kept += pack.byteCount
      }
    }
    return PrunePlan(unused: unused, sparse: sparse, freedByteCount: freed, keptByteCount: kept)
  }

  /// Frees the room of what no epoch needs any more: chunks that are needed out of sparse packs go
  /// into new ones, an index tells of what there will be, and only then old indexes and packs go.
  /// A prune that dies on the way has lost nothing, and the next one does the rest.
  package func prune(threads: Int) throws -> PrunePlan {
    let needed = try neededChunks()
    let plan = try prunePlan(keeping: needed)
    let going = Set(plan.unused + plan.sparse)
    if going.isEmpty { return plan }
    let old = try place.list("indexes").map { Self.indexDigest($0.name) }
    let before = index
    forgetPacks(going)
    let writer = ChunkWriter(self, threads: threads)
    for digest in plan.sparse {
      for entry in before.packs[digest]?.entries ?? []
      where needed.contains(entry.id) && !index.has(entry.id) {
        let sealed = try place.read(
          Pack.file(digest), at: entry.offset, count: entry.storedCount)
        guard let bytes = try SealedChunk.opened(sealed, of: entry, keys) else {
          throw Fault(
            .data, at: Place("\(place.name)/\(Pack.file(digest))"),
            "the chunk at byte \(entry.offset) is not what was written there",
            remedy: "see 'backup verify'; nothing was taken away")
        }
        try writer.store(chunk: bytes)
      }
    }
    try writer.flush()
    _ = try writeIndex(index.packs, replacing: old)
    for digest in old { try place.remove(Self.indexFile(digest)) }
    for digest in going.sorted() { try place.remove(Pack.file(digest)) }
    return plan
  }
}
