package import Core

/// Why a plan's rows differ from run to run though its inputs do not.
package struct Nondeterminism: Hashable, Sendable {
  /// What does it, as it is written.
  package var cause: String
  package var place: Place?
}

extension LogicalPlan {
  /// The first thing that makes the result depend on the run: a function like rand() or uuid(), or
  /// a LIMIT without ORDER BY; nil when there is none. The injected clock counts as an input.
  package var nondeterminism: Nondeterminism? {
    for expression in expressions {
      if let cause = expression.nondeterminism { return cause }
    }
    if case .limit(let input, _, _) = self, !input.isOrdered, !input.givesOneRow {
      return Nondeterminism(cause: "LIMIT without ORDER BY", place: nil)
    }
    for input in inputs {
      if let cause = input.nondeterminism { return cause }
    }
    return nil
  }

  /// Whether the rows come in an order that the query asked for.
  private var isOrdered: Bool {
    switch self {
    case .sort: true
    case .project(let input, _), .filter(let input, _), .limit(let input, _, _): input.isOrdered
    default: false
    }
  }
}

extension Expression {
  fileprivate var nondeterminism: Nondeterminism? {
    if case .call(let function, _) = kind, !function.isDeterministic {
      return Nondeterminism(cause: "\(function.name)()", place: place)
    }
    for child in children {
      if let cause = child.nondeterminism { return cause }
    }
    return nil
  }
}
