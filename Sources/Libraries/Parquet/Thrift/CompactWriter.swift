/// Writes Thrift's compact protocol; the sibling of `CompactReader`.
struct CompactWriter {
  private(set) var bytes: [UInt8] = []
  private var lastID = 0
  private var outerIDs: [Int] = []

  /// Writes a structure as the value of field `id`.
  mutating func field(_ id: Int, _ members: (inout CompactWriter) -> Void) {
    header(id, .structure)
    structure(members)
  }

  mutating func field(_ id: Int, _ value: Int64) {
    header(id, .int64)
    zigzag(value)
  }

  mutating func field(_ id: Int, _ value: Int32) {
    header(id, .int32)
    zigzag(Int64(value))
  }

  /// Writes an 8-bit number.
  mutating func field(_ id: Int, byte value: Int8) {
    header(id, .byte)
    bytes.append(UInt8(bitPattern: value))
  }

  mutating func field(_ id: Int, _ value: Bool) { header(id, value ? .yes : .no) }

  mutating func field(_ id: Int, _ value: String) { field(id, Array(value.utf8)) }

  mutating func field(_ id: Int, _ value: [UInt8]) {
    header(id, .binary)
    binary(value)
  }

  mutating func field(_ id: Int, _ values: [Int32]) {
    list(id, .int32, values.count)
    for value in values { zigzag(Int64(value)) }
  }

  mutating func field(_ id: Int, _ values: [String]) {
    list(id, .binary, values.count)
    for value in values { binary(Array(value.utf8)) }
  }

  /// Writes a list of structures.
  mutating func field<Value>(
    _ id: Int, _ values: [Value], _ members: (inout CompactWriter, Value) -> Void
  ) {
    list(id, .structure, values.count)
    for value in values { structure { members(&$0, value) } }
  }

  /// Writes a structure that is no field: the whole of a message, or an element.
  mutating func structure(_ members: (inout CompactWriter) -> Void) {
    outerIDs.append(lastID)
    lastID = 0
    members(&self)
    bytes.append(CompactReader.Kind.stop.rawValue)
    lastID = outerIDs.removeLast()
  }

  private mutating func header(_ id: Int, _ kind: CompactReader.Kind) {
    let delta = id - lastID
    precondition(delta > 0 && delta < 16, "fields are written in the order of their ids")
    bytes.append(UInt8(delta) << 4 | kind.rawValue)
    lastID = id
  }

  private mutating func list(_ id: Int, _ kind: CompactReader.Kind, _ count: Int) {
    header(id, .list)
    if count < 15 {
      bytes.append(UInt8(count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      varint(UInt64(count))
    }
  }

  private mutating func binary(_ value: [UInt8]) {
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  private mutating func zigzag(_ value: Int64) {
    varint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
