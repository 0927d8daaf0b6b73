import Columnar
import Core

/// Gathers the statistics of one data file while its batches pass by.
final class StatisticsCollector {
  /// How many leaf columns get bounds unless the table says otherwise, as with Spark.
  static let standardColumnCount = 32

  private var leaves: [LeafStatistics] = []
  private var rowCount = 0

  /// A collector for files of `schema`; only the first `columnCount` leaves get bounds and NULL
  /// counts (all of them when it is negative).
  init(_ schema: Schema, columnCount: Int) {
    for (position, field) in schema.fields.enumerated() {
      addLeaves(field, path: [field.name], positions: [position])
    }
    if columnCount >= 0, leaves.count > columnCount { leaves.removeLast(leaves.count - columnCount) }
  }

  func append(_ batch: Batch) {
    rowCount += batch.rowCount
    for index in leaves.indices { leaves[index].append(batch) }
  }

  func finish() -> FileStatistics {
    var statistics = FileStatistics(rowCount: rowCount)
    for leaf in leaves { statistics.columns[leaf.path] = leaf.bounds }
    return statistics
  }

  private func addLeaves(_ field: Field, path: [String], positions: [Int]) {
    guard case .structure(let members) = field.type else {
      leaves.append(LeafStatistics(path: path, positions: positions))
      return
    }
    for (position, member) in members.enumerated() {
      addLeaves(member, path: path + [member.name], positions: positions + [position])
    }
  }
}

/// What is known so far of one leaf column.
private struct LeafStatistics {
  let path: [String]
  /// The column's position, then those of the members that lead to the leaf.
  let positions: [Int]
  private var nullCount = 0
  private var minimum: Scalar?
  private var maximum: Scalar?
  /// Set once a NaN was seen: it stands outside every bound.
  private var hasNaN = false

  init(path: [String], positions: [Int]) {
    self.path = path
    self.positions = positions
  }

  var bounds: FileStatistics.ColumnBounds {
    if hasNaN { return FileStatistics.ColumnBounds(nullCount: nullCount) }
    return FileStatistics.ColumnBounds(
      minimum: minimum.map(lowered), maximum: maximum.flatMap(raised), nullCount: nullCount)
  }

  mutating func append(_ batch: Batch) {
    var column = batch.columns[positions[0]]
    var validity = column.validity
    for position in positions.dropFirst() {
      guard case .structure(let members) = column.values else { return }
      column = members[position]
      if let own = column.validity { validity = validity.map { $0 & own } ?? own }
    }
    let nulls = validity.map { column.count - $0.setCount } ?? 0
    nullCount += nulls
    guard nulls < column.count else { return }
    let valid = nulls == 0 ? nil : validity
    if case .double(let values) = column.values {
      hasNaN = hasNaN || values.indices.contains { values[$0].isNaN && valid?[$0] ?? true }
    }
    guard let (least, greatest) = extremes(of: column, valid) else { return }
    if minimum.map({ least.order(to: $0) ?? 0 < 0 }) ?? true { minimum = least }
    if maximum.map({ greatest.order(to: $0) ?? 0 > 0 }) ?? true { maximum = greatest }
  }

  /// A bound at most as long as Spark keeps them.
  private func lowered(_ value: Scalar) -> Scalar {
    guard case .string(let text) = value else { return value }
    let prefix = text.unicodeScalars.prefix(LeafStatistics.boundLength)
    return .string(String(String.UnicodeScalarView(prefix)))
  }

  /// As `lowered`, but not below any text that begins with the same letters; nil when there is no
  /// such bound.
  private func raised(_ value: Scalar) -> Scalar? {
    guard case .string(let text) = value else { return value }
    let scalars = text.unicodeScalars
    let length = LeafStatistics.boundLength
    guard
      var end = scalars.index(scalars.startIndex, offsetBy: length, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return value }
    // What follows the cut must stand below the letter put in its place.
    while end < scalars.endIndex, scalars[end] == LeafStatistics.lastScalar {
      scalars.formIndex(after: &end)
    }
    guard end < scalars.endIndex else { return nil }
    let mark: Unicode.Scalar = scalars[end].value < 0x7F ? "\u{7F}" : LeafStatistics.lastScalar
    return .string(String(scalars[..<end]) + String(Character(mark)))
  }

  private static let boundLength = 32
  private static let lastScalar: Unicode.Scalar = "\u{10FFFF}"
}

/// The least and greatest of the values that are there; nil for types without bounds.
private func extremes(of column: Column, _ valid: Bitmap?) -> (Scalar, Scalar)? {
  switch (column.type, column.values) {
  case (.boolean, _), (.binary, _), (.null, _): return nil
  case (.date, .int32(let values)):
    return extremes(values, valid) { .date(CivilDate(dayNumber: $0)) }
  case (_, .int32(let values)): return extremes(values, valid) { .integer(Int64($0)) }
  case (.timestamp, .int64(let values)):
    return extremes(values, valid) { .timestamp(Timestamp(microseconds: $0)) }
  case (.decimal(_, let scale), .int64(let values)):
    return extremes(values, valid) { .decimal(Decimal(unscaled: Int128($0), scale: scale)) }
  case (_, .int64(let values)): return extremes(values, valid) { .integer($0) }
  case (.decimal(_, let scale), .int128(let values)):
    return extremes(values, valid) { .decimal(Decimal(unscaled: $0, scale: scale)) }
  case (_, .double(let values)): return extremes(values, valid) { .double($0) }
  case (.string, .bytes(let runs)):
    let rows = valid.map { $0.setPositions.map { Int($0) } } ?? Array(0..<column.count)
    return extremes(runs, rows: rows)
  case (.string, .dictionary(let codes, let dictionary)):
    var isUsed = [Bool](repeating: false, count: dictionary.values.count)
    for row in codes.indices where valid?[row] ?? true { isUsed[Int(codes[row])] = true }
    return extremes(dictionary.values, rows: isUsed.indices.filter { isUsed[$0] })
  default: return nil
  }
}

private func extremes<T: Comparable>(
  _ values: [T], _ valid: Bitmap?, _ scalar: (T) -> Scalar
) -> (Scalar, Scalar)? {
  guard let first = valid.map({ bits in values.indices.first { bits[$0] } }) ?? values.indices.first
  else { return nil }
  var least = values[first]
  var greatest = least
  for row in values.indices where valid?[row] ?? true {
    let value = values[row]
    if value < least { least = value }
    if value > greatest { greatest = value }
  }
  return (scalar(least), scalar(greatest))
}

private func extremes(_ runs: ByteRuns, rows: [Int]) -> (Scalar, Scalar)? {
  guard var least = rows.first, var greatest = rows.first else { return nil }
  runs.bytes.withUnsafeBufferPointer { bytes in
    for row in rows.dropFirst() {
      if precedes(runs, bytes, row, least) { least = row }
      if precedes(runs, bytes, greatest, row) { greatest = row }
    }
  }
  return (
    .string(String(decoding: runs[least], as: UTF8.self)),
    .string(String(decoding: runs[greatest], as: UTF8.self))
  )
}

/// Whether value `left` stands before value `right`, byte by byte.
private func precedes(
  _ runs: ByteRuns, _ bytes: UnsafeBufferPointer<UInt8>, _ left: Int, _ right: Int
) -> Bool {
  var first = Int(runs.offsets[left])
  var second = Int(runs.offsets[right])
  let firstEnd = Int(runs.offsets[left + 1])
  let secondEnd = Int(runs.offsets[right + 1])
  while first < firstEnd, second < secondEnd {
    if bytes[first] != bytes[second] { return bytes[first] < bytes[second] }
    first += 1
    second += 1
  }
  return first == firstEnd && second < secondEnd
}
