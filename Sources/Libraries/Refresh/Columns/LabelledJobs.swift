package import Columnar
import Core
import Engine
package import LakeJobs
import LakeQuery

/// The datasets of a job folder, bound as far as one asks for their labels, without a lake.
package final class LabelledJobs {
  /// Which of a dataset's columns stand in its table.
  package typealias Stored = (Dataset, Schema) throws -> [String]?

  private let workspace: Workspace
  private let stored: Stored
  private var labels: JobLabels?
  private var isBegun = false
  private var outcomes: [LakeTableName: Result<Void, Fault>] = [:]
  private lazy var catalog = SchemaCatalog(workspace.jobs, lake: workspace.lake)

  /// `stored` says which columns of a warehouse view are loaded; all, where it gives nil.
  package init(_ workspace: Workspace, stored: @escaping Stored = { _, _ in nil }) {
    self.workspace = workspace
    self.stored = stored
  }

  /// Throws `.configuration` when `dataset` would publish a label and does not say so. What cannot
  /// be told, since a job that it reads from is wrong, stops it only if it is `due`: what stands
  /// has been checked. That it passed is remembered in the lake, unless this `isTrial`, and holds
  /// until a job file changes.
  package func check(_ dataset: Dataset, isDue: Bool, isTrial: Bool = false) throws {
    guard ["gold", "warehouse"].contains(dataset.name.schema) else { return }
    let memory = PublishingMemory(dataset.name, workspace)
    if memory.holds { return }
    try bindAndCheck(dataset, isDue: isDue)
    if !isTrial { memory.keep() }
  }

  private func bindAndCheck(_ dataset: Dataset, isDue: Bool) throws {
    if !isBegun {
      isBegun = true
      labels = try JobLabels(workspace.jobs)
    }
    guard labels != nil else { return }
    for input in order(before: dataset) {
      do {
        try add(input)
      } catch let fault as Fault {
        guard isDue else { return }
        throw Fault(
          .configuration, at: fault.place,
          "what '\(dataset.name)' would publish cannot be told, since it reads '\(input.name)': "
            + fault.problem, remedy: fault.remedy)
      }
    }
    try add(dataset)
    guard let schema = catalog.schema(of: dataset.name) else { return }
    try labels?.checkPublished(dataset, stored: try stored(dataset, schema))
  }

  /// The datasets behind `dataset`, each after those it reads.
  private func order(before dataset: Dataset) -> [Dataset] {
    var reached: Set<LakeTableName> = []
    var left = [dataset]
    while let next = left.popLast() {
      for name in workspace.jobs.inputs(of: next) where reached.insert(name).inserted {
        if let input = workspace.jobs.datasets[name] { left.append(input) }
      }
    }
    return workspace.jobs.ordered.filter { reached.contains($0.name) }
  }

  private func add(_ dataset: Dataset) throws {
    if let outcome = outcomes[dataset.name] { return try outcome.get() }
    do {
      try bind(dataset)
      outcomes[dataset.name] = .success(())
    } catch let fault as Fault {
      outcomes[dataset.name] = .failure(fault)
      throw fault
    }
  }

  private func bind(_ dataset: Dataset) throws {
    let runner = QueryRunner(
      catalog: catalog, context: QueryContext(clock: workspace.lake.clock),
      views: workspace.jobs.viewSyntax)
    var parts: [JobLabels.Part] = []
    switch dataset.body {
    case .materializedView(let query):
      let plan = try runner.plan(query, filling: .materializedView)
      parts.append((plan, plan.schema))
    case .streamingTable(let flows):
      for flow in flows {
        let plan = try FlowPlan(flow, runner)
        parts.append((plan.rows, plan.schema))
      }
    }
    var fields: [Field] = []
    for part in parts {
      fields += part.target.fields.filter { Schema(fields).index(of: $0.name) == nil }
    }
    catalog.add(dataset.name, Schema(fields))
    try labels?.add(dataset, parts)
  }
}
