/// What one job makes one dataset from: the datasets it reads, and column by column how.
package struct Derivation: Equatable, Sendable {
  package var job: String
  package var inputs: [DatasetName]
  package var output: DatasetName
  package var columns: [ColumnEdge]

  package init(
    job: String, inputs: [DatasetName], output: DatasetName, columns: [ColumnEdge] = []
  ) {
    self.job = job
    self.inputs = inputs
    self.output = output
    self.columns = columns
  }

  /// What `event` says was made: one derivation an output, with all inputs when the event does not
  /// tell the columns, else with those that the columns come from too.
  package static func all(of event: RunEvent) -> [Derivation] {
    event.outputs.map { output in
      let edges = output.facets[ColumnLineageFacet.self]?.edges(to: output.name) ?? []
      return Derivation(
        job: event.job.name, inputs: event.inputs.map(\.name), output: output.name, columns: edges)
    }
  }
}

/// A dataset, or one of its columns.
package struct LineageNode: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var dataset: DatasetName
  package var column: String?

  package init(_ dataset: DatasetName, _ column: String? = nil) {
    self.dataset = dataset
    self.column = column
  }

  /// `silver.sales` or `silver.sales.amount`.
  package var description: String { column.map { "\(dataset).\($0)" } ?? dataset.description }

  package static func < (left: LineageNode, right: LineageNode) -> Bool {
    (left.dataset, left.column ?? "") < (right.dataset, right.column ?? "")
  }
}

/// One step of lineage: a job made `output` with the help of `input`.
package struct LineageStep: Hashable, Sendable {
  package var input: LineageNode
  package var output: LineageNode
  package var job: String
  /// How, for columns; nil between datasets.
  package var influence: Influence?

  package init(
    _ input: LineageNode, _ output: LineageNode, job: String, influence: Influence? = nil
  ) {
    self.input = input
    self.output = output
    self.job = job
    self.influence = influence
  }
}

/// What came from what: datasets and columns, joined by the jobs that made them.
///
/// Of two derivations of one dataset by one job the later counts, so that a graph built from all
/// events in order shows the lake as its jobs make it now.
package struct LineageGraph: Sendable {
  /// Which way to walk.
  package enum Direction: String, Sendable {
    case upstream
    case downstream
  }

  private struct Key: Hashable {
    let job: String
    let output: DatasetName
  }

  private var derivations: [Key: Derivation] = [:]
  /// Of the derivations as they stand: who adds one begins others.
  private var indexes = StepIndexes()

  package init(_ derivations: [Derivation] = []) {
    for derivation in derivations { add(derivation) }
  }

  /// The graph that events tell, the oldest first; runs that did not complete tell nothing.
  package init(events: [RunEvent]) {
    for event in events where event.state == .complete {
      for derivation in Derivation.all(of: event) { add(derivation) }
    }
  }

  /// Adds what a job makes, in place of what was known of the same job and dataset.
  package mutating func add(_ derivation: Derivation) {
    derivations[Key(job: derivation.job, output: derivation.output)] = derivation
    indexes = StepIndexes()
  }

  /// Every dataset that is read or made, sorted.
  package var datasets: [DatasetName] {
    Set(derivations.values.flatMap { $0.inputs + [$0.output] + $0.columns.map(\.input) }).sorted()
  }

  /// The columns of `dataset` that edges name, sorted.
  package func columns(of dataset: DatasetName) -> [String] {
    let names = derivations.values.flatMap(\.columns).flatMap { edge in
      (edge.input == dataset ? [edge.inputColumn] : [])
        + (edge.output == dataset ? [edge.outputColumn].compactMap { $0 } : [])
    }
    return Set(names).sorted()
  }

  /// The node that `text` names: a dataset, or a dataset and a column of it; nil when the graph has
  /// none of that name.
  package func node(named text: String) -> LineageNode? {
    let datasets = datasets
    if let dataset = datasets.first(where: { $0.description == text }) {
      return LineageNode(dataset)
    }
    guard let point = text.lastIndex(of: ".") else { return nil }
    let column = String(text[text.index(after: point)...])
    guard let dataset = datasets.first(where: { $0.description == text[..<point] }),
      columns(of: dataset).contains(column)
    else { return nil }
    return LineageNode(dataset, column)
  }

  /// The steps that lead to (`upstream`) or from (`downstream`) `node`, at most `depth` of them in
  /// a row; a dataset is walked by datasets, a column by columns.
  ///
  /// A column that decides over a dataset's rows (a filter, a join) leads downstream to that
  /// dataset as a whole, and on by datasets; upstream, such columns are among the sources of every
  /// column. With `directOnly`, only steps by which values flow count.
  package func lineage(
    of node: LineageNode, _ direction: Direction, depth: Int = .max, directOnly: Bool = false
  ) -> Lineage {
    let steps = indexes.index(of: derivations.values, direction, directOnly: directOnly)
    var found: [LineageStep] = []
    var seen: Set<LineageNode> = [node]
    var border = [node]
    var distance = 0
    while !border.isEmpty && distance < depth {
      let next = border.flatMap { steps.next(from: $0) }
      var reached: [LineageNode] = []
      for step in next {
        found.append(step)
        let end = direction == .upstream ? step.input : step.output
        if seen.insert(end).inserted { reached.append(end) }
      }
      border = reached
      distance += 1
    }
    return Lineage(root: node, direction: direction, steps: found)
  }

  /// For each dataset that a job makes, the datasets it is made from: in an order in which every
  /// dataset comes after those it is made from, as far as there is one.
  package func dependencies() -> [(output: DatasetName, inputs: [DatasetName])] {
    var inputs: [DatasetName: Set<DatasetName>] = [:]
    for derivation in derivations.values {
      inputs[derivation.output, default: []].formUnion(derivation.inputs)
      inputs[derivation.output]?.remove(derivation.output)
    }
    var ordered: [(output: DatasetName, inputs: [DatasetName])] = []
    var begun: Set<DatasetName> = []
    func visit(_ dataset: DatasetName) {
      guard let needed = inputs[dataset]?.sorted(), begun.insert(dataset).inserted else { return }
      for input in needed { visit(input) }
      ordered.append((dataset, needed))
    }
    for dataset in inputs.keys.sorted() { visit(dataset) }
    return ordered
  }
}
