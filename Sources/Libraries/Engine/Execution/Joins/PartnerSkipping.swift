import Columnar
import Core

extension LogicalPlan.Join {
  /// So many keys are told to the scans.
  private static let keyLimit = 1_024

  /// The input that is probed, its scans told that only rows with the keys of `batches`, all rows
  /// of the other input, have partners; the input itself where rows without a partner count.
  func skippingPartnerless(
    _ probe: LogicalPlan, partnersOf batches: [Batch], _ probesRight: Bool,
    _ world: EvaluationContext
  ) throws -> LogicalPlan {
    guard kind == .inner || kind == .semi else { return probe }
    var probe = probe
    for equality in equalities where !equality.nullsMatch {
      let (mine, other) =
        probesRight ? (equality.right, equality.left) : (equality.left, equality.right)
      guard let position = mine.columnPosition, !mine.type.isFloating else { continue }
      let evaluator = Evaluator(other, in: world)
      var values: Set<Scalar> = []
      for batch in batches where values.count <= Self.keyLimit {
        for value in try evaluator.evaluate(batch).scalars where !value.isNull {
          values.insert(value)
        }
      }
      if values.count <= Self.keyLimit { probe = probe.skipping(position, .isIn(values)) }
    }
    return probe
  }
}

extension LogicalPlan {
  /// The plan, its scans told that rows whose column at `position` does not meet `condition` will
  /// not count.
  fileprivate func skipping(
    _ position: Int, _ condition: ColumnPredicate.Condition
  ) -> LogicalPlan {
    switch self {
    case .scan(var scan):
      let name = scan.columns[position].name
      guard scan.table.schema.index(of: name) != nil else { return self }
      scan.predicates.append(ColumnPredicate(name, condition))
      return .scan(scan)
    case .filter(let input, _), .sort(let input, _):
      return withInputs([input.skipping(position, condition)])
    case .project(let input, let columns):
      return columns[position].expression.columnPosition.map {
        withInputs([input.skipping($0, condition)])
      } ?? self
    case .generate(let generate) where position < generate.input.columnCount:
      return withInputs([generate.input.skipping(position, condition)])
    case .aggregate(let aggregate)
    where aggregate.groupingSets == nil && position < aggregate.groups.count:
      return aggregate.groups[position].expression.columnPosition.map {
        withInputs([aggregate.input.skipping($0, condition)])
      } ?? self
    case .unionAll(let inputs, _):
      return withInputs(inputs.map { $0.skipping(position, condition) })
    case .join(let join):
      if let left = join.position(of: position, ofLeft: true) {
        guard join.kind != .right, join.kind != .full else { return self }
        return withInputs([join.left.skipping(left, condition), join.right])
      }
      guard let right = join.position(of: position, ofLeft: false),
        join.kind == .inner || join.kind == .cross || join.kind == .right
      else { return self }
      return withInputs([join.left, join.right.skipping(right, condition)])
    default: return self
    }
  }
}
