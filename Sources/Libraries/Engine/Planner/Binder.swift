package import Columnar
package import Core

/// Turns syntax into plans: names become columns, types are settled, subqueries become joins.
///
/// To run a query: `SQLScript.parseQuery(text:file:)`, `Binder(catalog:clock:views:).bind(query)`,
/// `Optimizer(clock:).optimize(plan)`, then execute the plan. To judge rows by a rule:
/// `bindCondition(_:over:)` with the schema of the rows. Every fault is of kind configuration and
/// says where in the text.
package struct Binder {
  private let catalog: any Catalog
  private let clock: Clock
  private let views: [String: ViewSyntax]

  /// `views` are the temporary views that queries may name.
  package init(catalog: any Catalog, clock: Clock, views: [ViewSyntax] = []) {
    self.catalog = catalog
    self.clock = clock
    self.views = Dictionary(
      views.map { ($0.name.description.lowercased(), $0) }, uniquingKeysWith: { $1 })
  }

  /// The plan of a query.
  package func bind(_ query: QuerySyntax) throws -> LogicalPlan {
    try binder.bind(query, Environment())
  }

  /// The rows of a relation by itself, e.g. an AUTO CDC flow's source.
  package func bind(_ relation: RelationSyntax) throws -> LogicalPlan {
    try binder.relation(relation, Environment()).plan
  }

  /// The rows of a table or view by its name.
  package func bind(_ table: TableReferenceSyntax) throws -> LogicalPlan {
    try bind(RelationSyntax(.table(table), place: table.place))
  }

  /// An expression over the columns of `schema`, also under `qualifier` (a table's name).
  package func bindExpression(
    _ syntax: ExpressionSyntax, over schema: Schema, qualifier: [String] = []
  ) throws -> Expression {
    try expressions(over: schema, qualifier).bind(syntax)
  }

  /// A condition over the columns of `schema`: a rule, a flow's APPLY AS DELETE WHEN.
  package func bindCondition(
    _ syntax: ExpressionSyntax, over schema: Schema, qualifier: [String] = []
  ) throws -> Expression {
    try expressions(over: schema, qualifier).bindCondition(syntax)
  }

  private var binder: QueryBinder { QueryBinder(catalog: catalog, clock: clock, views: views) }

  private func expressions(over schema: Schema, _ qualifier: [String]) -> ExpressionBinder {
    let expressions = ExpressionBinder(
      binder, Environment(), Scope(schema, qualifier: qualifier))
    expressions.clause = .alone
    return expressions
  }
}
