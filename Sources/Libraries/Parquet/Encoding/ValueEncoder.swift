import Columnar

/// The least and greatest of some values, plainly encoded.
struct PlainBounds {
  var minimum: [UInt8]
  var maximum: [UInt8]
}

/// Takes the values of one column chunk and gives its pages.
protocol ValueEncoder: AnyObject {
  /// Adds all values of `column`, which has no NULL, to the page at hand.
  func append(_ column: Column)
  /// About how many bytes the page at hand takes.
  var pendingByteCount: Int { get }
  /// About how many bytes the encoder has in memory.
  var heldByteCount: Int { get }
  /// Ends the page at hand.
  func takePage() -> (encoding: Encoding, bytes: [UInt8])
  /// The dictionary page, when pages refer to one.
  func takeDictionary() -> (count: Int, bytes: [UInt8])?
  /// Bounds of all values since the chunk began; nil for none, or where they have no order.
  var bounds: PlainBounds? { get }
}

/// The encoder of a column chunk. What loops is called on the concrete type, for which generic code
/// is then compiled: through `any ValueEncoder` it would not be.
enum ChunkEncoder {
  case boolean(BooleanEncoder)
  case int32(NumberEncoder<Int32>)
  case int64(NumberEncoder<Int64>)
  case int128(NumberEncoder<Int128>)
  case float(NumberEncoder<Float>)
  case double(NumberEncoder<Double>)
  case bytes(BytesEncoder)

  init(_ leaf: LeafColumn, _ limits: DictionaryLimits) {
    switch leaf.physical {
    case .boolean: self = .boolean(BooleanEncoder())
    case .int32: self = .int32(NumberEncoder(width: 4, limits: limits))
    case .int64: self = .int64(NumberEncoder(width: 8, limits: limits))
    case .float: self = .float(NumberEncoder(width: 4, limits: limits))
    case .double: self = .double(NumberEncoder(width: 8, limits: limits))
    case .byteArray: self = .bytes(BytesEncoder(limits: limits))
    case .fixedLengthByteArray:
      self = .int128(NumberEncoder(width: leaf.typeLength, isBigEndian: true, limits: limits))
    case .int96: preconditionFailure("int96 is read, not written")
    }
  }

  /// The encoder, for what does not loop.
  var value: any ValueEncoder {
    switch self {
    case .boolean(let encoder): encoder
    case .int32(let encoder): encoder
    case .int64(let encoder): encoder
    case .int128(let encoder): encoder
    case .float(let encoder): encoder
    case .double(let encoder): encoder
    case .bytes(let encoder): encoder
    }
  }

  func append(_ column: Column) {
    switch self {
    case .boolean(let encoder): encoder.append(column)
    case .int32(let encoder): encoder.append(column)
    case .int64(let encoder): encoder.append(column)
    case .int128(let encoder): encoder.append(column)
    case .float(let encoder): encoder.append(column)
    case .double(let encoder): encoder.append(column)
    case .bytes(let encoder): encoder.append(column)
    }
  }

  func takePage() -> (encoding: Encoding, bytes: [UInt8]) {
    switch self {
    case .boolean(let encoder): encoder.takePage()
    case .int32(let encoder): encoder.takePage()
    case .int64(let encoder): encoder.takePage()
    case .int128(let encoder): encoder.takePage()
    case .float(let encoder): encoder.takePage()
    case .double(let encoder): encoder.takePage()
    case .bytes(let encoder): encoder.takePage()
    }
  }
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
    var bits = self.bits
    self.bits = []
    bits.append(contentsOf: repeatElement(0, count: (count + values.count + 7) / 8 - bits.count))
    var trueCount = 0
    for (index, value) in values.enumerated() where value {
      bits[(count + index) >> 3] |= 1 << UInt8((count + index) & 7)
      trueCount += 1
    }
    hasTrue = hasTrue || trueCount > 0
    hasFalse = hasFalse || trueCount < values.count
    count += values.count
    self.bits = bits
  }

  var pendingByteCount: Int { bits.count }

  var heldByteCount: Int { bits.count }

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
