import Columnar
import Core
import JSON
import TestSupport
import Testing
import TextFormats

@Suite struct JSONLinesPropertyTests {
  @Test(arguments: 1...150 as ClosedRange<UInt64>)
  func `any lines are read as the rules say, damaged ones too`(seed: UInt64) throws {
    try check(seed: seed, lineCount: 60, batchRowCount: 40)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `so are many lines`(seed: UInt64) throws {
    try check(seed: seed, lineCount: 8_000, batchRowCount: 8_192)
  }

  private func check(seed: UInt64, lineCount: Int, batchRowCount: Int) throws {
    var random = RandomJSON(seed: seed)
    let fields = random.fields(depth: 3)
    var lines: [[UInt8]] = []
    for _ in 0..<Int.random(in: 1...lineCount, using: &random.random) {
      var line = JSONWriter.bytes(.object(random.object(for: fields)))
      if Int.random(in: 0..<10, using: &random.random) == 0 {
        damage(&line, using: &random.random)
      }
      lines.append(line)
    }
    let schema = Schema(fields + [Field("_corrupt_record", .string)])
    let reader = try JSONLinesReader(
      MemoryBytes(pieces(of: Array(lines.joined(separator: [0x0A])), using: &random.random)),
      schema: schema,
      options: JSONLinesOptions(
        rawColumn: "raw", lineNumberColumn: "line", spreadsArrays: false,
        batchRowCount: Int.random(in: 1...batchRowCount, using: &random.random)),
      at: Place("x"))
    var actual: [[Scalar]] = []
    while let batch = try reader.next() {
      actual += (0..<batch.rowCount).map { batch.scalars(at: $0) }
    }
    let expected = expected(lines, fields)
    #expect(actual.count == expected.count, "seed \(seed)")
    for (row, other) in zip(actual, expected) { #expect(row == other, "seed \(seed)") }
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `what is written is read back`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let fields = (0..<Int.random(in: 1...5, using: &random)).map { index in
      Field("c\(index)", readableType(depth: 2, using: &random))
    }
    let count = Int.random(in: 1...50, using: &random)
    let batch = Batch(
      Schema(fields), fields.map { random.column($0.type, count: count) }, rowCount: count)
    for decimalsAsStrings in [false, true] {
      var bytes: [UInt8] = []
      let writer = JSONLinesWriter(decimalsAsStrings: decimalsAsStrings) { bytes += $0 }
      try writer.append(batch)
      let reader = try JSONLinesReader(MemoryBytes([bytes]), schema: batch.schema, at: Place("x"))
      let back = try #require(try reader.next())
      for (column, other) in zip(batch.columns, back.columns) {
        #expect(column.scalars == other.scalars, "seed \(seed), \(column.type.sql)")
      }
    }
  }

  private func expected(_ lines: [[UInt8]], _ fields: [Field]) -> [[Scalar]] {
    var rows: [[Scalar]] = []
    for (index, line) in lines.enumerated() {
      let number = Scalar.integer(Int64(index + 1))
      let text = Scalar.string(String(decoding: line, as: UTF8.self))
      if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
      guard let object = (try? JSONReader().read(line))?.object else {
        rows.append([Scalar](repeating: .null, count: fields.count) + [text, text, number])
        continue
      }
      var isPartial = false
      let values = JSONLinesOracle.members(of: object, fields, &isPartial)
      rows.append(values + [isPartial ? text : .null, text, number])
    }
    return rows
  }

  private func damage(_ line: inout [UInt8], using random: inout SeededRandom) {
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let index = Int.random(in: 0..<line.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: line.removeSubrange(index...)
      case 1: line[index] = UInt8.random(in: 0x20...0xFF, using: &random)
      case 2: line.remove(at: index)
      default: line[index] = Array("\"\\{}[]:, 0e-".utf8).randomElement(using: &random) ?? 0
      }
      if line.isEmpty { return }
    }
  }

  private func pieces(of bytes: [UInt8], using random: inout SeededRandom) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...3_000, using: &random)
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return pieces
  }

  /// Types whose values JSON can tell from one another.
  private func readableType(depth: Int, using random: inout RandomColumns) -> DataType {
    while true {
      let type = random.type(depth: depth)
      if case .map = type { continue }
      if !contains(type, { if case .map(let key, _, _) = $0 { key != .string } else { false } }) {
        return type
      }
    }
  }

  private func contains(_ type: DataType, _ holds: (DataType) -> Bool) -> Bool {
    if holds(type) { return true }
    switch type {
    case .array(let element, _): return contains(element, holds)
    case .map(_, let value, _): return contains(value, holds)
    case .structure(let fields): return fields.contains { contains($0.type, holds) }
    default: return false
    }
  }
}
