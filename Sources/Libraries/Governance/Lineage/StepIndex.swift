import Synchronization

/// The steps of a graph by the node they begin at, for walks in one direction.
struct StepIndex: Sendable {
  private var steps: [LineageNode: Set<LineageStep>] = [:]
  /// Upstream: the columns that decide over all rows of a dataset.
  private var rowSteps: [DatasetName: Set<LineageStep>] = [:]
  private let direction: LineageGraph.Direction

  init(
    _ derivations: some Sequence<Derivation>, _ direction: LineageGraph.Direction, directOnly: Bool
  ) {
    self.direction = direction
    for derivation in derivations {
      let output = LineageNode(derivation.output)
      for input in Set(derivation.inputs) where input != derivation.output {
        add(LineageStep(LineageNode(input), output, job: derivation.job))
      }
      for edge in derivation.columns where edge.influence.kind.isDirect || !directOnly {
        add(
          LineageStep(
            LineageNode(edge.input, edge.inputColumn),
            LineageNode(edge.output, edge.outputColumn), job: derivation.job,
            influence: edge.influence))
      }
    }
  }

  private mutating func add(_ step: LineageStep) {
    switch direction {
    case .downstream: steps[step.input, default: []].insert(step)
    case .upstream where step.influence != nil && step.output.column == nil:
      rowSteps[step.output.dataset, default: []].insert(step)
    case .upstream: steps[step.output, default: []].insert(step)
    }
  }

  /// The steps that begin at `node`, in a fixed order.
  func next(from node: LineageNode) -> [LineageStep] {
    var found = steps[node] ?? []
    if node.column != nil {
      for var step in rowSteps[node.dataset] ?? [] {
        step.output = node
        found.insert(step)
      }
    }
    return found.sorted { left, right in
      (end(left), left.job, left.influence?.words ?? "")
        < (end(right), right.job, right.influence?.words ?? "")
    }
  }

  private func end(_ step: LineageStep) -> LineageNode {
    direction == .upstream ? step.input : step.output
  }
}

/// The indexes of a graph that does not change any more, each made when it is first asked for: who
/// asks of every table would make as many.
final class StepIndexes: Sendable {
  private struct Key: Hashable {
    let direction: LineageGraph.Direction
    let directOnly: Bool
  }

  private let made = Mutex<[Key: StepIndex]>([:])

  /// That of `derivations`, which are the same at each call.
  func index(
    of derivations: some Sequence<Derivation>, _ direction: LineageGraph.Direction,
    directOnly: Bool
  ) -> StepIndex {
    let key = Key(direction: direction, directOnly: directOnly)
    return made.withLock { made in
      if let index = made[key] { return index }
      let index = StepIndex(derivations, direction, directOnly: directOnly)
      made[key] = index
      return index
    }
  }
}
