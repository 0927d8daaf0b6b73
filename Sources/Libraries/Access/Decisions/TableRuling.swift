/// What a policy says of a table to somebody, before it is put into words of SQL.
package enum TableRuling: Sendable {
  /// Nothing is to be seen, by the rule told.
  case denied(rule: String)
  /// The rows that one of `rows` is true for, all when there is none, with these columns.
  case granted(rows: [RowFilter], columns: [ColumnRuling])

  /// What is said of `column`; that it is hidden where the table is.
  package func look(of column: String) -> ColumnRuling.Look {
    guard case .granted(_, let columns) = self else { return .hidden }
    return columns.first { $0.column == column }?.look ?? .hidden
  }
}

/// What a policy says of a column to somebody.
package struct ColumnRuling: Sendable {
  /// How values are to look.
  package enum Look: Hashable, Sendable {
    /// For the role the table has no such column.
    case hidden
    case shown
    case masked(MaskForm)
    /// As they are where one of `shown` is true, else masked where one of `masked` is, nil standing
    /// for all rows; NULL elsewhere.
    case mixed(shown: [RowFilter], masked: [RowFilter]?, MaskForm)
  }

  package let column: String
  package let look: Look
  /// The rule that decided, as people are told of it.
  package let rule: String
}
