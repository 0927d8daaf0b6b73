import Bronze
import Columnar
import Core
import Engine
import LakeJobs
import Synchronization

/// The rows of a flow, judged while another flow read the files that both stream; they wait for the
/// flow's own turn, on disk where they are many.
///
/// Nothing rests on them: a flow whose rows are not here reads its files itself. So they are
/// dropped where judging them fails, and where they are so many that reading once more is cheaper
/// than keeping them.
final class RowsAhead: @unchecked Sendable {
  // Only the thread that takes slices up touches what was gathered; those that judge ask only
  // whether it was dropped.
  let judgment: RowJudgment
  private let context: QueryContext
  private var rows: SpilledBatches?
  private var byteCount = 0
  private(set) var isComplete = false
  private(set) var results: [CommitReport.RuleResult] = []
  private let dropped = Atomic<Bool>(false)

  /// Reading text again costs about as much as keeping a fourth of it in columns.
  private static let textShare = 4
  /// After so much text it can be told how much there is to keep.
  private static let firstByteCount = 8 << 20
  private static let addedFields = [
    Field("__hash", .bigint, isNullable: false), Field("__starts", .boolean, isNullable: false),
  ]

  /// For rows of a plan that `isRowLocal`.
  init(_ judgment: RowJudgment, _ context: QueryContext) {
    self.judgment = judgment
    self.context = context
    rows = SpilledBatches(
      Schema(judgment.schema.fields + RowsAhead.addedFields), context)
  }

  /// Whether no more is kept, and nothing of what was.
  var isDropped: Bool { dropped.load(ordering: .relaxed) }

  /// Adds what a slice of so much text came to; nil where it could not be judged.
  func append(_ batches: [CheckedBatch]?, ofSliceOf textByteCount: Int) {
    guard let rows, let batches else { return drop() }
    byteCount += textByteCount
    do {
      for batch in batches {
        if let broken = batch.quarantined { try judgment.quarantine.append(broken) }
        try rows.append(RowsAhead.kept(batch))
      }
    } catch {
      return drop()
    }
    if byteCount > RowsAhead.firstByteCount,
      rows.byteCount > byteCount / RowsAhead.textShare
    {
      drop()
    }
  }

  /// That all slices were added, as `checks` have judged them.
  func finish(_ checks: [RowCheck]) {
    guard rows != nil else { return }
    results = judgment.results(of: checks)
    isComplete = true
  }

  private func drop() {
    dropped.store(true, ordering: .relaxed)
    rows = nil
  }

  /// The rows that passed, from the first on each time it is asked for.
  func source() -> () throws -> CheckedBatch? {
    guard let source = rows?.source() else { return { nil } }
    return { try source.next().map(RowsAhead.judged) }
  }

  /// A batch with all that is told of its rows as columns. It keeps no dictionary of which it uses
  /// little.
  private static func kept(_ batch: CheckedBatch) -> Batch {
    let count = batch.rows.rowCount
    let hashes =
      batch.hashes.isEmpty
      ? [Int64](repeating: 0, count: count) : batch.hashes.map { Int64(bitPattern: $0) }
    let starts = batch.starts.isEmpty ? [Bool](repeating: true, count: count) : batch.starts
    return batch.rows.adding(
      [
        Column(.bigint, count: count, .int64(hashes)),
        Column(.boolean, count: count, .boolean(starts)),
      ], as: addedFields)
  }

  private static func judged(_ batch: Batch) -> CheckedBatch {
    let ownCount = batch.columns.count - addedFields.count
    guard case .int64(let hashes) = batch.columns[ownCount].values,
      case .boolean(let starts) = batch.columns[ownCount + 1].values
    else { preconditionFailure("what is told of rows is behind their columns") }
    return CheckedBatch(
      rows: batch.selecting(Array(0..<ownCount)),
      hashes: hashes.map { UInt64(bitPattern: $0) }, starts: starts)
  }
}
