package import Columnar

extension LogicalPlan {
  /// The value that the column at `position` has in every row of a plan whose constant parts are
  /// computed, as `current_date()` is; nil when rows may differ, or their values are not known
  /// before they are read.
  package func constant(at position: Int) -> Scalar? {
    switch self {
    case .scan, .values, .generate, .setOperation: return nil
    case .filter(let input, _), .sort(let input, _), .limit(let input, _, _):
      return input.constant(at: position)
    case .project(let input, let list):
      return input.constant(of: list[position].expression)
    case .aggregate(let aggregate):
      guard position < aggregate.groups.count, aggregate.groupingSets == nil else { return nil }
      return aggregate.input.constant(of: aggregate.groups[position].expression)
    case .window(let input, _):
      return position < input.columnCount ? input.constant(at: position) : nil
    case .unionAll(let inputs, _):
      let values = Set(inputs.map { $0.constant(at: position) })
      return values.count == 1 ? values.first ?? nil : nil
    case .join(let join):
      if let left = join.position(of: position, ofLeft: true) {
        return join.kind == .right || join.kind == .full ? nil : join.left.constant(at: left)
      }
      guard let right = join.position(of: position, ofLeft: false) else { return nil }
      return join.kind == .left || join.kind == .full ? nil : join.right.constant(at: right)
    }
  }

  /// The value of an expression over the rows of this plan.
  private func constant(of expression: Expression) -> Scalar? {
    switch expression.kind {
    case .literal(let value): return value
    case .column(let position): return constant(at: position)
    default: return nil
    }
  }
}
