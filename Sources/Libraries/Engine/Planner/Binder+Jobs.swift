import Core

/// What a job's query fills.
package enum FlowTarget: Sendable {
  case streamingTable
  case materializedView
}

extension Binder {
  /// The plan of a job's query, held to what a job may be: a streaming table takes a stream, a
  /// materialized view takes none, and the rows do not depend on the run.
  package func bind(_ query: QuerySyntax, filling target: FlowTarget) throws -> LogicalPlan {
    try checked(try bind(query), target, at: query.place)
  }

  /// The same for the source of an AUTO CDC flow.
  package func bind(_ relation: RelationSyntax, filling target: FlowTarget) throws -> LogicalPlan {
    try checked(try bind(relation), target, at: relation.place)
  }

  private func checked(
    _ plan: LogicalPlan, _ target: FlowTarget, at place: Place
  ) throws -> LogicalPlan {
    switch (target, plan.isStreaming) {
    case (.streamingTable, false):
      throw Fault(
        .configuration, at: place, "a streaming table is filled by a query that reads no stream",
        remedy: "read STREAM(a table), or make it a materialized view")
    case (.materializedView, true):
      throw Fault(
        .configuration, at: place, "a materialized view reads a stream",
        remedy: "read the table without STREAM, or make it a streaming table")
    default: break
    }
    if let cause = plan.nondeterminism {
      throw Fault(
        .configuration, at: cause.place ?? place,
        "the rows depend on the run by \(cause.cause)",
        remedy: cause.place == nil
          ? "add an ORDER BY that leaves no ties" : "derive the value from the data")
    }
    return plan
  }
}
