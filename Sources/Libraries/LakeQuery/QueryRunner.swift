package import Columnar
import Core
package import Engine

/// Plans and runs queries over a catalog, with the job files' views in reach.
package struct QueryRunner {
  package let catalog: any Catalog
  package let context: QueryContext
  package let views: [ViewSyntax]

  package init(catalog: any Catalog, context: QueryContext, views: [ViewSyntax] = []) {
    self.catalog = catalog
    self.context = context
    self.views = views
  }

  /// The plan of a query, names and types resolved.
  package func plan(_ query: QuerySyntax) throws -> LogicalPlan {
    try binder.bind(query)
  }

  /// The plan of a query whose rows fill a dataset, held to the rules of such queries.
  package func plan(_ query: QuerySyntax, filling target: FlowTarget) throws -> LogicalPlan {
    try binder.bind(query, filling: target)
  }

  package var binder: Binder { Binder(catalog: catalog, clock: context.clock, views: views) }

  /// The plan of a query of ours; `name` is what faults call it.
  package func plan(sql: String, name: String) throws -> LogicalPlan {
    try plan(try SQLScript.parseQuery(text: sql, file: name))
  }

  /// The rows of a plan, made as they are pulled.
  package func run(_ plan: LogicalPlan) throws -> any BatchSource {
    try Executor(context: context).execute(Optimizer(clock: context.clock).optimize(plan))
  }

  /// All rows of a query of ours, in memory.
  package func table(_ sql: String, name: String) throws -> BatchTable {
    let source = try run(try plan(sql: sql, name: name))
    var batches: [Batch] = []
    while let batch = try source.next() { batches.append(batch.compacted()) }
    return BatchTable(name, source.schema, batches)
  }
}

/// A catalog of a few named tables, such as those a fold works on.
package final class NamedTables: Catalog {
  private var tables: [String: any TableProvider] = [:]

  package init(_ tables: [any TableProvider] = []) {
    for table in tables { add(table) }
  }

  /// Puts a table in the catalog under its own name, in place of one it had.
  package func add(_ table: any TableProvider) { tables[table.name.lowercased()] = table }

  package func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    tables[name.description.lowercased()]
  }

  package var tableNames: [String] { tables.keys.sorted() }
}
