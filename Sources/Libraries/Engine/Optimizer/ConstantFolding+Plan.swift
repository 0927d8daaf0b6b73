extension ConstantFolding {
  /// The plan with its constant parts computed.
  package func apply(_ plan: LogicalPlan) -> LogicalPlan {
    plan.withInputs(plan.inputs.map(apply)).rewritingExpressions(fold)
  }
}
