package import Core

/// A column in the making, value by value: for parsers, tests and small results.
///
///     let names = ColumnBuilder(.string)
///     names.append(.string("Anna"))
///     names.appendNull()
///     let column = names.finish()
package final class ColumnBuilder {
  package let type: DataType
  package private(set) var count = 0
  private let layout: Layout
  private var validity: [UInt64] = []
  private var hasNulls = false
  private var booleans: [Bool] = []
  private var int32s: [Int32] = []
  private var int64s: [Int64] = []
  private var int128s: [Int128] = []
  private var doubles: [Double] = []
  private var runs = ByteRuns()
  /// List offsets; `children` holds the one element builder.
  private var offsets: [Int32] = [0]
  /// A builder a member of a structure, or one for the elements of a list.
  private var children: [ColumnBuilder] = []

  /// A builder of a column of `type`, with room for `capacity` values.
  package init(_ type: DataType, capacity: Int = 0) {
    self.type = type
    layout = type.layout
    switch layout {
    case .boolean: booleans.reserveCapacity(capacity)
    case .int32: int32s.reserveCapacity(capacity)
    case .int64: int64s.reserveCapacity(capacity)
    case .int128: int128s.reserveCapacity(capacity)
    case .double: doubles.reserveCapacity(capacity)
    case .bytes: runs.offsets.reserveCapacity(capacity + 1)
    case .list:
      offsets.reserveCapacity(capacity + 1)
      children = [ColumnBuilder(type.elementType)]
    case .structure: children = type.fields.map { ColumnBuilder($0.type, capacity: capacity) }
    }
  }

  /// Appends a NULL.
  package func appendNull() {
    switch layout {
    case .boolean: booleans.append(false)
    case .int32: int32s.append(0)
    case .int64: int64s.append(0)
    case .int128: int128s.append(0)
    case .double: doubles.append(0)
    case .bytes: runs.offsets.append(Int32(runs.bytes.count))
    case .list: offsets.append(offsets[count])
    case .structure: for child in children { child.appendNull() }
    }
    hasNulls = true
    mark(valid: false)
  }

  /// Appends a value of the column's type. Whole numbers widen to decimals and doubles, decimals
  /// take the column's scale; any other mismatch is the caller's error.
  package func append(_ scalar: Scalar) {
    switch (layout, scalar) {
    case (_, .null): appendNull()
    case (.boolean, .boolean(let value)): append(boolean: value)
    case (.int32, .integer(let value)): append(int32: Int32(value))
    case (.int32, .date(let value)): append(int32: value.dayNumber)
    case (.int64, .timestamp(let value)): append(int64: value.microseconds)
    case (.int64, .integer(let value)) where type.isDecimal:
      append(decimal: Decimal(unscaled: Int128(value), scale: 0))
    case (.int64, .integer(let value)): append(int64: value)
    case (.int128, .integer(let value)):
      append(decimal: Decimal(unscaled: Int128(value), scale: 0))
    case (.int64, .decimal(let value)), (.int128, .decimal(let value)): append(decimal: value)
    case (.double, .double(let value)):
      append(double: type == .float ? Double(Float(value)) : value)
    case (.double, .integer(let value)): append(double: Double(value))
    case (.bytes, .string(let value)): append(bytes: value.utf8)
    case (.bytes, .binary(let value)): append(bytes: value)
    case (.list, .list(let values)):
      for value in values { children[0].append(value) }
      finishList()
    case (.structure, .structure(let values)):
      precondition(values.count == children.count, "a structure has a value for each member")
      for (child, value) in zip(children, values) { child.append(value) }
      mark(valid: true)
    default: preconditionFailure("\(scalar) is no value of a \(type.sql) column")
    }
  }

  /// Appends to a boolean column.
  package func append(boolean value: Bool) {
    booleans.append(value)
    mark(valid: true)
  }

  /// Appends to a column of layout int32: tinyint, smallint, int, or a date's day number.
  package func append(int32 value: Int32) {
    int32s.append(value)
    mark(valid: true)
  }

  /// Appends to a column of layout int64: bigint, a timestamp's microseconds, a small decimal's
  /// unscaled value.
  package func append(int64 value: Int64) {
    int64s.append(value)
    mark(valid: true)
  }

  /// Appends to a column of layout double.
  package func append(double value: Double) {
    doubles.append(value)
    mark(valid: true)
  }

  /// Appends to a decimal column, at the column's scale.
  package func append(decimal value: Decimal) {
    guard case .decimal(let precision, let scale) = type,
      let unscaled = value.rescaled(to: scale, precision: precision)?.unscaled
    else { preconditionFailure("\(value) does not fit a \(type.sql) column") }
    if layout == .int64 { int64s.append(Int64(unscaled)) } else { int128s.append(unscaled) }
    mark(valid: true)
  }

  /// Appends to a string or binary column.
  package func append(bytes value: some Sequence<UInt8>) {
    runs.append(value)
    mark(valid: true)
  }

  /// How many bytes the texts have that were appended to a string or binary column.
  package var byteCount: Int { runs.bytes.count }

  /// The builder of a list's elements: append to it, then call `finishList`.
  package var elements: ColumnBuilder {
    precondition(layout == .list, "only a list has elements")
    return children[0]
  }

  /// The builders of a structure's members: append to each, then call `finishStructure`.
  package var members: [ColumnBuilder] {
    precondition(layout == .structure, "only a structure has members")
    return children
  }

  /// Ends a list that holds what `elements` took since the one before.
  package func finishList() {
    offsets.append(Int32(children[0].count))
    mark(valid: true)
  }

  /// Ends a structure whose members took one value each.
  package func finishStructure() {
    mark(valid: true)
    assert(children.allSatisfy { $0.count == count }, "each member took one value")
  }

  /// The values appended so far, as a column; the builder is empty afterwards.
  package func finish() -> Column {
    let bits = hasNulls ? Bitmap(words: validity, count: count) : nil
    let column = Column(type, count: count, validity: bits, finishedValues())
    count = 0
    validity = []
    hasNulls = false
    return column
  }

  private func finishedValues() -> Column.Values {
    switch layout {
    case .boolean:
      defer { booleans = [] }
      return .boolean(booleans)
    case .int32:
      defer { int32s = [] }
      return .int32(int32s)
    case .int64:
      defer { int64s = [] }
      return .int64(int64s)
    case .int128:
      defer { int128s = [] }
      return .int128(int128s)
    case .double:
      defer { doubles = [] }
      return .double(doubles)
    case .bytes:
      defer { runs = ByteRuns() }
      return .bytes(runs)
    case .list:
      defer { offsets = [0] }
      return .list(offsets: offsets, elements: children[0].finish())
    case .structure: return .structure(children.map { $0.finish() })
    }
  }

  private func mark(valid: Bool) {
    if count & 63 == 0 { validity.append(0) }
    if valid { validity[count >> 6] |= 1 << UInt64(count & 63) }
    count += 1
  }
}

extension DataType {
  /// Whether this is a decimal.
  package var isDecimal: Bool { if case .decimal = self { true } else { false } }
}
