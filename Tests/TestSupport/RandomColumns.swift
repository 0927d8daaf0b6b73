package import Columnar
import Core

/// Columns of any type with random values and NULLs.
package struct RandomColumns: RandomNumberGenerator {
  private var random: SeededRandom

  package init(seed: UInt64) { random = SeededRandom(seed) }

  package mutating func next() -> UInt64 { random.next() }

  /// Every type but the nested ones.
  package static let flatTypes: [DataType] = [
    .boolean, .tinyint, .smallint, .int, .bigint, .float, .double, .date, .timestamp, .string,
    .binary, .decimal(precision: 7, scale: 2), .decimal(precision: 18, scale: 0),
    .decimal(precision: 18, scale: 6), .decimal(precision: 25, scale: 3),
    .decimal(precision: 38, scale: 38),
  ]

  /// Any type, nested at most `depth` deep.
  package mutating func type(depth: Int) -> DataType {
    guard depth > 0, Bool.random(using: &self) else {
      return RandomColumns.flatTypes.randomElement(using: &self)!
    }
    switch Int.random(in: 0..<3, using: &self) {
    case 0: return .array(element: type(depth: depth - 1), containsNull: Bool.random(using: &self))
    case 1:
      return .map(
        key: RandomColumns.flatTypes.randomElement(using: &self)!, value: type(depth: depth - 1),
        valueContainsNull: Bool.random(using: &self))
    default:
      let count = Int.random(in: 1...3, using: &self)
      return .structure(
        (0..<count).map {
          Field("m\($0)", type(depth: depth - 1), isNullable: Bool.random(using: &self))
        })
    }
  }

  /// `count` values, a random share of them NULL unless `nullable` is false; strings are
  /// dictionaries as often as not.
  package mutating func column(_ type: DataType, count: Int, nullable: Bool = true) -> Column {
    let nulls = nullable ? [0, 0.1, 0.5, 1].randomElement(using: &self)! : 0
    let distinct = [2, 20, 100_000].randomElement(using: &self)!
    let builder = ColumnBuilder(type, capacity: count)
    for _ in 0..<count {
      if Double.random(in: 0..<1, using: &self) < nulls {
        builder.appendNull()
      } else {
        builder.append(scalar(type, distinct: distinct))
      }
    }
    let column = builder.finish()
    guard case .bytes(let runs) = column.values, count > 0, Bool.random(using: &self) else {
      return column
    }
    let codes = (0..<Int32(count)).map { _ in Int32.random(in: 0..<Int32(count), using: &self) }
    return Column(
      type, count: count, validity: column.validity,
      .dictionary(codes: codes, dictionary: ByteDictionary(runs)))
  }

  /// One value, not NULL, of at most about `distinct` different ones.
  package mutating func scalar(_ type: DataType, distinct: Int) -> Scalar {
    let number = Int64.random(in: 0..<Int64(distinct), using: &self) - Int64(distinct / 2)
    let isExtreme = Int.random(in: 0..<20, using: &self) == 0
    switch type {
    case .null: return .null
    case .boolean: return .boolean(number & 1 == 0)
    case .tinyint: return .integer(Int64(Int8(truncatingIfNeeded: number)))
    case .smallint: return .integer(Int64(Int16(truncatingIfNeeded: number)))
    case .int: return .integer(isExtreme ? Int64(Int32.min) : number)
    case .bigint: return .integer(isExtreme ? Int64.max : number &* 0x1_0000_0001)
    case .float: return .double(Double(Float(number) / 7))
    case .double: return .double(isExtreme ? -.infinity : Double(number) / 7)
    case .date: return .date(CivilDate(dayNumber: Int32(number)))
    case .timestamp: return .timestamp(Timestamp(microseconds: number &* 987_654_321))
    case .decimal(let precision, let scale):
      let limit = Decimal.power(precision)
      let value = isExtreme ? 1 - limit : Int128(number) * Decimal.power(precision / 2) % limit
      return .decimal(Decimal(unscaled: value, scale: scale))
    case .string: return .string(isExtreme ? "" : "sku-\(number) ü")
    case .binary: return .binary(isExtreme ? [] : withUnsafeBytes(of: number) { Array($0) })
    case .array(let element, let containsNull):
      return list(element, nullable: containsNull, distinct: distinct)
    case .map(let key, let value, let nullable):
      return list(
        .structure([
          Field("key", key, isNullable: false), Field("value", value, isNullable: nullable),
        ]), nullable: false, distinct: distinct)
    case .structure(let fields):
      return .structure(
        fields.map {
          $0.isNullable && Int.random(in: 0..<4, using: &self) == 0
            ? .null : scalar($0.type, distinct: distinct)
        })
    }
  }

  private mutating func list(_ type: DataType, nullable: Bool, distinct: Int) -> Scalar {
    .list(
      (0..<Int.random(in: 0...4, using: &self)).map { _ in
        nullable && Int.random(in: 0..<4, using: &self) == 0
          ? .null : scalar(type, distinct: distinct)
      })
  }
}
