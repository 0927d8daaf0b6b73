/// How two values are compared.
package enum Comparison: String, Sendable {
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// What the comparison says of an order: negative, zero or positive.
  @inlinable
  package func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }
}

/// Comparisons by Spark's rules: NaN equals NaN and is the greatest, 0.0 equals -0.0, text by
/// bytes.
extension Column {
  /// Row by row; NULL where either side is. Both columns have one type (decimals: one scale).
  package static func compare(
    _ left: Column, _ comparison: Comparison, _ right: Column
  ) -> Column {
    Column(
      .boolean, count: left.count, validity: Bitmap.both(left.validity, right.validity),
      .boolean(compareValues(left, comparison, right)))
  }

  /// `left <=> right`: never NULL; NULL equals NULL.
  package static func nullSafeEqual(_ left: Column, _ right: Column) -> Column {
    let equal = compareValues(left, .equal, right)
    let values = fillRows(left.count) { row in
      let leftIsNull = left.isNull(row)
      return leftIsNull == right.isNull(row) && (leftIsNull || equal[row])
    }
    return Column(.boolean, count: left.count, .boolean(values))
  }

  /// The order of two values, none of them NULL: negative, zero or positive.
  package static func order(_ left: Column, _ i: Int, _ right: Column, _ j: Int) -> Int {
    switch (left.values, right.values) {
    case (.boolean(let a), .boolean(let b)): a[i] == b[j] ? 0 : b[j] ? -1 : 1
    case (.int32(let a), .int32(let b)): a[i] < b[j] ? -1 : a[i] == b[j] ? 0 : 1
    case (.int64(let a), .int64(let b)): a[i] < b[j] ? -1 : a[i] == b[j] ? 0 : 1
    case (.int128(let a), .int128(let b)): a[i] < b[j] ? -1 : a[i] == b[j] ? 0 : 1
    case (.double(let a), .double(let b)): orderOf(orderedBits(a[i]), orderedBits(b[j]))
    case (.list(let a, let x), .list(let b, let y)):
      orderOfLists(x, Int(a[i])..<Int(a[i + 1]), y, Int(b[j])..<Int(b[j + 1]))
    case (.structure(let a), .structure(let b)):
      zip(a, b).lazy.map { nullableOrder($0, i, $1, j) }.first { $0 != 0 } ?? 0
    default: left.withBytes { a in right.withBytes { b in byteOrder(a[i], b[j]) } }
    }
  }

  /// The order of two values; NULL comes before all others and equals NULL.
  package static func nullableOrder(_ left: Column, _ i: Int, _ right: Column, _ j: Int) -> Int {
    switch (left.isNull(i), right.isNull(j)) {
    case (true, true): 0
    case (true, false): -1
    case (false, true): 1
    case (false, false): order(left, i, right, j)
    }
  }

  private static func orderOfLists(
    _ left: Column, _ a: Range<Int>, _ right: Column, _ b: Range<Int>
  ) -> Int {
    for (i, j) in zip(a, b) {
      let order = nullableOrder(left, i, right, j)
      if order != 0 { return order }
    }
    return a.count - b.count
  }

  private static func compareValues(
    _ left: Column, _ comparison: Comparison, _ right: Column
  ) -> [Bool] {
    switch (left.values, right.values) {
    case (.int32(let a), .int32(let b)): compareRows(a, comparison, b)
    case (.int64(let a), .int64(let b)): compareRows(a, comparison, b)
    case (.int128(let a), .int128(let b)): compareRows(a, comparison, b)
    case (.double(let a), .double(let b)):
      compareRows(mapRows(a, orderedBits), comparison, mapRows(b, orderedBits))
    case (.boolean(let a), .boolean(let b)):
      compareRows(mapRows(a) { $0 ? 1 : 0 as UInt8 }, comparison, mapRows(b) { $0 ? 1 : 0 })
    case (.list, _), (.structure, _):
      fillRows(left.count) { row in
        !left.isNull(row) && !right.isNull(row)
          && comparison.holds(order(left, row, right, row))
      }
    default: compareBytes(left, comparison, right)
    }
  }
}

/// A number that orders as Spark orders doubles: NaN highest, -0.0 as 0.0.
@inlinable @inline(__always)
package func orderedBits(_ value: Double) -> Int64 {
  let normal = value.isNaN ? Double.nan : value + 0.0
  let bits = Int64(bitPattern: normal.bitPattern)
  return bits < 0 ? bits ^ Int64.max : bits
}

/// The order of two byte strings: negative, zero or positive.
@inlinable @inline(__always)
package func byteOrder(
  _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
) -> Int {
  let length = min(left.count, right.count)
  let a = UnsafeRawBufferPointer(left)
  let b = UnsafeRawBufferPointer(right)
  var at = 0
  while at + 8 <= length {
    let x = UInt64(bigEndian: a.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    let y = UInt64(bigEndian: b.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    if x != y { return x < y ? -1 : 1 }
    at += 8
  }
  while at < length {
    if a[at] != b[at] { return a[at] < b[at] ? -1 : 1 }
    at += 1
  }
  return left.count - right.count
}

/// Whether two byte strings are equal.
@inlinable @inline(__always)
package func bytesEqual(
  _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
) -> Bool {
  left.count == right.count && byteOrder(left, right) == 0
}

private func orderOf(_ left: Int64, _ right: Int64) -> Int {
  left < right ? -1 : left == right ? 0 : 1
}

@inline(__always)
private func compareRows<Value: Comparable & BitwiseCopyable>(
  _ left: [Value], _ comparison: Comparison, _ right: [Value]
) -> [Bool] {
  switch comparison {
  case .equal: mapRows(left, right) { $0 == $1 }
  case .notEqual: mapRows(left, right) { $0 != $1 }
  case .less: mapRows(left, right) { $0 < $1 }
  case .lessOrEqual: mapRows(left, right) { $0 <= $1 }
  case .greater: mapRows(left, right) { $0 > $1 }
  case .greaterOrEqual: mapRows(left, right) { $0 >= $1 }
  }
}

private func compareBytes(
  _ left: Column, _ comparison: Comparison, _ right: Column
) -> [Bool] {
  let valid = Bitmap.both(left.validity, right.validity)
  return left.withBytes { a in
    right.withBytes { b in
      switch comparison {
      case .equal:
        fillRows(left.count) { (valid?[$0] ?? true) && bytesEqual(a[$0], b[$0]) }
      case .notEqual:
        fillRows(left.count) { (valid?[$0] ?? true) && !bytesEqual(a[$0], b[$0]) }
      default:
        fillRows(left.count) { row in
          (valid?[row] ?? true) && comparison.holds(byteOrder(a[row], b[row]))
        }
      }
    }
  }
}
