package import Columnar
package import Core
import Engine
package import Governance
package import LakeJobs
package import LakeQuery
package import Refresh

/// A dataset whose queries are bound: its columns, and what each of them is made from.
package struct BoundDataset: Sendable {
  /// A rule of the dataset and the columns it looks at.
  package struct Rule: Sendable {
    package var expectation: Expectation
    /// Columns of the rows that are judged.
    package var columns: [String]
    /// Columns of the tables behind them.
    package var sources: [LineageNode]
  }

  package let dataset: Dataset
  /// The columns of the table.
  package var schema: Schema
  package var inputs: [LakeTableName]
  package var edges: [ColumnEdge]
  /// How columns are computed, in SQL over columns of the tables behind them.
  package var expressions: [String: String] = [:]
  package var rules: [Rule]
  /// What a store adds that is no value of anybody: numbers, times and marks of its own.
  package var addedColumns: [String] = []

  /// What the graph knows of it.
  package var derivation: Derivation {
    Derivation(
      job: "\(dataset.name)", inputs: inputs.map { DatasetName("\($0)") },
      output: DatasetName("\(dataset.name)"), columns: edges)
  }
}

/// All datasets of a job folder, bound in the order in which they need each other, without a lake.
package struct BoundJobs {
  /// The datasets that could be bound, each after those it reads.
  package private(set) var datasets: [BoundDataset] = []
  /// What is wrong with the others; a dataset that only reads a wrong one is not counted.
  package private(set) var faults: [Fault] = []
  package let catalog: SchemaCatalog
  /// The labels of all columns; nil where the folder labels nothing.
  package private(set) var labels: JobLabels?
  private let runner: QueryRunner

  /// Binds what `workspace` holds. `complete` adds what a store of its own makes of a dataset.
  package init(
    _ workspace: Workspace, complete: (BoundDataset) throws -> BoundDataset = { $0 }
  ) throws {
    let step = workspace.lake.steps.begin()
    let jobs = workspace.jobs
    let catalog = SchemaCatalog(jobs, lake: workspace.lake)
    self.catalog = catalog
    runner = QueryRunner(
      catalog: catalog, context: QueryContext(clock: workspace.lake.clock),
      views: jobs.viewSyntax)
    labels = try JobLabels(jobs)
    var wrong: Set<LakeTableName> = []
    for dataset in jobs.ordered {
      let inputs = jobs.inputs(of: dataset)
      if inputs.contains(where: wrong.contains) {
        wrong.insert(dataset.name)
        continue
      }
      do {
        var parts: [JobLabels.Part] = []
        let bound = try complete(try bind(dataset, inputs, &parts))
        datasets.append(bound)
        catalog.add(dataset.name, bound.schema)
        do {
          try labels?.add(dataset, parts)
          try labels?.checkPublished(dataset, stored: bound.schema.names)
        } catch {
          faults.append(error)
        }
      } catch let fault as Fault {
        faults.append(fault)
        wrong.insert(dataset.name)
      }
    }
    step.end(
      "\(jobs.path): resolved \(datasets.count) of \(counted(jobs.ordered.count, "dataset"))")
  }

  /// The labels of the columns of `table` that have any.
  package func labels(of table: LakeTableName) -> [String: [String]] {
    labels?.labels(of: table) ?? [:]
  }

  /// The columns of `table` that somebody has found to hold nothing of people.
  package func harmlessColumns(of table: LakeTableName) -> [String] {
    labels?.harmlessColumns(of: table) ?? []
  }

  /// The columns that a query of a rule reads, with their tables.
  func sources(of query: QuerySyntax) throws -> [LineageNode] {
    let plan = try runner.plan(query)
    let name = LakeTableName(schema: "", name: "")
    return ColumnEdges.edges(of: plan, to: name, columns: plan.schema)
      .map { LineageNode($0.input, $0.inputColumn) }
  }

  private func bind(
    _ dataset: Dataset, _ inputs: [LakeTableName], _ parts: inout [JobLabels.Part]
  ) throws -> BoundDataset {
    var bound = BoundDataset(
      dataset: dataset, schema: Schema([]), inputs: inputs, edges: [], rules: [])
    switch dataset.body {
    case .materializedView(let query):
      let plan = try runner.binder.bind(query, filling: .materializedView)
      try add(plan, target: plan.schema, to: &bound)
      parts.append((plan, plan.schema))
    case .streamingTable(let flows):
      for flow in flows {
        let plan = try FlowPlan(flow, runner)
        try add(plan.rows, target: plan.schema, to: &bound)
        parts.append((plan.rows, plan.schema))
      }
    }
    try checkPartition(bound)
    return bound
  }

  private func add(
    _ plan: LogicalPlan, target: Schema, to bound: inout BoundDataset
  ) throws {
    let name = bound.dataset.name
    let known = bound.schema.names.map { $0.lowercased() }
    bound.schema.fields += target.fields.filter { !known.contains($0.name.lowercased()) }
    let edges = ColumnEdges.edges(of: plan, to: name, columns: target)
    bound.edges += edges
    let texts = ColumnExpressions(of: plan).texts
    for (field, text) in zip(plan.schema.fields, texts) where target.index(of: field.name) != nil {
      bound.expressions[field.name, default: text] = text
    }
    guard !bound.dataset.expectations.isEmpty else { return }
    let judged = ColumnEdges.edges(of: plan, to: name, columns: plan.schema)
    for expectation in bound.dataset.expectations {
      let rule = try rule(expectation, plan.schema, judged)
      bound.rules.append(rule)
      guard expectation.violation == .quarantine else { continue }
      bound.edges += rule.sources.map { node in
        ColumnEdge(
          from: node.dataset, node.column ?? "", to: DatasetName("\(name)"), nil,
          Influence(.filter))
      }
    }
    bound.edges = bound.edges.withoutRepeats
  }

  private func rule(
    _ expectation: Expectation, _ rows: Schema, _ edges: [ColumnEdge]
  ) throws -> BoundDataset.Rule {
    let syntax = try SQLScript.parseExpression(
      text: expectation.condition, file: expectation.place.file, origin: expectation.place)
    let condition = try runner.binder.bindCondition(syntax, over: rows)
    let columns = condition.columns.sorted().map { rows.fields[$0].name }
    let sources = edges.filter { edge in
      edge.influence.kind.isDirect && edge.outputColumn.map(columns.contains) ?? false
    }
    return BoundDataset.Rule(
      expectation: expectation, columns: columns,
      sources: Set(sources.map { LineageNode($0.input, $0.inputColumn) }).sorted())
  }

  private func checkPartition(_ bound: BoundDataset) throws(Fault) {
    for column in bound.dataset.partitionColumns where bound.schema.index(of: column) == nil {
      throw Fault(
        .configuration, at: bound.dataset.place,
        "'\(bound.dataset.name)' has no column '\(column)' to partition by",
        remedy: Suggestion.remedy(
          for: column, among: bound.schema.names,
          otherwise: "use one of \(bound.schema.names.joined(separator: ", "))"))
    }
  }
}

extension Workspace {
  /// What is wrong with the job files though each of them reads well: names that are not there,
  /// types that do not fit. Needs no lake.
  package func check() throws -> [Fault] { try BoundJobs(self).faults }
}
