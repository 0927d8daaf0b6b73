import Columnar
import Core

/// The texts of values as a person reads them in a table: times as RFC 3339, NULL by its name.
enum CellText {
  /// The text of one value of a column; what a terminal would obey is spelled out.
  static func text(_ column: Column, _ row: Int) -> String {
    shown(text(column.scalar(at: row), column.type))
  }

  /// Whether values of the type stand at the right edge of their column.
  static func standsRight(_ type: DataType) -> Bool { type.isNumeric }

  private static func text(_ value: Scalar, _ type: DataType) -> String {
    switch value {
    case .null: "NULL"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .double(let value): type == .float ? "\(Float(value))" : "\(value)"
    case .decimal(let value): value.description
    case .string(let value): value
    case .binary(let bytes): bytes.map(hexadecimal).joined()
    case .date(let value): value.description
    case .timestamp(let value): value.description
    case .list(let values): list(values, type)
    case .structure(let members): structure(members, type)
    }
  }

  private static func structure(_ members: [Scalar], _ type: DataType) -> String {
    let texts = zip(members, type.fields).map { "\($1.name): \(text($0, $1.type))" }
    return "{\(texts.joined(separator: ", "))}"
  }

  private static func list(_ values: [Scalar], _ type: DataType) -> String {
    guard case .map(let key, let value, _) = type else {
      return "[\(values.map { text($0, type.elementType) }.joined(separator: ", "))]"
    }
    let entries = values.map { entry -> String in
      guard case .structure(let pair) = entry, pair.count == 2 else { return "" }
      return "\(text(pair[0], key)): \(text(pair[1], value))"
    }
    return "{\(entries.joined(separator: ", "))}"
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0\(digits)" : digits
  }
}
