import Columnar
import Core

/// Which files cannot hold a row that meets the predicates.
struct DataSkipping {
  private let predicates: [(predicate: ColumnPredicate, column: Int)]
  private let snapshot: Snapshot
  private let physical: Schema
  private let isPartition: [Bool]

  init(_ snapshot: Snapshot, _ predicates: [ColumnPredicate]) {
    self.snapshot = snapshot
    physical = snapshot.columnNames.physical
    let partitions = Set(snapshot.partitionColumns.compactMap { snapshot.schema.index(of: $0) })
    isPartition = snapshot.schema.fields.indices.map(partitions.contains)
    // Of sealed columns files tell nothing, not even what is NULL: persons may have been erased.
    self.predicates = predicates.compactMap { predicate in
      guard let index = snapshot.schema.index(of: predicate.column),
        snapshot.schema.fields[index].seal == nil
      else { return nil }
      return (predicate, index)
    }
  }

  /// Whether `file` may hold rows that meet all predicates.
  func keeps(_ file: AddedFile) -> Bool {
    guard !predicates.isEmpty else { return true }
    return partitionMayHold(file) && statisticsMayHold(file)
  }

  /// Whether the partition of `file` may hold such rows.
  func partitionMayHold(_ file: AddedFile) -> Bool {
    for (predicate, column) in predicates where isPartition[column] {
      let text = file.partitionValues[physical.fields[column].name] ?? nil
      guard let value = PartitionValue.decode(text, as: physical.fields[column].type) else {
        continue
      }
      if !predicate.condition.holds(for: value) { return false }
    }
    return true
  }

  private func statisticsMayHold(_ file: AddedFile) -> Bool {
    guard predicates.contains(where: { !isPartition[$0.column] }),
      let text = file.statisticsText,
      let statistics = FileStatistics(text: text, schema: askedColumns)
    else { return true }
    return predicates.allSatisfy { predicate, column in
      guard !isPartition[column], let bounds = statistics.columns[[physical.fields[column].name]]
      else { return true }
      return predicate.condition.mayHold(within: bounds, rowCount: statistics.rowCount)
    }
  }

  private var askedColumns: Schema { physical.selecting(Set(predicates.map(\.column)).sorted()) }
}

extension ColumnPredicate.Condition {
  /// Whether the condition is true of `value`; also true when the two cannot be compared.
  func holds(for value: Scalar) -> Bool {
    switch self {
    case .isNull: return value.isNull
    case .isNotNull: return !value.isNull
    default:
      if value.isNull { return false }
      let bounds = FileStatistics.ColumnBounds(minimum: value, maximum: value, nullCount: 0)
      return mayHold(within: bounds, rowCount: 1)
    }
  }

  /// Whether the condition may be true of some value of a column with `bounds`.
  func mayHold(within bounds: FileStatistics.ColumnBounds, rowCount: Int?) -> Bool {
    if case .isNull = self { return bounds.nullCount != 0 }
    // Every other condition fails on NULL.
    if let nulls = bounds.nullCount, let rowCount, nulls >= rowCount { return false }
    switch self {
    case .isNull, .isNotNull: return true
    case .equal(let value): return bounds.mayHold(value)
    case .isIn(let values): return values.contains { bounds.mayHold($0) }
    case .less(let value): return bounds.minimum.map { $0.order(to: value) ?? -1 < 0 } ?? true
    case .lessOrEqual(let value):
      return bounds.minimum.map { $0.order(to: value) ?? 0 <= 0 } ?? true
    case .greater(let value): return bounds.maximum.map { $0.order(to: value) ?? 1 > 0 } ?? true
    case .greaterOrEqual(let value):
      return bounds.maximum.map { $0.order(to: value) ?? 0 >= 0 } ?? true
    }
  }
}

extension FileStatistics.ColumnBounds {
  /// Whether `value` may lie between the bounds.
  func mayHold(_ value: Scalar) -> Bool {
    if value.isNull { return false }
    if let minimum, let order = minimum.order(to: value), order > 0 { return false }
    if let maximum, let order = maximum.order(to: value), order < 0 { return false }
    return true
  }
}

extension Scalar {
  /// Negative, zero or positive as this value stands before, beside or after `other`; nil when the
  /// two are of different kinds or have no order (NaN, NULL).
  func order(to other: Scalar) -> Int? {
    switch (self, other) {
    case (.boolean(let left), .boolean(let right)): return (left ? 1 : 0) - (right ? 1 : 0)
    case (.integer(let left), .integer(let right)): return sign(left, right)
    case (.decimal(let left), .decimal(let right)): return sign(left, right)
    case (.integer(let left), .decimal(let right)):
      return sign(Decimal(unscaled: Int128(left), scale: 0), right)
    case (.decimal(let left), .integer(let right)):
      return sign(left, Decimal(unscaled: Int128(right), scale: 0))
    case (.double(let left), .double(let right)):
      return left.isNaN || right.isNaN ? nil : sign(left, right)
    case (.string(let left), .string(let right)):
      // By bytes: two spellings of one text are two values.
      if left.utf8.elementsEqual(right.utf8) { return 0 }
      return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    case (.binary(let left), .binary(let right)):
      if left == right { return 0 }
      return left.lexicographicallyPrecedes(right) ? -1 : 1
    case (.date(let left), .date(let right)): return sign(left, right)
    case (.timestamp(let left), .timestamp(let right)): return sign(left, right)
    case (.date(let left), .timestamp(let right)):
      return Timestamp(left).map { sign($0, right) }
    case (.timestamp(let left), .date(let right)):
      return Timestamp(right).map { sign(left, $0) }
    default: return nil
    }
  }

  private func sign<T: Comparable>(_ left: T, _ right: T) -> Int {
    left < right ? -1 : left == right ? 0 : 1
  }
}
