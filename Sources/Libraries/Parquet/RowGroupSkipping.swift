package import Columnar
import Core

extension FileReader {
  /// Whether a row of the row group may pass all of `predicates`, as far as its statistics tell.
  func mayHold(_ predicates: [ColumnPredicate], rowGroup: Int) -> Bool {
    predicates.allSatisfy { predicate in
      guard let position = schema.index(of: predicate.column),
        case .leaf(let leaf) = mapping.shapes[position], leaf.repetition == 0
      else { return true }
      let group = metadata.rowGroups[rowGroup]
      return statistics(leaf, group).mayHold(predicate.condition, rowCount: group.rowCount)
    }
  }

  /// How many row groups `batches(columns:where:)` reads with these predicates.
  package func rowGroupCount(where predicates: [ColumnPredicate]) -> Int {
    (0..<rowGroupCount).count { mayHold(predicates, rowGroup: $0) }
  }

  /// Whether the file says that a column has no value but NULL: it suits any type.
  package func hasOnlyNulls(at position: Int) -> Bool {
    guard case .leaf(let leaf) = mapping.shapes[position], leaf.repetition == 0 else {
      return false
    }
    if leaf.conversion == .nothing { return true }
    return metadata.rowGroups.allSatisfy { group in
      statistics(leaf, group).nullCount == group.rowCount
    }
  }

  /// What the row group's footer says of a leaf.
  func statistics(_ leaf: LeafColumn, _ group: RowGroupMetadata) -> LeafStatistics {
    let chunk = group.chunks[leaf.index]
    guard let bounds = chunk.bounds else { return LeafStatistics() }
    var statistics = LeafStatistics()
    if let nullCount = bounds.nullCount, nullCount >= 0, nullCount <= chunk.valueCount {
      statistics.nullCount = Int(nullCount)
    }
    let isOldPairRight =
      [.int32, .int64, .float, .double].contains(leaf.physical)
      && ![.uint8, .uint16, .uint32, .uint64ToInt128].contains(leaf.conversion)
    statistics.minimum = (bounds.minimum ?? (isOldPairRight ? bounds.oldMinimum : nil))
      .flatMap { leaf.bound($0) }
    statistics.maximum = (bounds.maximum ?? (isOldPairRight ? bounds.oldMaximum : nil))
      .flatMap { leaf.bound($0) }
    // Others leave NaN out of the bounds, and SQL puts it above all numbers.
    if leaf.type.layout == .double, createdBy != FileWriter.createdBy { statistics.maximum = nil }
    return statistics
  }
}

/// Bounds of a leaf's values in one row group; nil where nothing is known.
struct LeafStatistics {
  var nullCount: Int?
  var minimum: Scalar?
  var maximum: Scalar?

  /// Whether one of `rowCount` values may meet `condition`.
  func mayHold(_ condition: ColumnPredicate.Condition, rowCount: Int) -> Bool {
    switch condition {
    case .isNull: return nullCount != 0
    case .isNotNull: return nullCount != rowCount
    default: if nullCount == rowCount { return false }
    }
    switch condition {
    case .equal(let value): return mayReach(value) && mayGoDown(to: value)
    case .isIn(let values): return values.contains { mayReach($0) && mayGoDown(to: $0) }
    case .greaterOrEqual(let value): return mayReach(value)
    case .lessOrEqual(let value): return mayGoDown(to: value)
    case .greater(let value): return maximum.flatMap { order($0, value) }.map { $0 > 0 } ?? true
    case .less(let value): return minimum.flatMap { order($0, value) }.map { $0 < 0 } ?? true
    case .isNull, .isNotNull: return true
    }
  }

  private func mayReach(_ value: Scalar) -> Bool {
    maximum.flatMap { order($0, value) }.map { $0 >= 0 } ?? true
  }

  private func mayGoDown(to value: Scalar) -> Bool {
    minimum.flatMap { order($0, value) }.map { $0 <= 0 } ?? true
  }
}

/// Negative, zero or positive as `left` stands before, at or behind `right`; nil where the two
/// have no order: different kinds, NULL, NaN.
func order(_ left: Scalar, _ right: Scalar) -> Int? {
  switch (left, right) {
  case (.boolean(let a), .boolean(let b)): sign(a ? 1 : 0, b ? 1 : 0)
  case (.integer(let a), .integer(let b)): sign(a, b)
  case (.decimal(let a), .decimal(let b)): sign(a, b)
  case (.integer(let a), .decimal(let b)): sign(Decimal(unscaled: Int128(a), scale: 0), b)
  case (.decimal(let a), .integer(let b)): sign(a, Decimal(unscaled: Int128(b), scale: 0))
  case (.double(let a), .double(let b)): a.isNaN || b.isNaN ? nil : sign(a, b)
  case (.date(let a), .date(let b)): sign(a, b)
  case (.timestamp(let a), .timestamp(let b)): sign(a, b)
  case (.string(let a), .string(let b)): byteOrder(Array(a.utf8), Array(b.utf8))
  case (.binary(let a), .binary(let b)): byteOrder(a, b)
  default: nil
  }
}

private func sign<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
  left < right ? -1 : left == right ? 0 : 1
}

private func byteOrder(_ left: [UInt8], _ right: [UInt8]) -> Int {
  left.lexicographicallyPrecedes(right) ? -1 : left == right ? 0 : 1
}

extension LeafColumn {
  /// The value that a bound's bytes stand for; nil when they are no such value, or when bytes
  /// and values are ordered differently.
  func bound(_ bytes: [UInt8]) -> Scalar? {
    switch conversion {
    case .uuid, .float16, .timeText, .intervalText, .nothing: return nil
    default: if physical == .int96 { return nil }
    }
    if type == .string { return String(validating: bytes, as: UTF8.self).map { .string($0) } }
    if type == .binary { return .binary(bytes) }
    let stored: Column.Values
    if physical == .byteArray || physical == .fixedLengthByteArray {
      stored = .bytes(ByteRuns(offsets: [0, Int32(bytes.count)], bytes: bytes))
    } else {
      let width = physical == .boolean ? 1 : physical == .int32 || physical == .float ? 4 : 8
      guard bytes.count == width else { return nil }
      var number: UInt64 = 0
      for byte in bytes.reversed() { number = number << 8 | UInt64(byte) }
      switch physical {
      case .boolean: stored = .boolean([number != 0])
      case .int32: stored = .int32([Int32(truncatingIfNeeded: number)])
      case .float:
        stored = .double([Double(Float(bitPattern: UInt32(truncatingIfNeeded: number)))])
      case .double: stored = .double([Double(bitPattern: number)])
      default: stored = .int64([Int64(bitPattern: number)])
      }
    }
    guard let values = try? conversion.applied(to: stored) else { return nil }
    let scalar = Column(type, count: 1, values).scalar(at: 0)
    if case .double(let value) = scalar, value.isNaN { return nil }
    return scalar
  }
}
