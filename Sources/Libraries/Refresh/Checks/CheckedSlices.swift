import Bronze
import Columnar
import Core
import LakeJobs
import Synchronization

/// The rows of a stream's files, judged slice by slice by several threads; they and their order are
/// the same for any number of threads. Each slice is read once, for the flow whose rows these are
/// and for all flows that go along.
final class CheckedSlices {
  private let judgment: RowJudgment
  private let along: [RowsAhead]
  private let benches: [SliceBench]
  /// Gives the next slice of the stream.
  private let slices: () throws -> BronzeSlice?
  private let work: OrderedWork<BronzeSlice, SliceRows>?
  /// So many slices are in work or waiting to be taken up.
  private let sliceLimit: Int
  /// So many slices are cut ahead.
  private static let waitingSliceLimit = 2

  /// The slices of `table`, for a plan that `isRowLocal` and for those `along`.
  init(
    of table: BronzeTable, _ judgment: RowJudgment, along: [RowsAhead],
    _ fileSystem: any FileSystem, threadCount: Int
  ) throws {
    self.judgment = judgment
    self.along = along
    let benches = try (0..<threadCount).map { _ in try SliceBench(table, judgment, along) }
    self.benches = benches
    sliceLimit = threadCount + 2
    slices = CheckedSlices.slices(of: table, fileSystem, isAhead: threadCount > 1)
    let idle = IdleBenches(benches)
    work =
      threadCount == 1
      ? nil
      : OrderedWork(threads: threadCount) { slice in
        let bench = idle.take()
        defer { idle.put(bench) }
        return try bench.rows(of: slice)
      }
  }

  /// How the dataset's own rules have fared.
  var results: [CommitReport.RuleResult] { judgment.results(of: benches.map(\.own)) }

  /// What the next slice comes to; nil at the end.
  func next() throws -> [CheckedBatch]? {
    guard let rows = try nextRows() else {
      for (number, ahead) in along.enumerated() {
        ahead.finish(benches.map { $0.along[number] })
      }
      return nil
    }
    for (ahead, batches) in zip(along, rows.along) {
      ahead.append(batches, ofSliceOf: rows.byteCount)
    }
    return rows.own
  }

  private func nextRows() throws -> SliceRows? {
    guard let work else { return try slices().map { try benches[0].rows(of: $0) } }
    while work.pendingCount < sliceLimit, let slice = try slices() { work.add(slice) }
    return try work.next()
  }

  /// The slices of a table's files; with `isAhead` they are unpacked and cut on another thread.
  private static func slices(
    of table: BronzeTable, _ fileSystem: any FileSystem, isAhead: Bool
  ) -> () throws -> BronzeSlice? {
    let files = table.files
    guard isAhead else {
      let slices = BronzeSlices(files, fileSystem)
      return { try slices.next() }
    }
    let slices = Disconnected(BronzeSlices(files, fileSystem))
    let queue = Prefetch(capacity: waitingSliceLimit) { try slices.value.next() }
    return { try queue.next() }
  }
}

/// What a slice comes to.
private struct SliceRows: Sendable {
  let byteCount: Int
  let own: [CheckedBatch]
  /// Of each flow that goes along; nil where it does no more.
  let along: [[CheckedBatch]?]
}

/// What one thread judges slices with. Used by one thread at a time.
private final class SliceBench: @unchecked Sendable {
  let own: RowCheck
  let along: [RowCheck]
  private let flows: [RowsAhead]
  private let slot = SliceSlot()

  init(_ table: BronzeTable, _ judgment: RowJudgment, _ flows: [RowsAhead]) throws {
    self.flows = flows
    own = try judgment.check(of: table, in: slot)
    along = try flows.map { [slot] in try $0.judgment.check(of: table, in: slot) }
  }

  /// All rows that a slice comes to. What is wrong with a flow that goes along is its own affair:
  /// it finds out when its turn comes.
  func rows(of slice: BronzeSlice) throws -> SliceRows {
    slot.put(slice)
    defer { slot.clear() }
    return SliceRows(
      byteCount: slice.byteCount, own: try own.rowsOfSlice(),
      along: zip(flows, along).map { flow, check in
        flow.isDropped ? nil : try? check.rowsOfSlice()
      })
  }
}

/// Benches that no thread uses just now.
private final class IdleBenches: Sendable {
  private let benches: Mutex<[SliceBench]>

  init(_ benches: [SliceBench]) { self.benches = Mutex(benches) }

  /// One that the caller alone uses until it is put back; there are as many as threads.
  func take() -> SliceBench { benches.withLock { $0.removeLast() } }

  func put(_ bench: SliceBench) { benches.withLock { $0.append(bench) } }
}
