package import Core

/// Rewrites plans into equal ones that cost less. Each rewrite stands in a file of its own.
package struct Optimizer: Sendable {
  private let clock: Clock

  package init(clock: Clock) { self.clock = clock }

  /// The plan after all rewrites; same columns, same rows.
  package func optimize(_ plan: LogicalPlan) -> LogicalPlan {
    var result = ConstantFolding(clock: clock).apply(plan)
    result = FilterSimplification.apply(result)
    result = ProjectionMerging.apply(result)
    result = PredicatePushdown.apply(result)
    result = FilterSimplification.apply(result)
    result = ProjectionPruning.apply(result)
    result = ProjectionMerging.apply(result)
    return ScanPredicates.apply(result)
  }
}
