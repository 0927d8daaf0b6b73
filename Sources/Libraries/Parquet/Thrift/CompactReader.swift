import Core

/// Reads Thrift's compact protocol, the encoding of Parquet's footer and page headers.
///
///     field header   dddd tttt            d = id delta (0: a zigzag id follows), t = type
///     integer        zigzag varint        binary   varint length, bytes
///     list header    nnnn tttt            n = 15: a varint count follows
struct CompactReader {
  /// Types as they stand in field and list headers.
  enum Kind: UInt8 {
    case stop = 0
    case yes = 1
    case no = 2
    case byte = 3
    case int16 = 4
    case int32 = 5
    case int64 = 6
    case double = 7
    case binary = 8
    case list = 9
    case set = 10
    case map = 11
    case structure = 12
    case uuid = 13
  }

  /// Nesting past this is damage, not data.
  private static let greatestDepth = 64

  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// Reads a structure field by field: `field` gets id and type, reads the value and returns
  /// true, or returns false to have it skipped.
  mutating func structure(
    _ field: (inout CompactReader, Int, Kind) throws(Damage) -> Bool
  ) throws(Damage) {
    depth += 1
    guard depth <= CompactReader.greatestDepth else { throw Damage("metadata nests too deep") }
    defer { depth -= 1 }
    var id = 0
    while true {
      let header = try byte()
      guard let kind = Kind(rawValue: header & 15) else {
        throw Damage("metadata has no type \(header & 15)")
      }
      if kind == .stop { return }
      id = header >> 4 == 0 ? Int(truncatingIfNeeded: try integer()) : id &+ Int(header >> 4)
      if try !field(&self, id, kind) { try skip(kind) }
    }
  }

  /// Reads a list; `element` is called for each of its elements.
  mutating func list(
    _ element: (inout CompactReader, Kind) throws(Damage) -> Void
  ) throws(Damage) {
    let (kind, count) = try listHeader()
    for _ in 0..<count { try element(&self, kind) }
  }

  /// Reads a list of structures.
  mutating func structures<Value>(
    _ value: (inout CompactReader) throws(Damage) -> Value
  ) throws(Damage) -> [Value] {
    let (kind, count) = try listHeader()
    guard count == 0 || kind == .structure else {
      throw Damage("metadata has a list of another type")
    }
    // A structure takes a byte there and many here.
    let byteCount = count.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
    guard !byteCount.overflow, byteCount.partialValue <= PieceLimit.byteCount else {
      throw .tooLarge("metadata has a list of \(count) structures")
    }
    var values: [Value] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try value(&self)) }
    return values
  }

  /// A zigzag varint.
  mutating func integer() throws(Damage) -> Int64 {
    let raw = try varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// An integer that must fit 32 bits.
  mutating func int32() throws(Damage) -> Int32 {
    guard let value = Int32(exactly: try integer()) else {
      throw Damage("metadata has a number that is too large")
    }
    return value
  }

  /// An 8-bit integer, which is no varint.
  mutating func smallInteger() throws(Damage) -> Int8 { Int8(bitPattern: try byte()) }

  /// An integer that counts something: not negative.
  mutating func count() throws(Damage) -> Int {
    let value = try integer()
    guard value >= 0 else { throw Damage("metadata has a negative count") }
    return Int(value)
  }

  /// A count that must fit 32 bits.
  mutating func smallCount() throws(Damage) -> Int {
    let value = try int32()
    guard value >= 0 else { throw Damage("metadata has a negative count") }
    return Int(value)
  }

  mutating func binary() throws(Damage) -> [UInt8] {
    let length = try varint()
    guard length <= UInt64(bytes.count - position) else { throw Damage("metadata ends too early") }
    let start = position
    position += Int(length)
    return Array(bytes[start..<position])
  }

  mutating func string() throws(Damage) -> String {
    String(decoding: try binary(), as: UTF8.self)
  }

  /// Passes over a value of type `kind`.
  mutating func skip(_ kind: Kind) throws(Damage) {
    switch kind {
    case .stop, .yes, .no: return
    case .byte: try skipBytes(1)
    case .int16, .int32, .int64: _ = try varint()
    case .double: try skipBytes(8)
    case .uuid: try skipBytes(16)
    case .binary:
      let length = try varint()
      guard length <= UInt64(bytes.count - position) else {
        throw Damage("metadata ends too early")
      }
      position += Int(length)
    case .list, .set:
      depth += 1
      guard depth <= CompactReader.greatestDepth else { throw Damage("metadata nests too deep") }
      defer { depth -= 1 }
      try list { (reader, kind) throws(Damage) in try reader.skipElement(kind) }
    case .map: try skipMap()
    case .structure: try structure { (_, _, _) throws(Damage) in false }
    }
  }

  private mutating func skipMap() throws(Damage) {
    let count = try varint()
    guard count > 0 else { return }
    guard count <= UInt64(bytes.count - position) else { throw Damage("metadata ends too early") }
    let kinds = try byte()
    guard let key = Kind(rawValue: kinds >> 4), let value = Kind(rawValue: kinds & 15) else {
      throw Damage("metadata has a map of unknown types")
    }
    depth += 1
    guard depth <= CompactReader.greatestDepth else { throw Damage("metadata nests too deep") }
    defer { depth -= 1 }
    for _ in 0..<count {
      try skipElement(key)
      try skipElement(value)
    }
  }

  /// Booleans take a byte inside a list, none as a field.
  private mutating func skipElement(_ kind: Kind) throws(Damage) {
    if kind == .yes || kind == .no { try skipBytes(1) } else { try skip(kind) }
  }

  private mutating func listHeader() throws(Damage) -> (Kind, Int) {
    let header = try byte()
    let count = header >> 4 == 15 ? try varint() : UInt64(header >> 4)
    // What type an empty list has is nobody's business.
    if count == 0 { return (.byte, 0) }
    guard let kind = Kind(rawValue: header & 15), kind != .stop else {
      throw Damage("metadata has a list of unknown type")
    }
    // Every element takes at least a byte.
    guard count <= UInt64(bytes.count - position) else { throw Damage("metadata ends too early") }
    return (kind, Int(count))
  }

  private mutating func varint() throws(Damage) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      value |= UInt64(next & 127) << shift
      if next < 128 { return value }
      shift += 7
      guard shift < 70 else { throw Damage("metadata has a number that does not end") }
    }
  }

  private mutating func byte() throws(Damage) -> UInt8 {
    guard position < bytes.count else { throw Damage("metadata ends too early") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func skipBytes(_ count: Int) throws(Damage) {
    guard count <= bytes.count - position else { throw Damage("metadata ends too early") }
    position += count
  }
}
