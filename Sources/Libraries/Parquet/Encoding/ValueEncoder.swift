import Columnar

/// The least and greatest of some values, plainly encoded.
struct PlainBounds {
  var minimum: [UInt8]
  var maximum: [UInt8]
}

/// Takes the values of one column chunk and gives its pages. One call a batch: what loops is
/// inside.
protocol ValueEncoder: AnyObject {
  /// Adds all values of `column`, which has no NULL, to the page at hand.
  func append(_ column: Column)
  /// About how many bytes the page at hand takes.
  var pendingByteCount: Int { get }
  /// Ends the page at hand.
  func takePage() -> (encoding: Encoding, bytes: [UInt8])
  /// The dictionary page, when pages refer to one.
  func takeDictionary() -> (count: Int, bytes: [UInt8])?
  /// Bounds of all values since the chunk began; nil for none, or where they have no order.
  var bounds: PlainBounds? { get }
}

/// How large a dictionary may grow before values are written plainly.
struct DictionaryLimits {
  var byteCount: Int

  /// Whether codes into a dictionary take less room than the plain values.
  static func pays(dictionary: Int, codes: Int, plain: Int) -> Bool { dictionary + codes < plain }
}

/// Numbers as they are stored.
protocol StoredNumber: Comparable, BitwiseCopyable {
  associatedtype Key: FixedWidthInteger & UnsignedInteger
  /// The bits that make two numbers the same dictionary entry.
  var key: Key { get }
  init(key: Key)
  /// A column's values as they are stored.
  static func values(of column: Column) -> [Self]
  /// Whether the number has a place in an order.
  var isOrdered: Bool { get }
}

extension StoredNumber {
  var isOrdered: Bool { true }
}

extension Int32: StoredNumber {
  var key: UInt32 { UInt32(bitPattern: self) }
  init(key: UInt32) { self.init(bitPattern: key) }
  static func values(of column: Column) -> [Int32] {
    switch column.values {
    case .int32(let values): values
    // Decimals of at most nine digits.
    case .int64(let values): values.map { Int32(truncatingIfNeeded: $0) }
    default: preconditionFailure("a \(column.type.sql) column is not stored in 32 bits")
    }
  }
}

extension Int64: StoredNumber {
  var key: UInt64 { UInt64(bitPattern: self) }
  init(key: UInt64) { self.init(bitPattern: key) }
  static func values(of column: Column) -> [Int64] {
    guard case .int64(let values) = column.values else {
      preconditionFailure("a \(column.type.sql) column is not stored in 64 bits")
    }
    return values
  }
}

extension Float: StoredNumber {
  var key: UInt32 { bitPattern }
  init(key: UInt32) { self.init(bitPattern: key) }
  var isOrdered: Bool { !isNaN }
  static func values(of column: Column) -> [Float] { Double.values(of: column).map { Float($0) } }
}

extension Double: StoredNumber {
  var key: UInt64 { bitPattern }
  init(key: UInt64) { self.init(bitPattern: key) }
  var isOrdered: Bool { !isNaN }
  static func values(of column: Column) -> [Double] {
    guard case .double(let values) = column.values else {
      preconditionFailure("a \(column.type.sql) column is not stored as floating point")
    }
    return values
  }
}

extension Int128: StoredNumber {
  var key: UInt128 { UInt128(bitPattern: self) }
  init(key: UInt128) { self.init(bitPattern: key) }
  static func values(of column: Column) -> [Int128] {
    guard case .int128(let values) = column.values else {
      preconditionFailure("a \(column.type.sql) column is not stored in 128 bits")
    }
    return values
  }
}

/// Booleans, one bit each.
final class BooleanEncoder: ValueEncoder {
  private var bits: [UInt8] = []
  private var count = 0
  private var hasFalse = false
  private var hasTrue = false

  func append(_ column: Column) {
    guard case .boolean(let values) = column.values else {
      preconditionFailure("a \(column.type.sql) column is not boolean")
    }
    for value in values {
      if count & 7 == 0 { bits.append(0) }
      if value { bits[count >> 3] |= 1 << UInt8(count & 7) }
      hasTrue = hasTrue || value
      hasFalse = hasFalse || !value
      count += 1
    }
  }

  var pendingByteCount: Int { bits.count }

  func takePage() -> (encoding: Encoding, bytes: [UInt8]) {
    defer {
      bits = []
      count = 0
    }
    return (.plain, bits)
  }

  func takeDictionary() -> (count: Int, bytes: [UInt8])? { nil }

  var bounds: PlainBounds? {
    guard hasFalse || hasTrue else { return nil }
    return PlainBounds(minimum: [hasFalse ? 0 : 1], maximum: [hasTrue ? 1 : 0])
  }
}
