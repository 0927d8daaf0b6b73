import Columnar
import Core
import Delta
import Engine
import LakeQuery
import TableKeys

// AUTO CDC as a whole: how the changes of one micro-batch come into a table.
//
// A change is a row with a key, a sequence, and whether it deletes. The table is to hold the row of
// each key's last change (SCD 1), or all its versions with their times (SCD 2), in whatever order
// and however often changes come. Most are the first of their key: they are rows already, and no
// other row is looked at for them. Only the rest is worth a comparison.
//
//  1. Judge. The source's rows come judged by the dataset's rules, with hashes of their keys; those
//     that break a rule are gathered for quarantine (`CheckedRows`).
//  2. Ask. An index of the table's keys, and one of its auxiliary table's, are caught up with their
//     logs. They say which keys may be there: never no for one that is (`KeyIndex`, `KeyPresence`).
//  3. Wait. Changes wait in a window for others of their keys. What is sent twice is dropped there;
//     a key that changes twice is found out before its first change is written (`DedupWindow`).
//  4. Write. Changes of keys that surely have no row are appended to the table as they are, while
//     more are pulled (`NewKeyChanges`).
//  5. Hold. All others are held until the last change has come, in parts by key, on disk where they
//     are many (`HeldChanges`): deletes, changes of keys that may have a row, were deleted or were
//     written just now. Of a history, and where keys cannot be indexed, all changes are held.
//  6. Quarantine. Now that all are judged, what broke a rule is committed to the quarantine, before
//     anything of the table is.
//  7. Fold. Part by part the held changes are joined with the rows of their keys, those of step 4
//     among them, and with what the auxiliary table remembers of these keys: SQL says which rows
//     come, change and go, and which events leave no row and must be remembered (`Fold`,
//     `FoldQueries`). Changes of one key and sequence that bear numbers, as those of one
//     transaction do, are steps to one event (`StepQueries`). What is remembered is committed
//     first, for taking it in anew does no harm (`AuxiliaryTable`); the rows are merged into the
//     files that may hold their keys. Parts in which other changes of one key and sequence say
//     different things wait for the others: bronze is looked through for them once, what lost is
//     set aside, and they are folded (`TieBreak`).
//  8. Commit. One version of the table holds steps 4 and 7 and how far the streams were consumed.
//     Then its index is told what was written; a run that dies before leaves that to the next one.

/// Takes the changes of one micro-batch into the target of an AUTO CDC flow: the steps above, but
/// for the commit itself, in one transaction.
struct ChangeApplication {
  let target: ChangeTarget
  let definition: TableDefinition
  let microBatch: MicroBatch
  let index: KeyIndex
  let auxiliary: AuxiliaryTable
  /// Says which of several changes of one key and sequence stands.
  let tieBreak: TieBreak
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
    /// Changes that lost against others of their key and sequence, and how many of them were new.
    var lostCount = 0
    var newLostCount = 0
    fileprivate var base: Snapshot?
    fileprivate var tableID = ""
    fileprivate var physicalNames: [String] = []
    fileprivate var written: KeySorter?
    fileprivate var partitions: [[String?]] = []
  }

  /// Stages the micro-batch's `rows`; what they leave in the auxiliary table is committed.
  /// `setAside` is called once all rows have been judged, before anything is committed.
  func stage(
    _ rows: any CheckedSource, in transaction: inout Transaction, setAside: () throws -> Void
  ) throws -> Outcome {
    let replaces = microBatch.step.replacesTable
    let base = replaces ? nil : transaction.snapshot
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
      partitionColumns: columns,
      holdsAll: target.isHistory || !isIndexed || target.hasUnits && !rows.keepsLinesWhole, context,
      limits: limits)
    // One thread decides what is fresh while this one encodes what is.
    let given: any BatchSource =
      context.threadCount > 1
      ? PrefetchedSource(fresh, capacity: ChangeApplication.waitingBatchLimit) : fresh
    transaction.rowKeys = target.identity
    try transaction.take(given, as: definition, replacesAll: replaces)
    transaction.dependOnAllRows()
    try setAside()
    var outcome = Outcome(base: base, tableID: transaction.tableID ?? "")
    outcome.physicalNames = target.unit.map { transaction.physicalName(of: $0) }
    outcome.merged.inserted = fresh.freshCount
    outcome.freshCount = fresh.freshCount
    outcome.heldCount = fresh.contested.rowCount
    if base == nil { try auxiliary.clear() }
    var folding = Folding(
      remembered: remembered, known: known, isIndexed: isIndexed, partitions: fresh.partitions,
      positions: columns.compactMap { target.schema.index(of: $0) })
    try fold(fresh.contested, &folding, in: &transaction, &outcome)
    if isIndexed { outcome.written = known.written }
    outcome.partitions = folding.partitions.values
    return outcome
  }

  /// What folding rests on, and the partitions that it has met.
  private struct Folding {
    let remembered: Snapshot?
    let known: KeyPresence
    let isIndexed: Bool
    var partitions: PartitionNumbers
    let positions: [Int]
  }

  /// Folds the changes that were held: first the parts without ties, then the others.
  private func fold(
    _ held: HeldChanges, _ folding: inout Folding, in transaction: inout Transaction,
    _ outcome: inout Outcome
  ) throws {
    var tiedParts: [Int] = []
    var ties: [Batch] = []
    var tied: [Batch] = []
    for number in 0..<held.partCount {
      guard let part = try held.part(number) else { continue }
      let (fold, files) = try gather(part, folding, in: &transaction)
      guard fold.ties.rowCount > 0 else {
        try write(try fold.outcome(), among: files, &folding, in: &transaction, &outcome)
        continue
      }
      tiedParts.append(number)
      ties += fold.ties.batches
      tied += try fold.tied().batches
    }
    guard !ties.isEmpty else { return }
    let settled = try tieBreak.settle(
      BatchTable("ties", ties[0].schema, ties), BatchTable("tied", tied[0].schema, tied))
    outcome.lostCount = settled.lostCount
    outcome.newLostCount = settled.newLostCount
    for number in tiedParts {
      guard let part = try held.part(number) else { continue }
      let (fold, files) = try gather(part, folding, in: &transaction)
      try write(
        try fold.outcome(winners: settled.winners), among: files, &folding, in: &transaction,
        &outcome)
    }
  }

  /// What is said of the keys of a part, and the files that may hold their rows.
  private func gather(
    _ part: HeldChanges.Part, _ folding: Folding, in transaction: inout Transaction
  ) throws -> (Fold, [AddedFile]) {
    let current = try transaction.provisionalSnapshot()
    let places =
      folding.isIndexed
      ? try folding.known.whereabouts(of: part.hashes, partitions: folding.partitions.values)
      : .anywhere
    let files =
      current.map { places.files($0.files, partitionedBy: $0.physicalPartitionColumns) } ?? []
    let fold = try Fold(
      target, incoming: part.rows,
      present: current.map { SnapshotTable(name: "present", $0, files: files) },
      auxiliary: folding.remembered.map { SnapshotTable(name: "auxiliary", $0) },
      numberedBy: microBatch.hasOneStream ? target.stepNumber : nil, context: context)
    return (fold, files)
  }

  /// Brings what was folded into the auxiliary table and the transaction.
  private func write(
    _ folded: Fold.Outcome, among files: [AddedFile], _ folding: inout Folding,
    in transaction: inout Transaction, _ outcome: inout Outcome
  ) throws {
    try auxiliary.commit(folded)
    let merged = try transaction.merge(
      on: target.identity, upserts: folded.upserts.source, deletions: folded.deletions.source,
      inserts: folded.inserts.source, among: files)
    try outcome.merged.add(merged, folded, target, folding.known)
    guard folding.isIndexed else { return }
    for batch in folded.inserts.batches + folded.upserts.batches {
      let hashes = target.unitHashes(of: batch)
      let numbers = folding.partitions.numbers(of: batch, by: folding.positions)
      try folding.known.written.append(zip(hashes, numbers).map(KeyEntry.make))
    }
  }

  /// Tells the index what `version` holds now. Should that fail, nothing is lost: who needs the
  /// index next takes in what it lacks.
  func record(_ outcome: Outcome, as version: Int64) {
    guard let written = outcome.written else { return }
    do {
      try index.record(
        written, outcome.partitions, after: outcome.base, as: version, of: outcome.tableID,
        physicalNames: outcome.physicalNames)
    } catch {
      return
    }
  }

  /// What is known of the keys of `snapshot`, nothing being there when it is nil; nil when nothing
  /// can be known.
  private func lookup(_ index: KeyIndex, of snapshot: Snapshot?) throws -> KeyLookup? {
    guard KeyIndex.supports(target.unit, of: target.schema) else { return nil }
    guard let snapshot else { return KeyLookup(columns: target.unit, partitions: [], runs: []) }
    guard KeyIndex.supports(target.unit, of: snapshot.schema) else { return nil }
    return try index.caughtUp(to: snapshot)
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
      count += try mayBeWritten(target.unitHashes(of: batch)).reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    return count
  }
}

extension ChangeTarget {
  /// The hash of each row's unit, which is its key where rows do not come in units.
  func unitHashes(of batch: Batch) -> [UInt64] {
    guard KeyIndex.supports(unit, of: batch.schema) else { return [] }
    let columns = unit.compactMap { batch.column($0) }
    return KeyHash.hashes(of: columns, count: batch.rowCount)
  }
}
