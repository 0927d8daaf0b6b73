import Columnar
import Core
import Parquet
import TestSupport
import Testing

@Suite struct DamageFuzzTests {
  @Test(arguments: 1...150 as ClosedRange<UInt64>)
  func `flipped and cut bytes give rows or a fault`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let count = Int.random(in: 1...300, using: &random)
    let fields = (0..<3).map { Field("c\($0)", random.type(depth: 2)) }
    let batch = Batch(
      Schema(fields), fields.map { random.column($0.type, count: count) }, rowCount: count)
    let (bytes, _) = try written(batch.schema, [batch], RoundTripTests.options(&random))
    for _ in 0..<10 {
      DamageFuzzTests.read(DamageFuzzTests.damaged(bytes, &random), "seed \(seed)")
    }
  }

  @Test(.shared("conformance/parquet-testing"))
  func `damaged files of other writers give rows or a fault`() throws {
    let paths = Shared.files(under: "conformance/parquet-testing/data", suffix: ".parquet")
    for (index, path) in paths.enumerated() {
      let bytes = try LocalFileSystem().read(path)
      guard bytes.count < 100_000 else { continue }
      var random = RandomColumns(seed: UInt64(index))
      for _ in 0..<15 {
        DamageFuzzTests.read(DamageFuzzTests.damaged(bytes, &random), "\(path), seed \(index)")
      }
    }
  }

  /// Some bytes flipped, or the end cut off, or a piece taken out; more often in the footer,
  /// where damage leads furthest.
  static func damaged(_ bytes: [UInt8], _ random: inout RandomColumns) -> [UInt8] {
    var bytes = bytes
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
    case 1:
      let start = Int.random(in: 0..<bytes.count, using: &random)
      bytes.removeSubrange(start..<min(bytes.count, start + Int.random(in: 1...9, using: &random)))
    default:
      let length = bytes.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      let inFooter = Bool.random(using: &random)
      let start = inFooter ? max(0, bytes.count - 8 - length) : 0
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: start..<bytes.count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
    }
    return bytes
  }

  static func read(_ bytes: [UInt8], _ context: String) {
    do {
      let reader = try FileReader(MemoryFile(bytes), at: Place("damaged.parquet"))
      let source = try reader.batches()
      var left = 1_000  // Batches; a damaged count may promise rows without end.
      while left > 0, let batch = try source.next() {
        left -= 1
        for column in batch.columns {
          _ = column.flattened().slice(0..<min(3, column.count)).scalars
        }
      }
    } catch {
      #expect(error.kind == .data && error.place != nil, "\(context): \(error)")
    }
  }
}
