import Columnar

/// The values that one part of a key takes: all of them while they are few, then their bounds.
struct KeyBounds {
  private static let valueLimit = 256

  private var values: Set<Scalar>? = []
  private var minimum: Scalar?
  private var maximum: Scalar?

  mutating func add(_ column: Column) {
    for row in 0..<column.count where !column.isNull(row) {
      let value = column.scalar(at: row)
      if minimum.map({ value.order(to: $0) ?? -1 < 0 }) ?? true { minimum = value }
      if maximum.map({ value.order(to: $0) ?? 1 > 0 }) ?? true { maximum = value }
      if case .string(let text) = value, !text.utf8.allSatisfy({ $0 < 0x80 }) {
        // A set takes two spellings of one text for the same; the table does not.
        values = nil
      }
      values?.insert(value)
      if let count = values?.count, count > KeyBounds.valueLimit { values = nil }
    }
  }

  /// Conditions on column `name` that every value meets.
  func predicates(_ name: String) -> [ColumnPredicate] {
    guard let minimum, let maximum else { return [] }
    if case .double = minimum { return [] }
    if let values { return [ColumnPredicate(name, .isIn(values))] }
    return [
      ColumnPredicate(name, .greaterOrEqual(minimum)), ColumnPredicate(name, .lessOrEqual(maximum)),
    ]
  }
}
