// Access: who may see which rows and columns, as the policy file of the job folder says.
//
// A policy is read once and asked for a role and a table. What it answers holds for every way to
// that table: the engine, the databases and what tools print.
//
// Begin with `TableAccess`, the answer. It opens no table and knows no database, so that a tool
// that only has to ask starts at once.

/// What a role may see of a table.
package enum TableAccess: Sendable {
  /// Nothing, by the rule told.
  case denied(rule: String)
  /// The rows for which `rowFilter` is true, or all, with these columns.
  case granted(rowFilter: String?, columns: [ColumnAccess])
}

/// What a role may see of a column.
package struct ColumnAccess: Sendable {
  /// How a column's values look.
  package enum Look: Sendable, Equatable {
    /// As they are.
    case shown
    /// As the value of this expression in Spark SQL, over the table's columns.
    case masked(String)
    /// Not at all: for the role the table has no such column.
    case hidden
  }

  package let column: String
  package let look: Look
  /// The rule that decided, as people are told of it.
  package let rule: String

  package init(_ column: String, _ look: Look, rule: String) {
    self.column = column
    self.look = look
    self.rule = rule
  }
}
