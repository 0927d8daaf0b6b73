package import Columnar
package import Core
package import Engine

/// A script of queries, one after the other; a temporary view stands for the queries behind it.
package struct QueryScript {
  private let statements: [Statement]

  /// Reads the statements of `text`; `file` is what faults call it.
  package init(_ text: String, file: String) throws(Fault) {
    statements = try SQLScript.parse(text: text, file: file)
    guard !statements.isEmpty else {
      throw Fault(
        .configuration, at: Place(file), "there is no query in it", remedy: "write SELECT …")
    }
    for statement in statements {
      switch statement.kind {
      case .query, .explain, .temporaryView: continue
      default:
        throw Fault(
          .configuration, at: statement.place, "only queries and temporary views can be run here",
          remedy: "put what makes tables into the job files")
      }
    }
  }

  /// Runs or explains the queries, and gives each one's rows to `take` before it runs the next. All
  /// of them are resolved first, so that a mistake in a later one is told before anything is run.
  /// `take` gives the number of rows back.
  package func run(
    over catalog: any Catalog, _ context: QueryContext, views: [ViewSyntax],
    steps: Steps = .silent, _ take: (any BatchSource) throws -> Int
  ) throws {
    let planning = steps.begin()
    var views = views
    var results: [() throws -> any BatchSource] = []
    let runner = QueryRunner(catalog: catalog, context: context)
    for statement in statements {
      let binder = Binder(catalog: catalog, clock: context.clock, views: views)
      switch statement.kind {
      case .query(let query):
        let plan = try binder.bind(query)
        results.append { try runner.run(plan) }
      case .explain(let explain):
        let plan = try binder.bind(explain.query)
        results.append {
          try Explanation(clock: context.clock).rows(of: plan, isExtended: explain.isExtended)
        }
      case .temporaryView(let view):
        _ = try binder.bind(view.query)
        views.append(view)
      default: continue
      }
    }
    planning.end(
      "resolved \(results.count) of \(counted(statements.count, "statement")) as queries")
    for (number, result) in results.enumerated() {
      let step = steps.begin()
      let rowCount = try take(try result())
      step.end("query \(number + 1): \(counted(rowCount, "row"))")
    }
  }
}
