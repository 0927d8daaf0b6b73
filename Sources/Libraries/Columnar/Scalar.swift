package import Core

/// One value of any type: a literal, a partition value, a bound of statistics. Never used per row
/// in a hot loop.
///
/// Values are equal as Spark groups them: NaN is NaN, 0.0 is -0.0, and text is its bytes, while
/// Swift holds two spellings of one character to be equal.
package indirect enum Scalar: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// tinyint, smallint, int, bigint.
  case integer(Int64)
  case double(Double)
  case decimal(Decimal)
  case string(String)
  case binary([UInt8])
  case date(CivilDate)
  case timestamp(Timestamp)
  case list([Scalar])
  case structure([Scalar])

  package var isNull: Bool { if case .null = self { true } else { false } }

  package static func == (a: Scalar, b: Scalar) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.double(let a), .double(let b)): a == b || a.isNaN && b.isNaN
    case (.decimal(let a), .decimal(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.binary(let a), .binary(let b)): a == b
    case (.date(let a), .date(let b)): a == b
    case (.timestamp(let a), .timestamp(let b)): a == b
    case (.list(let a), .list(let b)), (.structure(let a), .structure(let b)): a == b
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .boolean(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .double(let value): hasher.combine(value.isNaN ? .nan : value)
    case .decimal(let value): hasher.combine(value)
    case .string(var value): value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    case .binary(let value): hasher.combine(value)
    case .date(let value): hasher.combine(value)
    case .timestamp(let value): hasher.combine(value)
    case .list(let values), .structure(let values): hasher.combine(values)
    }
  }
}
