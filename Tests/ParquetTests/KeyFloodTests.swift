import Columnar
import Core
import Parquet
import TestSupport
import Testing

/// Values that a stranger made to fall into one slot of a dictionary are written as fast as any.
@Suite struct KeyFloodTests {
  private static let count = 40_000

  @Test(.timeLimit(.minutes(1)))
  func `bytes made to have one hash are written and come back`() throws {
    let start = 16 &* 0x9E37_79B9_7F4A_7C15 as UInt64
    let values = (0..<UInt64(KeyFloodTests.count)).map { word -> Scalar in
      let undoing = HashSeed.mixed(start ^ word) ^ 0xA076_1D64_78BD_642F
      return .binary([word, undoing].withUnsafeBytes { Array($0) })
    }
    try check(values, .binary)
  }

  @Test(.timeLimit(.minutes(1)))
  func `numbers made to have hashes that begin alike are written and come back`() throws {
    // The factor of the hash, and what undoes it.
    let inverse: UInt64 = 0xF1DE_83E1_9937_733D
    #expect(inverse &* 0x9E37_79B9_7F4A_7C15 == 1)
    let values = (0..<UInt64(KeyFloodTests.count)).map { number -> Scalar in
      let word = (5 << 44 + number) &* inverse
      return .integer(Int64(bitPattern: word ^ word >> 32))
    }
    try check(values, .bigint)
  }

  private func check(_ values: [Scalar], _ type: DataType) throws {
    let schema = Schema([Field("v", type)])
    let column = ColumnBuilder(type)
    for value in values { column.append(value) }
    let batch = Batch(schema, [column.finish()], rowCount: values.count)
    let (bytes, _) = try written(schema, [batch], WriterOptions(dictionaryByteCount: 1 << 24))
    #expect(try rows(of: bytes).columns[0].scalars == values)
  }
}
