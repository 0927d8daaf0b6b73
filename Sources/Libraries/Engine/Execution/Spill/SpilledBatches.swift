package import Columnar
import Core

/// Batches of one schema set aside on disk. Used by one thread at a time.
package final class SpilledBatches {
  private struct Entry {
    var offset: Int
    var byteCount: Int
    var rowCount: Int
  }

  package let schema: Schema
  private let directory: String
  private let budget: ScratchBudget
  private var file: ScratchFile?
  private var entries: [Entry] = []
  private var dictionaries: [ByteDictionary] = []
  /// Small batches wait here until they are worth a write.
  private var waiting: [Batch] = []
  private var waitingRowCount = 0
  private var waitingByteCount = 0
  /// As much as is worth a write, however few the rows.
  private static let greatestWaitingByteCount = 1 << 20
  /// Rows appended so far.
  package private(set) var rowCount = 0
  /// How much of them is on disk; the last rows may still wait, a megabyte at most and one batch.
  package var byteCount: Int { file?.byteCount ?? 0 }

  /// Nothing yet; what comes is set aside where `context` says.
  package init(_ schema: Schema, _ context: QueryContext) {
    self.schema = schema
    directory = context.spillDirectory
    budget = context.spillBudget
  }

  /// Adds the rows of `batch`.
  package func append(_ batch: Batch) throws {
    if batch.rowCount == 0 { return }
    rowCount += batch.rowCount
    waiting.append(batch)
    waitingRowCount += batch.rowCount
    waitingByteCount += batch.byteCount
    let isMuch = waitingByteCount >= Self.greatestWaitingByteCount
    if isMuch || waitingRowCount >= Batch.standardRowCount / 2 { try write() }
  }

  /// The batches in the order they came; nothing is appended any more.
  package func source() -> any BatchSource {
    var next = entries[...]
    var left = waiting[...]
    return FunctionSource(schema) { [self] in
      guard let entry = next.popFirst(), let file else { return left.popFirst() }
      let bytes = try file.read(at: entry.offset, count: entry.byteCount)
      var reader = BatchReader(bytes, dictionaries)
      let columns = schema.fields.map { reader.column($0.type, count: entry.rowCount) }
      return Batch(schema, columns, rowCount: entry.rowCount)
    }
  }

  private func write() throws {
    let file = try file ?? ScratchFile(in: directory, budget)
    self.file = file
    let batch = try Batch.concatenating(schema, waiting)
    var writer = BatchWriter(dictionaries)
    for column in batch.columns { try writer.append(column) }
    entries.append(
      Entry(
        offset: file.byteCount, byteCount: writer.bytes.count, rowCount: batch.rowCount))
    try file.append(writer.bytes)
    dictionaries = writer.dictionaries
    waiting = []
    waitingRowCount = 0
    waitingByteCount = 0
  }
}

/// A source whose batches a closure gives.
final class FunctionSource: BatchSource {
  let schema: Schema
  private let give: () throws -> Batch?

  init(_ schema: Schema, _ give: @escaping () throws -> Batch?) {
    self.schema = schema
    self.give = give
  }

  func next() throws -> Batch? { try give() }
}

/// Rows set aside by a hash of their keys: equal keys are in one part.
final class SpilledParts {
  static let count = 16
  /// Deeper parts than this are not parted again: one key alone fills them.
  static let deepestLevel = 5

  let schema: Schema
  private let keys: [Evaluator]
  private let level: Int
  private let parts: [SpilledBatches]

  init(
    _ schema: Schema, keys: [Expression], level: Int, _ context: QueryContext
  ) {
    self.schema = schema
    self.keys = keys.map { Evaluator($0, in: context.evaluation) }
    self.level = level
    parts = (0..<SpilledParts.count).map { _ in
      SpilledBatches(schema, context)
    }
  }

  func append(_ batch: Batch) throws {
    let columns = try keys.evaluate(batch)
    let hashes = rowHashes(columns, count: batch.rowCount)
    var rows = [[Int32]](repeating: [], count: SpilledParts.count)
    // Each level looks at bits of its own.
    let shift = UInt64(level * 4 + 20)
    for row in 0..<batch.rowCount { rows[Int(hashes[row] >> shift & 15)].append(Int32(row)) }
    for (part, rows) in zip(parts, rows) where !rows.isEmpty {
      try part.append(batch.taking(rows))
    }
  }

  /// One part's rows.
  func source(_ part: Int) -> any BatchSource { parts[part].source() }
}

/// Rows come back part by part, so that their order is that of these hashes: it is the same in
/// every run. Keys that were made to fall into one part cost no more than a reading at each level.
private let seedOfParts = HashSeed(start: 0)

/// A hash of each row's values: equal rows have one hash.
func rowHashes(_ columns: [Column], count: Int) -> [UInt64] {
  var hashes = [UInt64](repeating: 0, count: count)
  for column in columns {
    for row in 0..<count { hashes[row] = HashSeed.mixed(hashes[row] ^ valueHash(column, row)) }
  }
  return hashes
}

private func valueHash(_ column: Column, _ row: Int) -> UInt64 {
  if column.isNull(row) || column.type == .null { return 1 }
  switch column.values {
  case .boolean(let values): return values[row] ? 3 : 2
  case .int32(let values): return HashSeed.mixed(UInt64(UInt32(bitPattern: values[row])))
  case .int64(let values): return HashSeed.mixed(UInt64(bitPattern: values[row]))
  case .double(let values): return HashSeed.mixed(UInt64(bitPattern: orderedBits(values[row])))
  case .int128(let values):
    let low = UInt64(truncatingIfNeeded: values[row])
    return HashSeed.mixed(HashSeed.mixed(low) ^ UInt64(truncatingIfNeeded: values[row] >> 64))
  case .bytes, .dictionary:
    return column.withBytes { seedOfParts.hash(of: UnsafeRawBufferPointer($0[row])) }
  case .list(_, let elements):
    return column.listRange(row).reduce(4) { HashSeed.mixed($0 ^ valueHash(elements, $1)) }
  case .structure(let members): return members.reduce(5) { HashSeed.mixed($0 ^ valueHash($1, row)) }
  }
}
