import Columnar
import Core
import TestSupport
import Testing

@testable import Parquet

/// Batches of long texts are shorter, and no row is lost at their borders.
@Suite struct LongTextTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `the rows are the same however short the batches are`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let count = Int.random(in: 1...400, using: &random)
    let types: [DataType] = [.string, .int, .binary, .string, random.type(depth: 1)]
    let fields = types.enumerated().map { Field("c\($0)", $1) }
    let batch = Batch(
      Schema(fields), fields.map { random.column($0.type, count: count) }, rowCount: count)
    let (bytes, _) = try written(batch.schema, [batch], RoundTripTests.options(&random))
    let reader = try FileReader(MemoryFile(bytes), at: Place("x.parquet"))
    let limit = [1, 10, 100, 1_000].randomElement(using: &random)!
    let source = FileBatches(
      reader, columns: Array(fields.indices), rowGroups: Array(0..<reader.rowGroupCount),
      rowCount: 100, textLimit: limit)
    var batches: [Batch] = []
    var first = 0
    while let batch = try source.next() {
      #expect(source.firstRow == first && batch.rowCount > 0, "seed \(seed)")
      first += batch.rowCount
      for column in batch.columns where batch.rowCount > 1 && column.type.layout == .bytes {
        let byteCounts = column.scalars.map(textByteCount)
        let byteCount = byteCounts.reduce(0, +)
        // One that is longer may have others without a letter beside it.
        #expect(byteCount <= limit || byteCount == byteCounts.max(), "seed \(seed)")
      }
      batches.append(batch)
    }
    let all = try Batch.concatenating(batch.schema, batches)
    #expect(all.rowCount == count, "seed \(seed)")
    for (read, wanted) in zip(all.columns, batch.columns) {
      #expect(read.scalars.map { "\($0)" } == wanted.scalars.map { "\($0)" }, "seed \(seed)")
    }
  }

  private func textByteCount(_ value: Scalar) -> Int {
    switch value {
    case .string(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    default: 0
    }
  }
}
