import Columnar
import Core

/// Rows of one source on their way into an order: in memory while they fit, else as sorted runs on
/// disk.
final class SortRuns {
  private let schema: Schema
  private let keys: [SortKey]
  private let evaluators: [Evaluator]
  private let limit: Int
  private let context: QueryContext
  private(set) var held: [Batch] = []
  private(set) var runs: [SpilledBatches] = []
  private var heldByteCount = 0
  private let hold: MemoryHold

  init(_ schema: Schema, _ keys: [SortKey], limit: Int, _ context: QueryContext) {
    self.schema = schema
    self.keys = keys
    self.limit = limit
    self.context = context
    hold = MemoryHold(context.memory)
    evaluators = keys.map { Evaluator($0.expression, in: context.evaluation) }
  }

  func append(_ given: Batch) throws {
    let batch = given.compacted()
    held.append(batch)
    heldByteCount += batch.byteCount
    let isTooMuch = hold.isTooMuch(heldByteCount)
    if heldByteCount > limit || isTooMuch { try writeRun() }
  }

  /// Sorts what is in memory and sets it aside.
  func writeRun() throws {
    if held.isEmpty { return }
    let all = try Batch.concatenating(schema, held)
    held = []
    heldByteCount = 0
    hold.release()
    let source = TakenSource(all, order: try sorted(all, by: evaluators, keys))
    let run = SpilledBatches(schema, context)
    while let batch = try source.next() { try run.append(batch) }
    runs.append(run)
  }
}

/// The rows of all sources in the order of the keys.
func sortedSource(
  _ sources: [any BatchSource], _ keys: [SortKey], _ context: QueryContext
) throws -> any BatchSource {
  let schema = sources[0].schema
  let limit = context.joinedLimit / max(1, min(sources.count, context.threadCount)) / 3
  let gathered = try parallelMap(
    sources.map(Disconnected.init), threads: context.threadCount
  ) { source in
    let runs = SortRuns(schema, keys, limit: limit, context)
    while let batch = try source.value.next() { try runs.append(batch) }
    return Disconnected(runs)
  }.map(\.value)
  if gathered.allSatisfy(\.runs.isEmpty) {
    let all = try Batch.concatenating(schema, gathered.flatMap(\.held))
    let evaluators = keys.map { Evaluator($0.expression, in: context.evaluation) }
    return TakenSource(all, order: try sorted(all, by: evaluators, keys))
  }
  for runs in gathered { try runs.writeRun() }
  return try MergeSource(schema, gathered.flatMap(\.runs).map { $0.source() }, keys, context)
}

/// Sorted sources merged; of equal rows those of the earlier source come first.
final class MergeSource: BatchSource {
  /// A sorted source and where it stands.
  private struct Cursor {
    var source: any BatchSource
    var batch: Batch
    var keys: [Column]
    var row = 0
    /// The place of `batch` among the pieces of the batch being made, or -1.
    var piece: Int32 = -1
  }

  let schema: Schema
  private let keys: [SortKey]
  private let evaluators: [Evaluator]
  private var cursors: [Cursor] = []
  /// Cursor numbers, the one with the least row first (a binary heap).
  private var heap: [Int] = []

  init(
    _ schema: Schema, _ sources: [any BatchSource], _ keys: [SortKey], _ context: QueryContext
  ) throws {
    self.schema = schema
    self.keys = keys
    evaluators = keys.map { Evaluator($0.expression, in: context.evaluation) }
    for source in sources {
      guard let batch = try source.next() else { continue }
      cursors.append(
        Cursor(source: source, batch: batch, keys: try evaluators.evaluate(batch)))
    }
    heap = Array(cursors.indices)
    for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  func next() throws -> Batch? {
    var pieces: [Batch] = []
    var starts: [Int32] = []
    var nextStart: Int32 = 0
    var picks: [Int32] = []
    picks.reserveCapacity(Batch.standardRowCount)
    for index in cursors.indices { cursors[index].piece = -1 }
    while picks.count < Batch.standardRowCount, let first = heap.first {
      if cursors[first].piece < 0 {
        cursors[first].piece = Int32(pieces.count)
        pieces.append(cursors[first].batch)
        starts.append(nextStart)
        nextStart += Int32(cursors[first].batch.rowCount)
      }
      picks.append(starts[Int(cursors[first].piece)] + Int32(cursors[first].row))
      try advance(first)
      sink(0)
    }
    if picks.isEmpty { return nil }
    return try Batch.concatenating(schema, pieces).taking(picks)
  }

  /// Moves a cursor on; at the end of its source it leaves the heap.
  private func advance(_ number: Int) throws {
    cursors[number].row += 1
    guard cursors[number].row == cursors[number].batch.rowCount else { return }
    if let batch = try cursors[number].source.next() {
      cursors[number].batch = batch
      cursors[number].keys = try evaluators.evaluate(batch)
      cursors[number].row = 0
      cursors[number].piece = -1
    } else {
      heap[0] = heap[heap.count - 1]
      heap.removeLast()
    }
  }

  private func sink(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && isBefore(heap[child], heap[least]) { least = child }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let i = cursors[a].row
    let j = cursors[b].row
    for (index, key) in keys.enumerated() {
      let leftIsNull = cursors[a].keys[index].isNull(i)
      let rightIsNull = cursors[b].keys[index].isNull(j)
      if leftIsNull != rightIsNull { return leftIsNull == key.nullsFirst }
      if leftIsNull { continue }
      let order = Column.order(cursors[a].keys[index], i, cursors[b].keys[index], j)
      if order != 0 { return key.isDescending ? order > 0 : order < 0 }
    }
    return a < b
  }
}
