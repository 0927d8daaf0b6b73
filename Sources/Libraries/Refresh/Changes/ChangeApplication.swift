import Columnar
import Core
import Delta
import Engine
import LakeQuery
import TableKeys

/// Takes the changes of one micro-batch into the target of an AUTO CDC flow.
///
/// Changes of keys that have no row yet are written as they come; no other row is looked at. What
/// else comes is folded (`Fold`) with the rows of its keys, which an index of keys finds, and
/// merged into the files that hold them, those of this very change among them.
struct ChangeApplication {
  let target: ChangeTarget
  let definition: TableDefinition
  /// Whether the micro-batch's rows replace the whole table.
  let replaces: Bool
  let microBatch: MicroBatch
  let index: KeyIndex
  let auxiliary: AuxiliaryTable
  let context: QueryContext
  let limits: NewKeyChanges.Limits
  /// So many batches of fresh rows wait to be encoded: about a window of them.
  private static let waitingBatchLimit = 16

  /// What was done, and what an index must know of it.
  struct Outcome {
    var merged = MergeResult()
    /// Rows that changes of new keys made at once, and changes that were held to be folded.
    var freshCount = 0
    var heldCount = 0
    fileprivate var base: Snapshot?
    fileprivate var tableID = ""
    fileprivate var written: KeySorter?
    fileprivate var partitions: [[String?]] = []
  }

  /// Stages the micro-batch's `rows`; what they leave in the auxiliary table is committed.
  /// `setAside` is called once all rows have been judged, before anything is committed.
  func stage(
    _ rows: CheckedRows, in change: inout Transaction, setAside: () throws -> Void
  ) throws -> Outcome {
    let base = replaces ? nil : change.snapshot
    // What a table that is not there remembers is of a table before it.
    let remembered = base == nil ? nil : try auxiliary.table.snapshot()
    let keys = try lookup(index, of: base)
    let tombstones = try lookup(
      auxiliary.index(scratchFolder: context.spillDirectory), of: remembered)
    let known = try KeyPresence(
      table: keys, auxiliary: tombstones, expectedCount: microBatch.estimatedRowCount * 4,
      scratchFolder: context.spillDirectory)
    // Without indexes every key may have a row.
    let isIndexed = keys != nil && tombstones != nil
    let columns = base?.partitionColumns ?? definition.partitionColumns
    let fresh = NewKeyChanges(
      rows, target, known: known, partitions: PartitionNumbers(keys?.partitions ?? []),
      partitionColumns: columns, holdsAll: target.isHistory || !isIndexed, context,
      limits: limits)
    // One thread decides what is fresh while this one encodes what is.
    let given: any BatchSource =
      context.threadCount > 1
      ? PrefetchedSource(fresh, capacity: ChangeApplication.waitingBatchLimit) : fresh
    try change.take(given, as: definition, replacesAll: replaces)
    change.dependOnAllRows()
    try setAside()
    var outcome = Outcome(base: base, tableID: change.tableID ?? "")
    outcome.merged.inserted = fresh.freshCount
    outcome.freshCount = fresh.freshCount
    outcome.heldCount = fresh.contested.rowCount
    var partitions = fresh.partitions
    if base == nil { try auxiliary.clear() }
    let positions = columns.compactMap { target.schema.index(of: $0) }
    for number in 0..<fresh.contested.partCount {
      guard let part = try fresh.contested.part(number) else { continue }
      let current = try change.provisionalSnapshot()
      let places =
        isIndexed
        ? try known.whereabouts(of: part.hashes, partitions: partitions.values) : .anywhere
      let files = current.map { places.files($0.files, partitionedBy: $0.partitionColumns) } ?? []
      let folded = try Fold(target, incoming: part.rows, context: context).run(
        present: current.map { SnapshotFiles(name: "present", snapshot: $0, files: files) },
        auxiliary: remembered.map { DeltaProvider(name: "auxiliary", $0) })
      try auxiliary.commit(folded)
      let merged = try change.merge(
        on: target.identity, upserts: folded.upserts.source, deletions: folded.deletions.source,
        inserts: folded.inserts.source, among: files)
      try outcome.merged.add(merged, folded, target, known)
      guard isIndexed else { continue }
      for batch in folded.inserts.batches + folded.upserts.batches {
        let hashes = target.keyHashes(of: batch)
        let numbers = partitions.numbers(of: batch, by: positions)
        try known.written.append(zip(hashes, numbers).map(KeyEntry.make))
      }
    }
    if isIndexed { outcome.written = known.written }
    outcome.partitions = partitions.values
    microBatch.mark(&change, replaces: replaces)
    return outcome
  }

  /// Tells the index what `version` holds now. Should that fail, nothing is lost: who needs the
  /// index next takes in what it lacks.
  func record(_ outcome: Outcome, as version: Int64) {
    guard let written = outcome.written else { return }
    do {
      try index.record(
        written, outcome.partitions, replaces: outcome.base == nil, after: outcome.base,
        as: version, of: outcome.tableID)
    } catch {
      return
    }
  }

  /// What is known of the keys of `snapshot`, nothing being there when it is nil; nil when nothing
  /// can be known.
  private func lookup(_ index: KeyIndex, of snapshot: Snapshot?) throws -> KeyLookup? {
    guard KeyIndex.supports(target.keys, of: target.schema) else { return nil }
    guard let snapshot else { return KeyLookup(columns: target.keys, partitions: [], runs: []) }
    guard KeyIndex.supports(target.keys, of: snapshot.schema) else { return nil }
    return try index.caughtUp(to: snapshot)
  }
}

extension Transaction {
  /// Makes the table, gives it the columns of `definition`, or replaces its rows; then adds `rows`.
  mutating func take(
    _ rows: any BatchSource, as definition: TableDefinition, replacesAll: Bool
  ) throws {
    if snapshot == nil {
      try create(definition)
    } else if replacesAll {
      try overwriteAll(rows, as: definition)
      return
    } else {
      try evolve(to: definition.schema)
      setProperties([TableCommit.planProperty: definition.properties[TableCommit.planProperty]])
    }
    try append(rows)
  }
}

extension MergeResult {
  /// Adds what became of folded changes. What this run wrote first and then changed is what it
  /// inserted.
  fileprivate mutating func add(
    _ merged: MergeResult, _ folded: Fold.Outcome, _ target: ChangeTarget,
    _ known: KeyPresence
  ) throws {
    let updated = target.isHistory ? 0 : try known.writtenCount(folded.upserts, target)
    let deleted = target.isHistory ? 0 : try known.writtenCount(folded.deletions, target)
    inserted += merged.inserted - deleted
    self.updated += merged.updated - updated
    self.deleted += merged.deleted - deleted
  }
}

extension KeyPresence {
  /// How many of `rows` have keys that this run has written.
  fileprivate func writtenCount(_ rows: BatchTable, _ target: ChangeTarget) throws -> Int {
    var count = 0
    for batch in rows.batches {
      count += try mayBeWritten(target.keyHashes(of: batch)).reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    return count
  }
}

extension ChangeTarget {
  /// The hash of each row's key.
  func keyHashes(of batch: Batch) -> [UInt64] {
    guard KeyIndex.supports(keys, of: batch.schema) else { return [] }
    let columns = keys.compactMap { batch.column($0) }
    return KeyHash.hashes(of: columns, count: batch.rowCount)
  }
}
