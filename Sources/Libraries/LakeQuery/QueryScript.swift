package import Columnar
package import Core
package import Engine

/// Queries that somebody asks, one after the other, SHOW, DESCRIBE and EXPLAIN among them; a
/// temporary view stands for the queries behind it. A mistake in them is `.usage`.
package struct QueryScript {
  private let statements: [Statement]
  private let file: String
  /// The statements as they were asked.
  package let text: String

  /// Reads the statements of `text`; `file` is what faults call it.
  package init(_ text: String, file: String) throws(Fault) {
    self.file = file
    self.text = text
    do {
      statements = try SQLScript.parseQueries(text: text, file: file)
    } catch {
      throw Self.asked(error, in: file)
    }
    guard !statements.isEmpty else {
      throw Fault(.usage, at: Place(file), "there is no query in it", remedy: "write SELECT …")
    }
  }

  /// The tables and views that its statements name, but for its own views; in the order first met.
  package var readTables: [TableName] {
    var own: Set<String> = []
    var found: [TableName] = []
    for statement in statements {
      for name in statement.readTables
      where !own.contains(name.description.lowercased()) && !found.contains(name) {
        found.append(name)
      }
      if case .temporaryView(let view) = statement.kind {
        own.insert(view.name.description.lowercased())
      }
    }
    return found
  }

  /// A mistake in the text is one of who asks, and not of a job file.
  private static func asked(_ fault: Fault, in file: String) -> Fault {
    guard fault.kind == .configuration, fault.place?.file == file else { return fault }
    var fault = fault
    fault.kind = .usage
    return fault
  }

  /// Runs or explains the queries, and gives each one's rows to `take` before it runs the next. All
  /// of them are resolved first, so that a mistake in a later one is told before anything is run.
  /// `take` gives the number of rows back; `resolved` is given the plans of all queries whose rows
  /// are about to be shown.
  package func run(
    over catalog: any Catalog, _ context: QueryContext, views: [ViewSyntax],
    steps: Steps = .silent, resolved: ([LogicalPlan]) throws -> Void = { _ in },
    take: (any BatchSource) throws -> Int
  ) throws {
    do {
      try runAll(over: catalog, context, views: views, steps: steps, resolved, take)
    } catch let fault as Fault {
      throw Self.asked(fault, in: file)
    }
  }

  private func runAll(
    over catalog: any Catalog, _ context: QueryContext, views: [ViewSyntax], steps: Steps,
    _ resolved: ([LogicalPlan]) throws -> Void,
    _ take: (any BatchSource) throws -> Int
  ) throws {
    let planning = steps.begin()
    var views = views
    var results: [() throws -> any BatchSource] = []
    var plans: [LogicalPlan] = []
    let runner = QueryRunner(catalog: catalog, context: context)
    for statement in statements {
      let binder = Binder(catalog: catalog, clock: context.clock, views: views)
      switch statement.kind {
      case .query(let query):
        let plan = try binder.bind(query)
        plans.append(plan)
        results.append { try runner.run(plan) }
      case .explain(let explain):
        let plan = try binder.bind(explain.query)
        results.append {
          try Explanation(clock: context.clock).rows(of: plan, isExtended: explain.isExtended)
        }
      case .listing(let syntax):
        let rows = try Listing(catalog, views, binder).rows(syntax)
        results.append { rows }
      case .temporaryView(let view):
        _ = try binder.bind(view.query)
        views.append(view)
      default: continue
      }
    }
    planning.end(
      "resolved \(results.count) of \(counted(statements.count, "statement")) as queries")
    try resolved(plans)
    for (number, result) in results.enumerated() {
      let step = steps.begin()
      let rowCount = try take(try result())
      step.end("query \(number + 1): \(counted(rowCount, "row"))")
    }
  }
}
