package import Core

/// Rewrites plans into equal ones that cost less. Each rewrite stands in a file of its own.
package struct Optimizer: Sendable {
  /// One kind of rewrite, called like its file.
  package enum Rewrite: String, CaseIterable, Sendable {
    case constantFolding = "ConstantFolding"
    case filterSimplification = "FilterSimplification"
    case projectionMerging = "ProjectionMerging"
    case sharedConditions = "SharedConditions"
    case predicatePushdown = "PredicatePushdown"
    case joinOrder = "JoinOrder"
    case projectionPruning = "ProjectionPruning"
    case scanPredicates = "ScanPredicates"
  }

  /// The rewrites in the order they are made: some leave work to one that was made before.
  package static let rewrites: [Rewrite] = [
    .constantFolding, .filterSimplification, .projectionMerging, .sharedConditions,
    .predicatePushdown, .joinOrder, .filterSimplification, .projectionPruning, .projectionMerging,
    .scanPredicates,
  ]

  private let clock: Clock

  package init(clock: Clock) { self.clock = clock }

  /// The plan after all rewrites; same columns, same rows.
  package func optimize(_ plan: LogicalPlan) -> LogicalPlan {
    Optimizer.rewrites.reduce(plan) { apply($1, to: $0) }
  }

  /// The plan after one rewrite.
  package func apply(_ rewrite: Rewrite, to plan: LogicalPlan) -> LogicalPlan {
    switch rewrite {
    case .constantFolding: ConstantFolding(clock: clock).apply(plan)
    case .filterSimplification: FilterSimplification.apply(plan)
    case .projectionMerging: ProjectionMerging.apply(plan)
    case .sharedConditions: SharedConditions.apply(plan)
    case .predicatePushdown: PredicatePushdown.apply(plan)
    case .joinOrder: JoinOrder.apply(plan)
    case .projectionPruning: ProjectionPruning.apply(plan)
    case .scanPredicates: ScanPredicates.apply(plan)
    }
  }
}
