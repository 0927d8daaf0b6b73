import Columnar
import Compression
import Core
import Delta
import JSON
import Parquet
import TestSupport

/// Rows as text that is equal when the values are, whoever read them.
enum CanonicalRows {
  /// The rows of a snapshot.
  static func of(_ snapshot: Snapshot) throws -> [String] {
    var rows: [String] = []
    for source in try snapshot.scan().sources(atMost: 2) {
      while let batch = try source.next() { rows += of(batch) }
    }
    return rows.sorted()
  }

  /// The rows of all Parquet files in a folder, columns in the order of `schema`.
  static func ofParquet(in folder: String, like schema: Schema) throws -> [String] {
    let files = LocalFileSystem()
    var rows: [String] = []
    for name in try files.list(folder) where name.hasSuffix(".parquet") {
      let path = "\(folder)/\(name)"
      let source = try FileReader(files.open(path), at: Place(path)).batches(columns: schema.names)
      while let batch = try source.next() { rows += of(batch) }
    }
    return rows.sorted()
  }

  /// The rows of a dump in gzipped JSON lines.
  static func ofDump(_ path: String, like schema: Schema) throws -> [String] {
    let reader = DecompressingReader(try LocalFileSystem().open(path), at: Place(path))
    var bytes: [UInt8] = []
    while let piece = try reader.next() { bytes += piece }
    return try JSONReader().readLines(bytes).map { line in
      schema.fields.map { text(line[$0.name] ?? .null, $0.type) }.joined(separator: " | ")
    }.sorted()
  }

  private static func of(_ batch: Batch) -> [String] {
    (0..<batch.rowCount).map { row in
      zip(batch.schema.fields, batch.columns).map { text($1.scalar(at: row), $0.type) }
        .joined(separator: " | ")
    }
  }

  private static func text(_ value: Scalar, _ type: DataType) -> String {
    switch value {
    case .null: return "NULL"
    case .boolean(let value): return "\(value)"
    case .integer(let value): return "\(value)"
    case .double(let value): return number(value)
    case .decimal(let value): return value.rescaled(to: 18)?.description ?? value.description
    case .string(let value): return "'\(value)'"
    case .binary(let bytes): return "0x" + hexText(bytes)
    case .date(let value): return value.description
    case .timestamp(let value): return value.description
    case .list(let values):
      if case .map = type {
        return "{" + values.map { text($0, type.elementType) }.sorted().joined(separator: ", ")
          + "}"
      }
      return "[" + values.map { text($0, type.elementType) }.joined(separator: ", ") + "]"
    case .structure(let values):
      return "(" + zip(type.fields, values).map { text($1, $0.type) }.joined(separator: ", ") + ")"
    }
  }

  private static func text(_ json: JSONValue, _ type: DataType) -> String {
    if json.isNull { return "NULL" }
    switch type {
    case .boolean: return json.bool.map { "\($0)" } ?? "?"
    case .tinyint, .smallint, .int, .bigint: return json.int64.map { "\($0)" } ?? "?"
    case .float, .double: return number(json.double ?? Double(json.string ?? "") ?? 0)
    case .decimal:
      let value = Decimal(parsing: json.string ?? json.number ?? "")
      return value.map { $0.rescaled(to: 18)?.description ?? $0.description } ?? "?"
    case .string: return "'\(json.string ?? "?")'"
    case .binary, .date: return json.string ?? "?"
    case .timestamp: return Timestamp(parsing: json.string ?? "")?.description ?? "?"
    case .null: return "NULL"
    case .array(let element, _):
      return "[" + (json.array ?? []).map { text($0, element) }.joined(separator: ", ") + "]"
    case .map(let key, let value, _):
      let entries = (json.array ?? []).map {
        "(" + text($0[0] ?? .null, key) + ", " + text($0[1] ?? .null, value) + ")"
      }
      return "{" + entries.sorted().joined(separator: ", ") + "}"
    case .structure(let fields):
      return "("
        + fields.map { text(json[$0.name] ?? .null, $0.type) }.joined(separator: ", ") + ")"
    }
  }

  private static func number(_ value: Double) -> String { value.isNaN ? "NaN" : "\(value + 0)" }
}
