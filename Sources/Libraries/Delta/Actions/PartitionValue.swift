package import Columnar
import Core

/// Partition values as text, the way the log's `partitionValues` spell them.
package enum PartitionValue {
  /// The text of `value`; nil is NULL. An empty string cannot be told from NULL in the log, so it
  /// becomes NULL, as with every writer.
  package static func encode(_ value: Scalar) -> String? {
    switch value {
    case .null, .list, .structure: return nil
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .double(let value):
      if value.isNaN { return "NaN" }
      if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
      return String(value)
    case .decimal(let value): return value.description
    case .string(let value): return value.isEmpty ? nil : value
    case .binary(let bytes): return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    case .date(let value): return value.description
    case .timestamp(let value): return value.description
    }
  }

  /// The value of `type` that `text` spells (nil and the empty text are NULL), or nil when it
  /// spells none.
  package static func decode(_ text: String?, as type: DataType) -> Scalar? {
    guard let text, !text.isEmpty else { return .null }
    switch type {
    case .null: return .null
    case .boolean:
      switch text.lowercased() {
      case "true": return .boolean(true)
      case "false": return .boolean(false)
      default: return nil
      }
    case .tinyint: return Int8(text).map { .integer(Int64($0)) }
    case .smallint: return Int16(text).map { .integer(Int64($0)) }
    case .int: return Int32(text).map { .integer(Int64($0)) }
    case .bigint: return Int64(text).map { .integer($0) }
    case .float: return floating(text).map { .double(Double(Float($0))) }
    case .double: return floating(text).map { .double($0) }
    case .decimal(let precision, let scale):
      return Decimal(parsing: text).flatMap { $0.rescaled(to: scale, precision: precision) }
        .map { .decimal($0) }
    case .string: return .string(text)
    case .binary: return .binary([UInt8](text.utf8))
    case .date:
      // Some writers spell a day as an instant.
      return CivilDate(parsing: text).map { .date($0) }
        ?? Timestamp(parsing: text).map { .date($0.date) }
    case .timestamp: return Timestamp(parsing: text).map { .timestamp($0) }
    case .array, .structure, .map: return nil
    }
  }

  private static func floating(_ text: String) -> Double? {
    switch text {
    case "NaN": .nan
    case "Infinity", "+Infinity": .infinity
    case "-Infinity": -.infinity
    default: Double(text)
    }
  }
}
