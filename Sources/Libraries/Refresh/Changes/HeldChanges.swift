import Columnar
import Core
import Engine
import LakeQuery

/// Step 5 of AUTO CDC: changes that are held to be folded. A part of them is folded by itself: all
/// changes of a key that are held are in one part, and the others' rows are in the table.
final class HeldChanges {
  /// Changes of some keys: all that are here of these.
  struct Part {
    var rows: BatchTable
    /// The hash of each row's key.
    var hashes: [UInt64]
  }

  private static let partCount = 64
  private static let hashName = "__hash"

  /// The changes' columns, then the order of their arrival.
  let schema: Schema
  private(set) var rowCount = 0
  private let rowLimit: Int
  private let context: QueryContext
  private var held: [(rows: Batch, hashes: [UInt64])] = []
  /// The last of `held`, which are to be joined: a batch of few rows takes the memory of hundreds.
  private var looseCount = 0
  private var looseRowCount = 0
  private var parts: [SpilledBatches] = []

  /// Changes with the columns of `source`; more than `rowLimit` are spilled.
  init(source: Schema, rowLimit: Int, _ context: QueryContext) {
    schema = Schema(
      source.fields + [Field(FoldQueries.Name.arrival, .bigint, isNullable: false)])
    self.rowLimit = rowLimit
    self.context = context
  }

  /// Adds changes, the hashes of their keys, and the order of their arrival.
  func append(_ batch: Batch, _ hashes: [UInt64], arrival: [Int64]) throws {
    if batch.rowCount == 0 { return }
    // Which dictionary a text came with depends on which thread read it, and the order of the
    // folded rows on dictionaries: plain texts make each run's files the same.
    let plain = batch.columns.map { $0.flattened() }
    let rows = Batch(
      schema, plain + [Column(.bigint, count: batch.rowCount, .int64(arrival))],
      rowCount: batch.rowCount)
    rowCount += batch.rowCount
    held.append((rows, hashes))
    looseCount += 1
    looseRowCount += batch.rowCount
    if looseRowCount >= Batch.standardRowCount { try joinLoose() }
    guard rowCount > rowLimit else { return }
    try joinLoose()
    for (rows, hashes) in held { try spill(rows, hashes) }
    held = []
  }

  private func joinLoose() throws(Fault) {
    if looseCount > 1 {
      let loose = held.suffix(looseCount)
      let rows = try Batch.concatenating(schema, loose.map(\.rows))
      let hashes = loose.flatMap(\.hashes)
      held.removeLast(looseCount)
      held.append((rows, hashes))
    }
    looseCount = 0
    looseRowCount = 0
  }

  /// How many parts there are; some may be empty.
  var partCount: Int { rowCount == 0 ? 0 : max(1, parts.count) }

  /// A part; nil when it is empty.
  func part(_ number: Int) throws -> Part? {
    guard !parts.isEmpty else {
      return Part(
        rows: BatchTable("incoming", schema, held.map(\.rows)), hashes: held.flatMap(\.hashes))
    }
    var batches: [Batch] = []
    var hashes: [UInt64] = []
    let own = Array(schema.fields.indices)
    let source = parts[number].source()
    while let batch = try source.next() {
      batches.append(batch.selecting(own))
      guard case .int64(let bits) = batch.columns[own.count].values else {
        preconditionFailure("a spilled change has its hash behind its columns")
      }
      hashes += bits.map { UInt64(bitPattern: $0) }
    }
    return batches.isEmpty
      ? nil : Part(rows: BatchTable("incoming", schema, batches), hashes: hashes)
  }

  private func spill(_ batch: Batch, _ hashes: [UInt64]) throws {
    let spilled = Schema(schema.fields + [Field(Self.hashName, .bigint)])
    if parts.isEmpty {
      parts = (0..<Self.partCount).map { _ in SpilledBatches(spilled, context) }
    }
    let bits = Column(
      .bigint, count: hashes.count, .int64(hashes.map { Int64(bitPattern: $0) }))
    let all = Batch(spilled, batch.columns + [bits], rowCount: batch.rowCount)
    var rows = [[Int32]](repeating: [], count: Self.partCount)
    for (row, hash) in hashes.enumerated() {
      rows[Int(hash % UInt64(Self.partCount))].append(Int32(row))
    }
    for (part, rows) in zip(parts, rows) where !rows.isEmpty {
      try part.append(all.taking(rows))
    }
  }
}
