import Columnar
import Core
import Engine
import TestSupport
import Testing

/// Batches of every kind of column go to disk and come back.
@Suite struct SpilledBatchesTests {
  /// What a dictionary may be: kept by all batches, of one batch, with more text than stays in
  /// memory, or a stage of one that grows.
  private enum Kind: CaseIterable { case shared, ofOneBatch, large, growing }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `rows come back as they were set aside`(_ seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let types = (0..<Int.random(in: 1...2, using: &random)).map { _ in random.type(depth: 2) }
    let schema = Schema(types.enumerated().map { Field("c\($0.offset)", $0.element) } + Self.texts)
    let context = QueryContext(clock: QueryRun.clock)
    let spilled = SpilledBatches(schema, context)
    let growth = ByteDictionary.Growth()
    var expected: [[Scalar]] = []
    for number in 0..<Int.random(in: 1...4, using: &random) {
      // So many rows are written at once, or wait for others.
      let count = [1, 300, 4_200].randomElement(using: &random)!
      let some = types.map { random.column($0, count: count) }
      let texts = Kind.allCases.map { Self.column($0, growth, number, count, &random) }
      var batch = Batch(schema, some + texts, rowCount: count)
      if count > 1, Bool.random(using: &random) { batch = batch.slice(1..<count) }
      expected += Self.rows(batch)
      try spilled.append(batch)
    }
    #expect(spilled.rowCount == expected.count)
    let source = spilled.source()
    var found: [[Scalar]] = []
    while let batch = try source.next() { found += Self.rows(batch) }
    #expect(found == expected, "seed \(seed)")
  }

  @Test func `few rows of long text do not wait in memory`() throws {
    let schema = Schema([Field("text", .string)])
    let spilled = SpilledBatches(schema, QueryContext(clock: QueryRun.clock))
    let length = 100_000
    for number in 1...40 {
      var runs = ByteRuns()
      runs.append([UInt8](repeating: UInt8(number), count: length))
      try spilled.append(Batch(schema, [Column(.string, count: 1, .bytes(runs))], rowCount: 1))
      #expect(number * length - spilled.byteCount < 1 << 20)
    }
    let source = spilled.source()
    var found = 0
    while let batch = try source.next() { found += batch.rowCount }
    #expect(found == 40)
  }

  private static let texts = Kind.allCases.map { Field("\($0)", .string) }

  private static func column(
    _ kind: Kind, _ growth: ByteDictionary.Growth, _ number: Int, _ count: Int,
    _ random: inout RandomColumns
  ) -> Column {
    var runs = ByteRuns()
    let entries =
      switch kind {
      case .growing: (number + 1) * 5
      case .large: 3_000
      case .shared, .ofOneBatch: Int.random(in: 1...40, using: &random)
      }
    for entry in 0..<entries {
      let length = kind == .large ? 100 : 1
      runs.append([UInt8](repeating: UInt8(ascii: "a"), count: length) + Array("\(entry)".utf8))
    }
    let dictionary = ByteDictionary(
      runs, stageOf: kind == .growing ? growth : nil, isOfOneBatch: kind == .ofOneBatch)
    let nulls = Bool.random(using: &random)
    let present = (0..<count).map { _ in !nulls || Bool.random(using: &random) }
    let codes = present.map {
      $0 ? Int32.random(in: 0..<Int32(entries), using: &random) : Int32.max
    }
    return Column(
      .string, count: count, validity: nulls ? Bitmap(present) : nil,
      .dictionary(codes: codes, dictionary: dictionary))
  }

  private static func rows(_ batch: Batch) -> [[Scalar]] {
    (0..<batch.rowCount).map { row in batch.columns.map { $0.scalar(at: row) } }
  }
}
