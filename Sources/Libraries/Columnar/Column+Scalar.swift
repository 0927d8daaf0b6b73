import Core

extension Column {
  /// The value at `row`, for messages, keys and bounds; not for loops over rows.
  ///
  /// A map is a list of structures (key, value).
  package func scalar(at row: Int) -> Scalar {
    if isNull(row) { return .null }
    switch values {
    case .boolean(let values): return type == .null ? .null : .boolean(values[row])
    case .int32(let values):
      return type == .date
        ? .date(CivilDate(dayNumber: values[row])) : .integer(Int64(values[row]))
    case .int64(let values): return scalar(values[row])
    case .int128(let values): return .decimal(Decimal(unscaled: values[row], scale: type.scale))
    case .double(let values): return .double(values[row])
    case .bytes(let runs): return scalar(runs[row])
    case .dictionary(let codes, let dictionary):
      return scalar(dictionary.values[Int(codes[row])])
    case .list(let offsets, let elements):
      return .list((offsets[row]..<offsets[row + 1]).map { elements.scalar(at: Int($0)) })
    case .structure(let members): return .structure(members.map { $0.scalar(at: row) })
    }
  }

  /// All values, in order.
  package var scalars: [Scalar] { (0..<count).map { scalar(at: $0) } }

  /// `count` times the same value; strings share one dictionary entry.
  package static func constant(_ value: Scalar, _ type: DataType, count: Int) -> Column {
    if value.isNull { return .nulls(type, count: count) }
    let one = ColumnBuilder(type)
    one.append(value)
    let column = one.finish()
    if case .bytes(let runs) = column.values {
      return Column(
        type, count: count,
        .dictionary(
          codes: [Int32](repeating: 0, count: count), dictionary: ByteDictionary(runs)))
    }
    return column.taking([Int32](repeating: 0, count: count))
  }

  /// `count` NULLs.
  package static func nulls(_ type: DataType, count: Int) -> Column {
    Column(
      type, count: count, validity: Bitmap(repeating: false, count: count),
      emptyValues(type, count))
  }

  private static func emptyValues(_ type: DataType, _ count: Int) -> Values {
    switch type.layout {
    case .boolean: .boolean([Bool](repeating: false, count: count))
    case .int32: .int32([Int32](repeating: 0, count: count))
    case .int64: .int64([Int64](repeating: 0, count: count))
    case .int128: .int128([Int128](repeating: 0, count: count))
    case .double: .double([Double](repeating: 0, count: count))
    case .bytes: .bytes(ByteRuns(offsets: [Int32](repeating: 0, count: count + 1)))
    case .list:
      .list(
        offsets: [Int32](repeating: 0, count: count + 1),
        elements: nulls(type.elementType, count: 0))
    case .structure: .structure(type.fields.map { nulls($0.type, count: count) })
    }
  }

  private func scalar(_ value: Int64) -> Scalar {
    switch type {
    case .timestamp: .timestamp(Timestamp(microseconds: value))
    case .decimal(_, let scale): .decimal(Decimal(unscaled: Int128(value), scale: scale))
    default: .integer(value)
    }
  }

  private func scalar(_ bytes: ArraySlice<UInt8>) -> Scalar {
    type == .binary ? .binary(Array(bytes)) : .string(String(decoding: bytes, as: UTF8.self))
  }
}

extension Batch {
  /// The values of one row, in column order; not for loops over rows.
  package func scalars(at row: Int) -> [Scalar] { columns.map { $0.scalar(at: row) } }

  /// The column called `name`, letter case aside, or nil.
  package func column(_ name: String) -> Column? { schema.index(of: name).map { columns[$0] } }
}

extension DataType {
  /// Digits after the point of a decimal; 0 for other types.
  package var scale: Int { if case .decimal(_, let scale) = self { scale } else { 0 } }

  /// What a list-like type holds: an array's element, a map's entry (a structure of key and
  /// value); `null` for other types.
  package var elementType: DataType {
    switch self {
    case .array(let element, _): element
    case .map(let key, let value, let valueContainsNull):
      .structure([
        Field("key", key, isNullable: false), Field("value", value, isNullable: valueContainsNull),
      ])
    default: .null
    }
  }
}
