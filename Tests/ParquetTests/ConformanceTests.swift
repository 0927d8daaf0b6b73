import Columnar
import Compression
import Core
import JSON
import Parquet
import TestSupport
import Testing

/// The public test files of the format, against what two other readers make of them.
@Suite(.shared("conformance/parquet-testing")) struct ConformanceTests {
  /// Files that another reader accepts and this one refuses, each with a word of why.
  static let refused = [
    "data/datapage_v1-corrupt-checksum.parquet": "checksum",
    "data/rle-dict-uncompressed-corrupt-checksum.parquet": "checksum",
    "data/large_string_map.brotli.parquet": "BROTLI",
  ]

  /// The instants of a file whose dump has some of them wrapped around, from its description.
  static let instants = [
    "data/int96_from_spark.parquet": [
      1_704_141_296_123_456, 1_704_070_800_000_000, 253_402_225_200_000_000,
      1_735_599_600_000_000, nil, 9_089_380_393_200_000_000,
    ] as [Int64?]
  ]

  static let expected = "conformance/parquet-testing/expected.json"

  static func names() throws -> [String] {
    guard Shared.has(expected) else { return [] }
    let bytes = try LocalFileSystem().read(Shared.path(expected))
    return try JSONValue(parsing: bytes).object?.keys.sorted() ?? []
  }

  static func entry(_ name: String) throws -> JSONValue? {
    let bytes = try LocalFileSystem().read(Shared.path(expected))
    return try JSONValue(parsing: bytes)[name]
  }

  @Test(arguments: try names())
  func `reads what others read, and refuses the rest with words`(_ name: String) throws {
    let entry = try #require(try ConformanceTests.entry(name))
    let path = Shared.path("conformance/parquet-testing/\(name)")
    do {
      let file = try FileReader(LocalFileSystem().open(path), at: Place(name))
      let source = try file.batches()
      var batches: [Batch] = []
      while let batch = try source.next() { batches.append(batch) }
      let rows = try Batch.concatenating(source.schema, batches)
      if name.hasPrefix("bad_data/") { return }  // A harmless answer will do.
      #expect(ConformanceTests.refused[name] == nil, "is read now")
      if let count = entry["pyarrow_rows"]?.int ?? entry["duckdb_rows"]?.int {
        #expect(rows.rowCount == count)
      }
      if let instants = ConformanceTests.instants[name] {
        #expect(
          rows.columns[0].scalars
            == instants.map { $0.map { .timestamp(Timestamp(microseconds: $0)) } ?? .null })
        return
      }
      guard let dump = entry["dump"]?.string else { return }
      try ConformanceTests.compare(rows, with: dump)
    } catch let fault as Fault {
      #expect(fault.kind == .data)
      #expect(fault.place?.file == name)
      if name.hasPrefix("bad_data/") || name.hasSuffix(".encrypted") { return }
      if let reason = ConformanceTests.refused[name] {
        #expect(fault.problem.contains(reason), "\(fault)")
      } else if entry["pyarrow_rows"] != nil {
        Issue.record("\(fault)")
      }
    }
  }

  static func compare(_ rows: Batch, with dump: String) throws {
    let path = Shared.path("conformance/parquet-testing/expected/\(dump)")
    let reader = DecompressingReader(try LocalFileSystem().open(path), at: Place(dump))
    var bytes: [UInt8] = []
    while let piece = try reader.next() { bytes += piece }
    let lines = try JSONReader().readLines(bytes)
    #expect(lines.count == min(rows.rowCount, 5_000))
    for (row, line) in lines.enumerated() {
      for (position, field) in rows.schema.fields.enumerated() {
        let value = rows.columns[position].scalar(at: row)
        let json = line[field.name] ?? .null
        guard ConformanceTests.equal(value, field.type, json) else {
          Issue.record("row \(row), \(field.name) \(field.type.sql): \(value), not \(json)")
          return
        }
      }
    }
  }

  static func equal(_ value: Scalar, _ type: DataType, _ json: JSONValue) -> Bool {
    switch (value, json) {
    case (.null, .null): return true
    case (.boolean(let value), .bool(let other)): return value == other
    case (.integer(let value), .number): return json.int64 == value
    case (.double(let value), .number): return json.double == value
    case (.double(let value), .string(let text)):
      return Double(text) == value || (value.isNaN && text.lowercased() == "nan")
    case (.decimal(let value), .string(let text)): return Decimal(parsing: text) == value
    case (.decimal(let value), .number): return json.decimal == value
    case (.string(let value), .string(let text)): return value == text
    case (.binary(let value), .string(let text)):
      return "0x" + value.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined() == text
    case (.date(let value), .string(let text)): return value.description == text
    case (.timestamp(let value), .string(let text)):
      return micros(text) == micros(value.description)
    case (.list(let values), .array(let others)):
      return values.count == others.count
        && zip(values, others).allSatisfy { equal($0, type.elementType, $1) }
    case (.structure(let values), .object):
      return zip(type.fields, values).allSatisfy { equal($1, $0.type, json[$0.name] ?? .null) }
    case (.structure(let values), .array(let pair)):
      return zip(type.fields, zip(values, pair)).allSatisfy { equal($1.0, $0.type, $1.1) }
    default: return false
    }
  }

  /// A timestamp's text without its zone, the digits past the sixth, and zeros at the end.
  static func micros(_ text: String) -> Substring {
    let parts = text.split(separator: "Z")[0].split(separator: ".")
    let fraction = parts.count > 1 ? parts[1].prefix(6) : ""
    let digits = fraction.reversed().drop { $0 == "0" }.reversed()
    return digits.isEmpty ? parts[0] : "\(parts[0]).\(String(digits))"
  }
}
