/// What the columns of a table say of persons; names in lower case.
struct RowRoles: Sendable, Equatable {
  /// Columns that hold a person's key.
  var keys: Set<String>
  /// Columns whose values go with the person of their row.
  var personal: Set<String>
}
