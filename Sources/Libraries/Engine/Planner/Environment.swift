import Columnar

/// What a query can see beside its own FROM: common tables, and the columns of a query around it.
struct Environment {
  var commonTables: [String: CommonTable] = [:]
  /// The enclosing query's columns, for a correlated subquery.
  var outer: Scope?

  /// The environment of a subquery that stands in an expression over `scope`.
  func within(_ scope: Scope) -> Environment {
    var copy = self
    copy.outer = scope
    return copy
  }

  /// The environment of a common table: the same wherever it is named.
  var withoutOuter: Environment {
    var copy = self
    copy.outer = nil
    return copy
  }
}

/// A common table and its rows.
struct CommonTable {
  var syntax: CommonTableSyntax
  var plan: LogicalPlan
  let size: TreeSize

  init(syntax: CommonTableSyntax, plan: LogicalPlan) {
    self.syntax = syntax
    self.plan = plan
    size = plan.size
  }
}

/// A relation that is bound: its rows and the names of its columns.
struct BoundRelation {
  var plan: LogicalPlan
  var scope: Scope

  /// The columns of a plan under one name.
  init(_ plan: LogicalPlan, qualifier: [String]) {
    self.plan = plan
    scope = Scope(plan.schema, qualifier: qualifier)
  }

  init(_ plan: LogicalPlan, _ scope: Scope) {
    self.plan = plan
    self.scope = scope
  }
}
