import Columnar
import Core

/// The rows of a batch in the order of sort keys.
func sorted(_ batch: Batch, by keys: [Evaluator], _ sortKeys: [SortKey]) throws -> [Int32] {
  let columns = zip(try keys.evaluate(batch), sortKeys).map {
    SortColumn($0, isDescending: $1.isDescending, nullsFirst: $1.nullsFirst)
  }
  return Column.sortedRows(batch.rowCount, by: columns)
}

/// A large batch given in pieces, in the order of rows.
final class TakenSource: BatchSource {
  var schema: Schema { batch.schema }
  private let batch: Batch
  private let order: [Int32]?
  private var position = 0

  init(_ batch: Batch, order: [Int32]? = nil) {
    self.batch = batch
    self.order = order
  }

  func next() throws -> Batch? {
    let count = order?.count ?? batch.rowCount
    guard position < count else { return nil }
    let range = position..<min(position + Batch.standardRowCount, count)
    position = range.upperBound
    guard let order else { return batch.slice(range) }
    return batch.taking(Array(order[range]))
  }
}

/// The first rows in the order of sort keys: only they are kept while the input is read.
final class TopRows {
  /// More than so many are sorted as all rows are, which need not be in memory.
  static let countLimit = 1 << 20

  private let schema: Schema
  private let keys: [SortKey]
  private let evaluators: [Evaluator]
  private let count: Int
  private var held: [Batch] = []
  private var heldRowCount = 0

  init(_ schema: Schema, _ keys: [SortKey], count: Int, _ world: EvaluationContext) {
    self.schema = schema
    self.keys = keys
    self.count = count
    evaluators = keys.map { Evaluator($0.expression, in: world) }
  }

  func add(_ batch: Batch) throws {
    held.append(batch)
    heldRowCount += batch.rowCount
    // A limit may be as large as a number can be.
    if (heldRowCount - 65_536) / 4 > count { try shrink() }
  }

  /// The rows in order.
  func finish() throws -> Batch {
    try shrink()
    return held.first ?? Batch(schema, schema.fields.map { .nulls($0.type, count: 0) }, rowCount: 0)
  }

  private func shrink() throws {
    guard heldRowCount > 0 else { return }
    let all = try Batch.concatenating(schema, held)
    let order = try sorted(all, by: evaluators, keys)
    held = [all.taking(Array(order.prefix(count)))]
    heldRowCount = held[0].rowCount
  }
}
