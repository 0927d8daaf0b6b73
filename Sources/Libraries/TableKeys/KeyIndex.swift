package import Columnar
import Core
package import Delta

// TableKeys: which keys a Delta table has, and in which of its files.
//
// Beside a table lies an index (`_keys/`) of the hashes of its keys: sorted entries (`SortedKeys`)
// that follow the table's log, so that a merge reads the files that can hold a key and no others,
// and a new key is known to be new without reading any. It is made from the table and can be made
// anew; where it is lost or behind, it is caught up.
//
// Begin with `KeyIndex`; `KeyHash` is what is stored, `KeyLookup` what is asked. It knows nothing
// of lakes, jobs or flows.

/// Which keys a Delta table may hold, and in which partitions: derived data in a folder of the
/// table that readers of Delta pass over.
///
///     sales_lines/_keys/<columns>/manifest      state of the table, runs, recent entries
///     sales_lines/_keys/<columns>/run-<number>  sorted hashes of keys
///
/// An index is believed when it says that a key is absent, never when it says that one is there:
/// keys of rows that went stay in it. It may be deleted at any time; what it lacks it reads from
/// the files that the log has added since, or from all of them.
///
///     let lookup = try KeyIndex(table, columns: ["event_id"]).caughtUp(to: snapshot)
///     switch try lookup.whereabouts(of: keys) { … }
package struct KeyIndex: Sendable {
  /// So many entries stand in the manifest before they are worth a file.
  static let recentLimit = 32_768
  /// A run is merged with the one before it unless that is so many times larger.
  private static let growth = 4

  let table: Table
  let columns: [String]
  private let scratchFolder: String
  private let folder: String
  private var files: any FileSystem { table.fileSystem }

  /// The index of `table` by `columns`; large sorts are set aside in `scratchFolder`.
  package init(_ table: Table, columns: [String], scratchFolder: String) {
    self.table = table
    self.columns = columns
    self.scratchFolder = scratchFolder
    let name = SHA256.hex(of: columns.joined(separator: "\u{0}")).prefix(16)
    folder = "\(table.path)/_keys/\(name)"
  }

  /// Whether keys of `columns` of `schema` can be indexed.
  package static func supports(_ columns: [String], of schema: Schema) -> Bool {
    columns.allSatisfy { name in
      schema.index(of: name).map { KeyHash.supports(schema.fields[$0].type) } ?? false
    }
  }

  /// What the index knows of `snapshot`, once it has taken in what the log added since it was last
  /// written; nil when the index has gone past that version and forgotten it.
  package func caughtUp(to snapshot: Snapshot) throws -> KeyLookup? {
    if let manifest = try manifest(for: snapshot), manifest.version >= snapshot.version,
      let lookup = try lookup(manifest)
    {
      return manifest.firstVersion <= snapshot.version ? lookup : nil
    }
    let lock = try locked()
    defer { lock.unlock() }
    var manifest = try manifest(for: snapshot)
    if let known = manifest, try lookup(known) == nil { manifest = nil }
    if let known = manifest, known.version >= snapshot.version {
      return known.firstVersion <= snapshot.version ? try lookup(known) : nil
    }
    let written: KeyIndexManifest
    if let known = manifest, let added = try addedFiles(from: known, to: snapshot) {
      written = try extended(known, by: added, of: snapshot)
    } else {
      written = try rebuilt(from: snapshot)
    }
    return try lookup(written)
  }

  /// Takes in what a writer added to the table with `version`, made right after `base`: it spares
  /// the next reader to look. `spool` numbers partitions as `partitions` does, which continues the
  /// list of the lookup that the writer had; without `base` no older rows are left. The files of
  /// the table call the columns `physicalNames`.
  package func record(
    _ spool: KeySorter, _ partitions: [[String?]], after base: Snapshot?, as version: Int64,
    of tableID: String, physicalNames: [String]
  ) throws {
    let lock = try locked()
    defer { lock.unlock() }
    var manifest: KeyIndexManifest
    if let base {
      guard let known = try self.manifest(for: base), known.version == base.version,
        known.version + 1 == version, partitions.starts(with: known.partitions)
      else { return }
      manifest = known
    } else {
      manifest = try blank(tableID, physicalNames, version: version)
    }
    manifest.version = version
    manifest.partitions = partitions
    _ = try write(&manifest, adding: try spool.sortedRuns())
  }

  /// The lock of the index; what a killed writer has left is removed under it.
  private func locked() throws(Fault) -> any FileLock {
    let lock = try files.lock("\(folder)/.lock", patience: .seconds(60))
    if lock.wasAbandoned { try files.removeDrafts(in: folder) }
    return lock
  }

  // MARK: Reading

  private func manifest(for snapshot: Snapshot) throws(Fault) -> KeyIndexManifest? {
    guard let manifest = try storedManifest(), manifest.table == snapshot.metadata.id,
      manifest.columns == columns,
      manifest.physicalNames == columns.map(snapshot.physicalName)
    else { return nil }
    return manifest
  }

  private func storedManifest() throws(Fault) -> KeyIndexManifest? {
    do throws(Fault) {
      return KeyIndexManifest(try files.read("\(folder)/manifest"))
    } catch {
      if error.kind == .missing { return nil }
      throw error
    }
  }

  /// The runs that `manifest` names; nil when one is gone or damaged.
  private func lookup(_ manifest: KeyIndexManifest) throws(Fault) -> KeyLookup? {
    var runs: [SortedKeys] = []
    for run in manifest.runs {
      guard let opened = try open(run) else { return nil }
      runs.append(opened)
    }
    if !manifest.recent.isEmpty { runs.append(SortedKeys(manifest.recent)) }
    return KeyLookup(columns: columns, partitions: manifest.partitions, runs: runs)
  }

  private func open(_ run: KeyIndexManifest.Run) throws(Fault) -> SortedKeys? {
    do throws(Fault) {
      guard let opened = try SortedKeys(try files.open("\(folder)/\(run.file)")),
        opened.count == run.count
      else { return nil }
      return opened
    } catch {
      if error.kind == .missing { return nil }
      throw error
    }
  }

  // MARK: Catching up

  /// The files added since; nil when the log does not tell, or so much that is gone is in the index
  /// that a new one is worth its while.
  private func addedFiles(
    from manifest: KeyIndexManifest, to snapshot: Snapshot
  ) throws(Fault) -> [AddedFile]? {
    do throws(Fault) {
      let changes = try table.changes(from: manifest.version, to: snapshot.version)
      let added = Self.filesToRead(of: changes, live: Set(snapshot.files.map(\.path)))
      let addedCount = added.reduce(0) { $0 + ($1.rowCount ?? 0) }
      if let rowCount = snapshot.rowCount,
        manifest.entryCount + addedCount > 2 * rowCount + Self.recentLimit
      {
        return nil
      }
      return added
    } catch {
      if error.kind == .missing { return nil }
      throw error
    }
  }

  /// Those of the added files whose rows are new to the index.
  ///
  /// What came and went in between need not be read, and files into which rows were only moved hold
  /// none that are new: a row stays in its partition. Unless they were moved out of a file that the
  /// index has not read.
  private static func filesToRead(of changes: TableChanges, live: Set<String>) -> [AddedFile] {
    let added = changes.steps.flatMap(\.added)
    let moved = Set(changes.steps.flatMap(\.removed).filter { !$0.dataChange }.map(\.path))
    let hasMovedNew = added.contains { $0.dataChange && moved.contains($0.path) }
    return added.filter { ($0.dataChange || hasMovedNew) && live.contains($0.path) }
  }

  private func extended(
    _ manifest: KeyIndexManifest, by added: [AddedFile], of snapshot: Snapshot
  ) throws -> KeyIndexManifest {
    var manifest = manifest
    manifest.version = snapshot.version
    let runs = try read(added, of: snapshot, into: &manifest)
    return try write(&manifest, adding: runs)
  }

  private func rebuilt(from snapshot: Snapshot) throws -> KeyIndexManifest {
    var manifest = try blank(
      snapshot.metadata.id, columns.map(snapshot.physicalName), version: snapshot.version)
    let runs = try read(snapshot.files, of: snapshot, into: &manifest)
    return try write(&manifest, adding: runs)
  }

  private func blank(
    _ tableID: String, _ physicalNames: [String], version: Int64
  ) throws(Fault) -> KeyIndexManifest {
    var manifest = KeyIndexManifest(
      table: tableID, columns: columns, physicalNames: physicalNames, version: version)
    // No name is given twice: a reader may still hold to an older manifest.
    let numbers = try files.list(folder).compactMap { name in
      name.hasPrefix("run-") ? Int(name.dropFirst(4)) : nil
    }
    manifest.nextRun = max((numbers.max() ?? -1) + 1, try storedManifest()?.nextRun ?? 0)
    return manifest
  }

  /// The entries of the rows of `added`; their partitions are added to the manifest's.
  private func read(
    _ added: [AddedFile], of snapshot: Snapshot, into manifest: inout KeyIndexManifest
  ) throws -> [SortedKeys] {
    var partitions = PartitionNumbers(manifest.partitions)
    let spool = KeySorter(in: scratchFolder)
    for file in added {
      let partition = partitions.number(of: file.partition(snapshot.physicalPartitionColumns))
      for source in try snapshot.scan(columns: columns, files: [file]).sources() {
        while let batch = try source.next() {
          let hashes = KeyHash.hashes(of: batch.columns, count: batch.rowCount)
          try spool.append(
            hashes.filter { $0 != KeyHash.none }.map { KeyEntry.make($0, partition: partition) })
        }
      }
    }
    manifest.partitions = partitions.values
    return try spool.sortedRuns()
  }

  // MARK: Writing

  /// Puts entries into the index under its lock: the new runs first, then the manifest that names
  /// them, then what it names no more goes.
  private func write(
    _ manifest: inout KeyIndexManifest, adding added: [SortedKeys]
  ) throws -> KeyIndexManifest {
    var waiting = added.filter { $0.count > 0 }
    if !manifest.recent.isEmpty { waiting.append(SortedKeys(manifest.recent)) }
    var waitingCount = waiting.reduce(0) { $0 + $1.count }
    if waitingCount <= Self.recentLimit {
      manifest.recent = try merged(waiting)
    } else {
      // Each run stands beside one many times its size, so there are few.
      while let last = manifest.runs.last, last.count < waitingCount * Self.growth {
        guard let run = try open(last) else {
          throw Fault(
            .temporary, at: Place(folder), "the index of keys was changed meanwhile",
            remedy: "run the job again")
        }
        waiting.append(run)
        waitingCount += last.count
        manifest.runs.removeLast()
      }
      let name = "run-\(manifest.nextRun)"
      manifest.nextRun += 1
      manifest.runs.append(.init(file: name, count: try writeRun(name, waiting)))
      manifest.recent = []
    }
    try files.replace("\(folder)/manifest", manifest.bytes)
    let kept = Set(manifest.runs.map(\.file))
    for name in try files.list(folder) where name.hasPrefix("run-") && !kept.contains(name) {
      try files.remove("\(folder)/\(name)")
    }
    return manifest
  }

  private func merged(_ runs: [SortedKeys]) throws(Fault) -> [UInt64] {
    var entries = try MergedEntries(runs)
    var result: [UInt64] = []
    while case let piece = try entries.next(), !piece.isEmpty { result += piece }
    return result
  }

  private func writeRun(_ name: String, _ runs: [SortedKeys]) throws(Fault) -> Int {
    let file = try files.draft("\(folder)/\(name)", replacing: true)
    var writer = SortedKeysWriter { bytes throws(Fault) in try file.append(bytes) }
    var entries = try MergedEntries(runs)
    while case let piece = try entries.next(), !piece.isEmpty { try writer.append(piece[...]) }
    try writer.finish()
    _ = try file.publish()
    return writer.count
  }
}
