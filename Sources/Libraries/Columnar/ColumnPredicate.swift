/// A condition on one column that partition values and statistics can judge: what a scan may skip.
/// A list of them means all must hold. Skipping is a favour: rows that fail may still come.
package struct ColumnPredicate: Hashable, Sendable {
  /// What must be true of the column's value.
  /// How the column's value must stand to given ones.
  package enum Condition: Hashable, Sendable {
    case equal(Scalar)
    case less(Scalar)
    case lessOrEqual(Scalar)
    case greater(Scalar)
    case greaterOrEqual(Scalar)
    case isIn(Set<Scalar>)
    case isNull
    case isNotNull
  }

  /// The column's name in the table's schema.
  package var column: String
  package var condition: Condition

  package init(_ column: String, _ condition: Condition) {
    self.column = column
    self.condition = condition
  }
}
