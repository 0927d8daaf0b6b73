import Columnar
import Core
import Delta

/// What the log says of the values of a table's columns: how many are NULL, and where labels allow
/// that values are shown, the least and the greatest.
struct ColumnStatistics {
  /// Statistics of more files are not read for a page.
  private static let mostFiles = 2_000

  private let snapshot: Snapshot
  private let sensitivity: any SensitivityBook

  init(of snapshot: Snapshot, _ sensitivity: any SensitivityBook) {
    self.snapshot = snapshot
    self.sensitivity = sensitivity
  }

  func add(to entry: inout CatalogEntry) {
    guard snapshot.files.count <= Self.mostFiles, let bounds else { return }
    for index in entry.columns.indices {
      let physical = snapshot.physicalName(of: entry.columns[index].name)
      guard let found = bounds[physical] else { continue }
      var statistics = CatalogColumn.Statistics(nullCount: found.nullCount)
      if sensitivity.labels(of: entry.name, entry.columns[index].name).showsValues {
        statistics.least = found.minimum.map(Self.text)
        statistics.greatest = found.maximum.map(Self.text)
      }
      entry.columns[index].statistics = statistics
    }
  }

  /// By column; what one file does not tell is not known of the table. nil when a file has none.
  private var bounds: [String: FileStatistics.ColumnBounds]? {
    var joined: [String: FileStatistics.ColumnBounds]?
    for file in snapshot.files {
      guard let text = file.statisticsText,
        let statistics = FileStatistics(text: text, schema: snapshot.physicalSchema)
      else { return nil }
      var found: [String: FileStatistics.ColumnBounds] = [:]
      for (path, bounds) in statistics.columns where path.count == 1 { found[path[0]] = bounds }
      // Where rows are marked as gone, bounds may be theirs, and NULLs too, if there are any.
      if file.deletionVector != nil {
        found = found.mapValues { .init(nullCount: $0.nullCount == 0 ? 0 : nil) }
      }
      joined = joined.map { Self.joined($0, found) } ?? found
    }
    return joined
  }

  private static func joined(
    _ left: [String: FileStatistics.ColumnBounds], _ right: [String: FileStatistics.ColumnBounds]
  ) -> [String: FileStatistics.ColumnBounds] {
    left.reduce(into: [:]) { joined, entry in
      guard let other = right[entry.key] else { return }
      joined[entry.key] = FileStatistics.ColumnBounds(
        minimum: both(entry.value.minimum, other.minimum) { isLess($0, $1) ? $0 : $1 },
        maximum: both(entry.value.maximum, other.maximum) { isLess($0, $1) ? $1 : $0 },
        nullCount: both(entry.value.nullCount, other.nullCount) { $0.saturatingAdd($1) })
    }
  }

  private static func both<Value>(
    _ left: Value?, _ right: Value?, _ join: (Value, Value) -> Value
  ) -> Value? {
    guard let left, let right else { return nil }
    return join(left, right)
  }

  private static func isLess(_ left: Scalar, _ right: Scalar) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left < right
    case (.double(let left), .double(let right)): left < right
    case (.decimal(let left), .decimal(let right)): left < right
    case (.date(let left), .date(let right)): left < right
    case (.timestamp(let left), .timestamp(let right)): left < right
    case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    default: false
    }
  }

  /// A value as a person reads it.
  static func text(_ value: Scalar) -> String {
    switch value {
    case .null: "NULL"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .double(let value): "\(value)"
    case .decimal(let value): "\(value)"
    case .string(let value): value
    case .date(let value): "\(value)"
    case .timestamp(let value): "\(value)"
    case .binary(let bytes): "\(counted(bytes.count, "byte"))"
    case .list(let values): "[\(values.map(text).joined(separator: ", "))]"
    case .structure(let values): "{\(values.map(text).joined(separator: ", "))}"
    }
  }
}
