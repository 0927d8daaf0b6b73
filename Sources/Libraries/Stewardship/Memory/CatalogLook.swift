package import Core

/// What one look saw, and where it could not look.
package struct CatalogLook: Sendable {
  /// A part of the catalog that could not be seen as a whole: of what is not seen there nothing
  /// follows.
  package struct BlindSpot: Sendable, Equatable {
    /// The layer; nil for all.
    package var layer: String?
    package var why: String

    package init(_ layer: String?, _ why: String) {
      self.layer = layer
      self.why = why
    }
  }

  package let entries: [CatalogEntry]
  package let blindSpots: [BlindSpot]

  package init(_ entries: [CatalogEntry], blindSpots: [BlindSpot] = []) {
    self.entries = entries
    self.blindSpots = blindSpots
  }

  /// Why an entry that is not seen may be there nevertheless; nil when it is not.
  func excuse(for shape: EntryShape) -> String? {
    blindSpots.first { $0.layer == nil || $0.layer == shape.layer }?.why
  }

  // MARK: Against what is remembered

  /// What happened since `memory`.
  package func changes(since memory: CatalogMemory) -> [CatalogChange] {
    var changes: [CatalogChange] = []
    var renamed: Set<String> = []
    let seen = Set(entries.map(\.name))
    for entry in entries {
      if let known = memory.entries[entry.name] {
        changes += self.changes(of: entry, known)
        continue
      }
      let shape = EntryShape(entry)
      let former = formerName(of: shape, memory, seen).flatMap {
        renamed.insert($0).inserted ? $0 : nil
      }
      changes.append(former.map { .renamed(from: $0, shape) } ?? .appeared(shape))
      if let why = entry.unread { changes.append(.unread(entry.name, why: why)) }
      let schemas = former.flatMap { memory.entries[$0]?.schemas } ?? []
      changes += newSchemas(entry, schemas)
    }
    for (name, known) in memory.entries.sorted(by: { $0.key < $1.key })
    where !seen.contains(name) && !renamed.contains(name) && known.past.dropped == nil {
      if let why = excuse(for: known.shape) {
        if known.unread == nil, known.past.missingSince == nil {
          changes.append(.unread(name, why: why))
        }
      } else if known.past.missingSince == nil {
        changes.append(.missing(name))
      }
    }
    return changes
  }

  private func changes(
    of entry: CatalogEntry, _ known: CatalogMemory.Remembered
  ) -> [CatalogChange] {
    var changes: [CatalogChange] = []
    let shape = shape(of: entry, known)
    if known.past.dropped != nil {
      changes.append(.revived(shape))
    } else if known.past.missingSince != nil {
      changes.append(.found(shape))
    } else if shape != known.shape {
      changes.append(.changed(shape))
    }
    if let why = entry.unread, known.unread == nil {
      changes.append(.unread(entry.name, why: why))
    } else if entry.unread == nil, known.unread != nil {
      changes.append(.readAgain(entry.name))
    }
    return changes + newSchemas(entry, known.schemas)
  }

  /// What the entry looks like; of one that could not be read, what was known stands.
  private func shape(
    of entry: CatalogEntry, _ known: CatalogMemory.Remembered
  ) -> EntryShape {
    var shape = EntryShape(entry)
    shape.identity = shape.identity ?? known.shape.identity
    if entry.unread != nil, shape.columns.isEmpty { shape.columns = known.shape.columns }
    return shape
  }

  private func newSchemas(
    _ entry: CatalogEntry, _ known: [CatalogEntry.SchemaVersion]
  ) -> [CatalogChange] {
    let versions = Set(known.map(\.version))
    return entry.schemaHistory.filter { !versions.contains($0.version) }
      .map { .schema(entry.name, $0) }
  }

  /// What a table that is new by its name was called before: the only one that is surely not there
  /// any more, and is the same by its identity.
  private func formerName(
    of shape: EntryShape, _ memory: CatalogMemory, _ seen: Set<String>
  ) -> String? {
    guard let identity = shape.identity else { return nil }
    let found = memory.entries.filter { name, known in
      known.shape.identity == identity && !seen.contains(name) && known.past.dropped == nil
        && excuse(for: known.shape) == nil
    }
    return found.count == 1 ? found.first?.key : nil
  }

  /// The entries with what is remembered of them, and those that are only remembered; the look was
  /// at `time`.
  package func joined(with memory: CatalogMemory, at time: Timestamp) -> [CatalogEntry] {
    let seen = Set(entries.map(\.name))
    let renames = changes(since: memory).reduce(into: [String: String]()) { renames, change in
      if case .renamed(let former, let shape) = change { renames[shape.name] = former }
    }
    let present = entries.map { entry -> CatalogEntry in
      var entry = entry
      let former = renames[entry.name]
      guard let known = memory.entries[former ?? entry.name] else { return entry }
      entry.past = known.past
      entry.past.missingSince = nil
      entry.past.dropped = nil
      if entry.unread == nil { entry.past.unreadSince = nil }
      if let former { entry.past.formerNames.append(former) }
      entry.identity = entry.identity ?? known.shape.identity
      if entry.unread != nil, entry.columns.isEmpty { entry.columns = known.shape.entry.columns }
      let read = Set(entry.schemaHistory.map(\.version))
      entry.schemaHistory += known.schemas.filter { !read.contains($0.version) }
      entry.schemaHistory.sort { $0.version < $1.version }
      return entry
    }
    let former = Set(renames.values)
    let remembered = memory.entries.filter { !seen.contains($0.key) && !former.contains($0.key) }
      .sorted { $0.key < $1.key }
      .map { _, known -> CatalogEntry in
        var entry = known.shape.entry
        entry.past = known.past
        entry.schemaHistory = known.schemas
        guard known.past.dropped == nil else { return entry }
        entry.unread = excuse(for: known.shape)
        if entry.unread == nil { entry.past.missingSince = known.past.missingSince ?? time }
        return entry
      }
    return present + remembered
  }
}
