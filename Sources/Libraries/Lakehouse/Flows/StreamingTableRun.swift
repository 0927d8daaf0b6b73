import Columnar
import Core
import Delta
import Engine
import Governance

/// Brings a streaming table up to date with what is new in the bronze tables it streams.
struct StreamingTableRun {
  let dataset: Dataset
  let jobs: JobFolder
  let lake: Lake
  let context: QueryContext
  /// Whether the table is made anew from all of bronze.
  let isFullRefresh: Bool
  private let commits: TableCommit

  init(
    _ dataset: Dataset, jobs: JobFolder, lake: Lake, context: QueryContext, isFullRefresh: Bool
  ) {
    self.dataset = dataset
    self.jobs = jobs
    self.lake = lake
    self.context = context
    self.isFullRefresh = isFullRefresh
    commits = TableCommit(lake: lake)
  }

  /// Runs the flows, a commit for each pull; tells of each commit as soon as it is durable.
  func run(_ tell: (CommitReport) throws -> Void) throws {
    for (number, flow) in dataset.flows.enumerated() {
      var isFirst = true
      while true {
        let step = FlowStep(
          flow: flow, isFromStart: isFullRefresh && isFirst,
          replaces: isFullRefresh && isFirst && number == 0)
        guard let report = try run(step) else { break }
        try tell(report)
        isFirst = false
      }
    }
  }

  /// Whether a flow has something to take in.
  func hasWork() throws -> Bool {
    let target = try commits.table(dataset.name).summary()
    return try isFullRefresh || target == nil
      || dataset.flows.contains { try !pull($0, target, isFromStart: false).isEmpty }
  }

  /// One pull of one flow.
  private struct FlowStep {
    let flow: Flow
    let isFromStart: Bool
    /// Whether the pull's rows replace the whole table.
    let replaces: Bool
  }

  private func run(_ step: FlowStep) throws -> CommitReport? {
    let target = try commits.table(dataset.name).summary()
    let pull = try pull(step.flow, target, isFromStart: step.isFromStart)
    guard !pull.isEmpty || target == nil || step.isFromStart else { return nil }
    let catalog = LakeCatalog(lake: lake, jobs: jobs)
    for table in pull.tables { catalog.streams[table.contract.name] = table }
    let runner = QueryRunner(
      catalog: catalog, context: context, views: jobs.views.values.map(\.syntax))
    let result: FlowResult =
      switch step.flow.body {
      case .append(let query):
        try append(
          try runner.plan(query, filling: .streamingTable), step, pull, runner)
      case .autoCDC(let change): try fold(change, step, pull, runner)
      }
    guard let version = result.outcome.newVersion else { return nil }
    return report(version, result, pull, step.flow)
  }

  private func pull(
    _ flow: Flow, _ target: TableSummary?, isFromStart: Bool
  ) throws -> StreamPull {
    let streams = jobs.tables(readBy: flow.readTables).compactMap { jobs.contracts[$0] }
    return try StreamPull(
      streams, flow: "\(dataset.name):\(flow.name)", since: target, isFromStart: isFromStart,
      lake: lake)
  }

  /// What a flow's pull came to.
  private struct FlowResult {
    var outcome: CommitOutcome
    var schema: Schema
    var change: ChangeFacet
    var rules: [CommitReport.RuleResult]
    var plan: LogicalPlan
  }

  private func append(
    _ plan: LogicalPlan, _ step: FlowStep, _ pull: StreamPull, _ runner: QueryRunner
  ) throws -> FlowResult {
    let rows = try JudgedRows(plan, of: dataset, lake: lake, runner)
    let incoming = try rows.table("incoming")
    let own = Array(plan.schema.fields.indices)
    let batches = incoming.batches.map { $0.selecting(own) }
    try setAside(rows.quarantine, step, pull)
    let outcome = try commits.table(dataset.name).update(commits.context("STREAMING UPDATE")) {
      change in
      // Another run may have taken the same pull in since this one began.
      if !step.replaces, pull.isApplied(to: change.snapshot) { return }
      try prepare(&change, plan.schema, step, rows: BatchList(plan.schema, batches))
      if !step.replaces || change.snapshot == nil {
        try change.append(BatchList(plan.schema, batches))
      }
      pull.mark(&change)
    }
    return FlowResult(
      outcome: outcome, schema: plan.schema,
      change: ChangeFacet(inserted: rows.rowCount, quarantined: rows.quarantine.count),
      rules: rows.rules, plan: plan)
  }

  private func fold(
    _ syntax: ChangeFlowSyntax, _ step: FlowStep, _ pull: StreamPull, _ runner: QueryRunner
  ) throws -> FlowResult {
    let source = try ChangeSource(syntax, runner)
    let target = source.target
    let rows = try JudgedRows(
      source.plan, of: dataset, lake: lake, runner,
      requiring: target.keys + [ChangeFold.Name.sequence])
    let incoming = try rows.table("incoming")
    try setAside(rows.quarantine, step, pull)
    let flow = ChangeFlow(target, incoming: incoming, context: context)
    let catalog = LakeCatalog(lake: lake, jobs: nil)
    let memoryTable = lake.table(in: lake.memoryFolder(of: dataset.name))
    let memory = step.replaces ? nil : try memoryTable.snapshot()
    let present = step.replaces ? nil : try catalog.snapshot(of: dataset.name)
    let outcome = try flow.run(
      present: present.map { DeltaProvider(name: "\(dataset.name)", $0) },
      memory: memory.map { DeltaProvider(name: "memory", $0) })
    try remember(outcome, target, memoryTable, step, pull)
    var merged = MergeResult()
    let committed = try commits.table(dataset.name).update(commits.context("MERGE")) { change in
      try prepare(&change, target.schema, step, rows: outcome.upserts.source)
      if step.replaces, change.snapshot != nil {
        merged.inserted = outcome.upserts.rowCount
      } else {
        merged = try change.merge(
          on: target.identity, upserts: outcome.upserts.source,
          deletions: outcome.deletions.source)
      }
      pull.mark(&change)
    }
    return FlowResult(
      outcome: committed, schema: target.schema,
      change: ChangeFacet(
        inserted: merged.inserted, updated: merged.updated, deleted: merged.deleted,
        quarantined: rows.quarantine.count),
      rules: rows.rules, plan: source.plan)
  }

  /// Makes the table, gives it new columns, or replaces its rows by `rows`.
  private func prepare(
    _ change: inout Transaction, _ schema: Schema, _ step: FlowStep, rows: any BatchSource
  ) throws {
    let definition = commits.definition(of: dataset, schema)
    if change.snapshot == nil {
      try change.create(definition)
    } else if step.replaces {
      try change.overwriteAll(rows, as: definition)
    } else {
      try change.evolve(to: schema)
    }
  }

  private func setAside(
    _ quarantine: QuarantineRows, _ step: FlowStep, _ pull: StreamPull
  ) throws {
    try commits.commit(quarantine, of: dataset.name, replacing: step.replaces, pull: pull)
  }

  private func remember(
    _ outcome: ChangeFlow.Outcome, _ target: ChangeTarget, _ memory: Table, _ step: FlowStep,
    _ pull: StreamPull
  ) throws {
    let isEmpty = outcome.remembered.rowCount == 0 && outcome.forgotten.rowCount == 0
    if isEmpty, try !(step.replaces && memory.exists()) { return }
    try memory.update(commits.context("REMEMBER")) { change in
      let definition = TableDefinition(schema: target.memorySchema)
      if change.snapshot == nil { try change.create(definition) }
      if step.replaces {
        try change.overwriteAll(outcome.remembered.source, as: definition)
      } else {
        try change.evolve(to: target.memorySchema)
        _ = try change.merge(
          on: target.memoryKeys, upserts: outcome.remembered.source,
          deletions: outcome.forgotten.source)
      }
      pull.mark(&change)
    }
  }

  private func report(
    _ version: Int64, _ result: FlowResult, _ pull: StreamPull, _ flow: Flow
  ) -> CommitReport {
    let inputs = pull.tables.map { table in
      CommitReport.Input(
        DatasetName("\(table.contract.name)"), version: "\(table.endPosition)",
        rowCount: table.estimatedRowCount)
    }
    return CommitReport(
      table: dataset.name, job: "\(dataset.name)", version: "\(version)", schema: result.schema,
      fileFormat: "delta", change: result.change,
      written: DataSize(rowCount: result.change.inserted + result.change.updated),
      inputs: inputs,
      columns: ColumnEdges.edges(of: result.plan, to: dataset.name, columns: result.schema),
      rules: result.rules, comment: dataset.comment)
  }
}
