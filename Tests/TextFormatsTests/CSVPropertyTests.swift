import Columnar
import Core
import TestSupport
import Testing

@testable import TextFormats

@Suite struct CSVPropertyTests {
  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `what is written is read back, in whatever pieces`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let fields = (0..<Int.random(in: 2...6, using: &random)).map { index in
      Field("c\(index)", flatType(using: &random))
    }
    let count = Int.random(in: 1...60, using: &random)
    var columns = fields.map { random.column($0.type, count: count) }
    columns.append(texts(count, using: &random))
    let batch = Batch(Schema(fields + [Field("t", .string)]), columns, rowCount: count)
    var bytes: [UInt8] = []
    let writer = CSVWriter(batch.schema) { bytes += $0 }
    try writer.append(batch)
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let size = Int.random(in: 1...500, using: &random)
      pieces.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    let reader = try CSVReader(
      MemoryBytes(pieces), schema: batch.schema, options: CSVOptions(header: true),
      at: Place("x"))
    var rows: [[Scalar]] = []
    while let back = try reader.next() {
      rows += (0..<back.rowCount).map { back.scalars(at: $0) }
    }
    #expect(rows == (0..<count).map { batch.scalars(at: $0) }, "seed \(seed)")
    #expect(reader.flawedRecordCount == 0, "seed \(seed)")
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `any bytes are read, each line in one record or another`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let letters = Array("a1,\"\n\r\\ é;".utf8) + [0xFF, 0]
    let given = (0..<Int.random(in: 0...2_000, using: &random)).map { _ in
      letters.randomElement(using: &random) ?? 0
    }
    var options = CSVOptions(rawColumn: "raw", lineNumberColumn: "line")
    // What stands for a line end is told by the first; the bytes are as many.
    var bytes: [UInt8] = []
    let lineEnds = LineEnds(MemoryBytes([given]), options)
    while let piece = try lineEnds.next() { bytes += piece }
    #expect(bytes.count == given.count)
    options.offsetColumn = "offset"
    options.maximumRecordLength = Int.random(in: 10...3_000, using: &random)
    options.batchRowCount = Int.random(in: 1...20, using: &random)
    let reader = try CSVReader(
      MemoryBytes([given]), schema: Schema([Field("a", .int), Field("b", .string)]),
      options: options, at: Place("x"))
    var last: Int64 = 0
    while let batch = try reader.next() {
      #expect(batch.rowCount > 0)
      guard case .int64(let lines)? = batch.column("line")?.values else { return }
      for line in lines {
        #expect(line > last, "seed \(seed)")
        last = line
      }
      guard case .int64(let offsets)? = batch.column("offset")?.values,
        case .bytes(let texts)? = batch.column("raw")?.values
      else { return }
      for (row, offset) in offsets.enumerated() {
        // Text that is not UTF-8 was mended.
        let start = Array(texts[row].prefix { $0 < 0x80 })
        #expect(bytes[Int(offset)...].starts(with: start), "seed \(seed)")
      }
    }
    let lineCount = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
    let hasOpenEnd = bytes.last != 0x0A && !bytes.isEmpty
    #expect(reader.lineCount == lineCount - (hasOpenEnd ? 0 : 1), "seed \(seed)")
  }

  private func texts(_ count: Int, using random: inout RandomColumns) -> Column {
    let builder = ColumnBuilder(.string)
    let samples = ["", "\"", ",", "\r\n", "a\"b", " x ", "\n", "é", "plain", "\r", "-"]
    for _ in 0..<count {
      builder.append(.string(samples.randomElement(using: &random) ?? ""))
    }
    return builder.finish()
  }

  /// Types whose values CSV can tell from one another.
  private func flatType(using random: inout RandomColumns) -> DataType {
    while true {
      let type = RandomColumns.flatTypes.randomElement(using: &random) ?? .string
      if type != .binary { return type }
    }
  }
}
