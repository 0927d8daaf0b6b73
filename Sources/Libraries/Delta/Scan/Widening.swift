import Columnar
import Core

extension Column {
  /// The same values as `type`, when no value can be lost by it: whole numbers to wider ones,
  /// decimals or doubles, decimals to wider ones, floats to doubles, days to instants, structures
  /// by their members' names (new members are NULL), NULLs without a type to any. Nil for any other
  /// pair of types.
  func widened(to type: DataType) -> Column? {
    if self.type == type { return self }
    // A writer that saw no value may have had no type to write.
    if self.type == .null { return .nulls(type, count: count) }
    switch (self.type, type) {
    // A file of a column without a value may say that it has no type.
    case (.null, _): return .nulls(type, count: count)
    case (.structure(let have), .structure(let want)): return members(have, want, type)
    case (.array, .array(let element, _)): return elements(element, type)
    case (.map, .map): return elements(type.elementType, type)
    case (.string, .binary), (.binary, .string): return retyped(type)
    case (.tinyint, .smallint), (.tinyint, .int), (.smallint, .int), (.float, .double):
      return retyped(type)
    // Files have no narrower type than INT on disk, so what a table calls a smaller one may be
    // read as INT.
    case (.int, .smallint), (.int, .tinyint), (.smallint, .tinyint): return retyped(type)
    case (.tinyint, .bigint), (.smallint, .bigint), (.int, .bigint):
      return int32s.map { with(type, .int64($0.map { Int64($0) })) }
    case (.tinyint, .double), (.smallint, .double), (.int, .double):
      return int32s.map { with(type, .double($0.map { Double($0) })) }
    case (.date, .timestamp):
      return int32s.map { days in
        with(type, .int64(days.map { Int64($0) * Timestamp.microsecondsPerDay }))
      }
    case (.tinyint, .decimal(let precision, let scale)),
      (.smallint, .decimal(let precision, let scale)), (.int, .decimal(let precision, let scale)):
      return int32s.flatMap { decimals($0.map { Int128($0) }, from: 0, precision, scale) }
    case (.bigint, .decimal(let precision, let scale)):
      return unscaled.flatMap { decimals($0, from: 0, precision, scale) }
    case (.decimal(_, let from), .decimal(let precision, let scale)):
      return unscaled.flatMap { decimals($0, from: from, precision, scale) }
    default: return nil
    }
  }

  /// The same values under a type that differs in names and nullability only.
  func withType(_ type: DataType) -> Column {
    if self.type == type { return self }
    switch values {
    case .structure(let members):
      let renamed = zip(members, type.fields).map { $0.withType($1.type) }
      return with(type, .structure(renamed))
    case .list(let offsets, let elements):
      return with(type, .list(offsets: offsets, elements: elements.withType(type.elementType)))
    default: return retyped(type)
    }
  }

  private func with(_ type: DataType, _ values: Values) -> Column {
    Column(type, count: count, validity: validity, values)
  }

  private func members(_ have: [Field], _ want: [Field], _ type: DataType) -> Column? {
    guard case .structure(let members) = values else { return nil }
    var result: [Column] = []
    for field in want {
      if let index = Schema(have).index(of: field.name) {
        guard let member = members[index].widened(to: field.type) else { return nil }
        result.append(member)
      } else {
        result.append(.nulls(field.type, count: count))
      }
    }
    return with(type, .structure(result))
  }

  private func elements(_ element: DataType, _ type: DataType) -> Column? {
    guard case .list(let offsets, let elements) = values,
      let widened = elements.widened(to: element)
    else { return nil }
    return with(type, .list(offsets: offsets, elements: widened))
  }

  private func decimals(
    _ numbers: [Int128], from: Int, _ precision: Int, _ scale: Int
  ) -> Column? {
    guard scale >= from else { return nil }
    var result: [Int128] = []
    result.reserveCapacity(numbers.count)
    for (row, number) in numbers.enumerated() {
      // Values under a NULL may be anything.
      let value = isNull(row) ? 0 : Decimal.rescale(number, from: from, to: scale)
      guard let value, value.magnitude < Decimal.power(precision).magnitude else { return nil }
      result.append(value)
    }
    let type = DataType.decimal(precision: precision, scale: scale)
    return type.layout == .int64
      ? with(type, .int64(result.map { Int64($0) })) : with(type, .int128(result))
  }

  private var int32s: [Int32]? { if case .int32(let values) = values { values } else { nil } }

  /// Whole numbers or unscaled decimals.
  private var unscaled: [Int128]? {
    switch values {
    case .int64(let values): values.map { Int128($0) }
    case .int128(let values): values
    default: nil
    }
  }
}
