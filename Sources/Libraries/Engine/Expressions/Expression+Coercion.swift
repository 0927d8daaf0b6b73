import Columnar
import Core

extension Expression {
  /// The value as `type`: itself, the same literal under that type, or a cast.
  func coerced(to type: DataType) -> Expression {
    if self.type.agrees(with: type) { return self }
    if let literal, let value = literal.widened(to: type) {
      return Expression(.literal(value), type, isNullable: isNullable, place: place)
    }
    return Expression(.cast(self, isTry: false), type, isNullable: isNullable, place: place)
  }
}

extension Scalar {
  /// The same value as a wider type's; nil when a cast must decide.
  func widened(to type: DataType) -> Scalar? {
    switch (self, type) {
    case (.null, _): return .null
    case (.integer(let value), .bigint): return .integer(value)
    case (.integer(let value), .int):
      return Int32(exactly: value).map { .integer(Int64($0)) }
    case (.integer(let value), .double) where value.magnitude < 1 << 53:
      return .double(Double(value))
    case (.integer(let value), .decimal(let precision, let scale)):
      return Decimal(unscaled: Int128(value), scale: 0).rescaled(to: scale, precision: precision)
        .map(Scalar.decimal)
    case (.decimal(let value), .decimal(let precision, let scale)) where value.scale <= scale:
      return value.rescaled(to: scale, precision: precision).map(Scalar.decimal)
    default: return nil
    }
  }
}

extension DataType {
  /// Whether values of the two types lie alike: only what may be NULL inside differs.
  func agrees(with other: DataType) -> Bool {
    switch (self, other) {
    case (.array(let a, _), .array(let b, _)): a.agrees(with: b)
    case (.map(let aKey, let a, _), .map(let bKey, let b, _)):
      aKey.agrees(with: bKey) && a.agrees(with: b)
    case (.structure(let a), .structure(let b)):
      a.count == b.count
        && zip(a, b).allSatisfy { $0.name == $1.name && $0.type.agrees(with: $1.type) }
    default: self == other
    }
  }
}
