import Bronze
import Columnar
import Core
import Delta
import Engine
import Governance
import LakeJobs
import LakeQuery
import TableKeys

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
  ///
  /// What a flow sets aside stands in the quarantine before its other rows stand in the table: who
  /// reads while this runs, or after it died, may find rows of the refresh before besides, and none
  /// missing.
  func run(_ tell: (CommitReport) throws -> Void) throws {
    let getsColumns = try hasNewColumns()
    var hasCommitted = false
    try settleQuarantine { $0.isAhead(of: $1) }
    for (number, flow) in dataset.flows.enumerated() {
      for isReplay in [false, true] {
        var isFirst = true
        while true {
          let step = FlowStep(
            flow: flow, isFromStart: isFullRefresh && isFirst,
            replaces: isFullRefresh && isFirst && number == 0 && !isReplay, isReplay: isReplay)
          guard let report = try run(step) else { break }
          try tell(report)
          isFirst = false
          hasCommitted = true
        }
      }
    }
    if getsColumns, !hasCommitted { try takeColumns() }
    try settleQuarantine { $0.isOutdated(in: $1) }
  }

  private var steps: StreamSteps { StreamSteps(dataset: dataset, steps: lake.steps) }

  private var columns: JobColumns {
    JobColumns(dataset: dataset, jobs: jobs, lake: lake, context: context)
  }

  /// Whether the job asks for columns that the table has yet to get; a refresh makes its own. Quick
  /// where the table was last written by the job file as it is.
  private func hasNewColumns() throws -> Bool {
    let table = commits.table(dataset.name)
    guard !isFullRefresh, let target = try table.summary(),
      target.properties[TableCommit.planProperty] != dataset.digest,
      let snapshot = try table.snapshot()
    else { return false }
    return try columns.areNew(in: snapshot)
  }

  /// Gives the table the job's columns where no row came that brought them: who reads the table
  /// need not wait for one.
  private func takeColumns() throws {
    let schema = try columns.schema()
    try commits.table(dataset.name).update(commits.context("ADD COLUMNS")) { change in
      try change.evolve(to: schema)
      change.setProperties([TableCommit.planProperty: dataset.digest])
    }
  }

  private func settleQuarantine(
    _ isDropped: (QuarantineStamp, TableSummary?) -> Bool
  ) throws {
    let target = try commits.table(dataset.name).summary()
    try commits.settle(quarantineOf: dataset.name) { isDropped($0, target) }
  }

  /// Whether a flow has something to take in.
  func hasWork() throws -> Bool {
    let target = try commits.table(dataset.name).summary()
    return try isFullRefresh || target == nil || hasNewColumns()
      || dataset.flows.contains { flow in
        try [false, true].contains { isReplay in
          let step = FlowStep(flow: flow, isReplay: isReplay)
          return try !microBatch(step, target).isEmpty
        }
      }
  }

  /// One micro-batch of one flow.
  private struct FlowStep {
    let flow: Flow
    var isFromStart = false
    /// Whether the micro-batch's rows replace the whole table.
    var replaces = false
    /// Whether it takes what is to be read once more, not what is new.
    var isReplay = false
  }

  private func run(_ step: FlowStep) throws -> CommitReport? {
    let target = try commits.table(dataset.name).summary()
    let microBatch = try microBatch(step, target)
    steps.tell(microBatch, of: step.flow)
    guard !microBatch.isEmpty || !step.isReplay && (target == nil || step.isFromStart) else {
      return nil
    }
    let time = lake.steps.begin()
    let streams = microBatch.tables
    let catalog = LakeCatalog(lake: lake, jobs: jobs)
    for stream in streams { catalog.streams[stream.contract.name] = stream }
    let runner = QueryRunner(
      catalog: catalog, context: context, views: jobs.views.values.map(\.syntax))
    let result: FlowResult =
      switch step.flow.body {
      case .append(let query):
        try append(
          try runner.plan(query, filling: .streamingTable), step, microBatch, streams, runner)
      case .autoCDC(let change): try fold(change, step, microBatch, streams, runner)
      }
    steps.tell(result.rules)
    time.end(
      "\(dataset.name): \(result.outcome.words): \(result.change.inserted) inserted, "
        + "\(result.change.updated) updated, \(result.change.deleted) deleted, "
        + "\(result.change.quarantined) set aside")
    guard let version = result.outcome.newVersion else { return nil }
    return report(version, result, microBatch, step.flow)
  }

  private func microBatch(_ step: FlowStep, _ target: TableSummary?) throws -> MicroBatch {
    let streams = jobs.tables(readBy: step.flow.readTables).compactMap { jobs.contracts[$0] }
    return try MicroBatch(
      streams, of: step.flow.name, into: dataset.name, since: target,
      isFromStart: step.isFromStart, isReplay: step.isReplay, lake: lake)
  }

  /// Which rows of their lines a step takes; nil when all.
  private func replayed(_ step: FlowStep, _ microBatch: MicroBatch) throws -> ReplayedRows? {
    var replays = step
    replays.isReplay = true
    replays.isFromStart = true
    return try ReplayedRows(microBatch, replays: try self.microBatch(replays, nil))
  }

  /// What a flow's micro-batch came to.
  private struct FlowResult {
    var outcome: CommitOutcome
    var schema: Schema
    var plan: LogicalPlan
    var change = ChangeFacet()
    var rules: [CommitReport.RuleResult] = []
  }

  private func append(
    _ plan: LogicalPlan, _ step: FlowStep, _ microBatch: MicroBatch, _ streams: [BronzeTable],
    _ runner: QueryRunner
  ) throws -> FlowResult {
    var result = FlowResult(outcome: .unchanged(version: nil), schema: plan.schema, plan: plan)
    result.outcome = try commits.table(dataset.name).update(commits.context("STREAMING UPDATE")) {
      change in
      // Another run may have taken the same micro-batch in since this one began.
      if !step.replaces, microBatch.isApplied(to: change.snapshot) { return }
      let rows = try CheckedRows(
        plan, of: dataset, flow: step.flow.name, lake: lake, runner, streams: streams,
        replayed: replayed(step, microBatch), isReplay: step.isReplay)
      let schema = dataset.flows.count == 1 ? plan.schema : try columns.schema()
      try change.take(
        rows, as: commits.definition(of: dataset, schema), replacesAll: step.replaces)
      try setAside(rows.quarantine, step, microBatch, into: change.snapshot)
      microBatch.mark(&change, replaces: step.replaces)
      result.change = ChangeFacet(
        inserted: rows.rowCount, quarantined: rows.quarantine.count,
        read: rows.rowCount + rows.quarantine.count, duplicates: 0)
      result.rules = rows.rules
    }
    return result
  }

  private func fold(
    _ syntax: ChangeFlowSyntax, _ step: FlowStep, _ microBatch: MicroBatch,
    _ streams: [BronzeTable],
    _ runner: QueryRunner
  ) throws -> FlowResult {
    let source = try ChangeSource(syntax, runner)
    let target = source.target
    let table = commits.table(dataset.name)
    let refreshCount =
      QuarantineStamp.refreshCount(of: try table.summary()) + (step.replaces ? 1 : 0)
    let intake = ChangeApplication(
      target: target, definition: commits.definition(of: dataset, target.schema),
      replaces: step.replaces, microBatch: microBatch,
      index: KeyIndex(table, columns: target.keys, scratchFolder: context.spillDirectory),
      auxiliary: AuxiliaryTable(
        table: lake.table(
          in: lake.auxiliaryFolder(of: dataset.name, refreshCount: refreshCount)), target: target,
        commitContext: commits.context("REMEMBER")),
      context: context, limits: NewKeyChanges.Limits(memoryLimit: context.memoryLimit))
    var result = FlowResult(
      outcome: .unchanged(version: nil), schema: target.schema, plan: source.plan)
    var taken = ChangeApplication.Outcome()
    result.outcome = try table.update(commits.context("MERGE")) { change in
      // Another run may have taken the same micro-batch in since this one began.
      if !step.replaces, microBatch.isApplied(to: change.snapshot) { return }
      let rows = try CheckedRows(
        source.plan, of: dataset, flow: step.flow.name, lake: lake, runner,
        requiring: target.keys + [FoldQueries.Name.sequence], keys: target.keys, streams: streams,
        replayed: replayed(step, microBatch), isReplay: step.isReplay)
      let base = change.snapshot
      taken = try intake.stage(rows, in: &change) {
        try setAside(rows.quarantine, step, microBatch, into: base)
      }
      steps.tell(taken)
      result.change = Self.change(taken.merged, rows, isHistory: target.isHistory)
      result.rules = rows.rules
    }
    if let version = result.outcome.newVersion { intake.record(taken, as: version) }
    return result
  }

  /// What a fold did. In a history one change may write several versions, so that nothing can be
  /// said of those that wrote none.
  private static func change(
    _ merged: MergeResult, _ rows: CheckedRows, isHistory: Bool
  ) -> ChangeFacet {
    let written = merged.inserted + merged.updated + merged.deleted
    return ChangeFacet(
      inserted: merged.inserted, updated: merged.updated, deleted: merged.deleted,
      quarantined: rows.quarantine.count, read: rows.rowCount + rows.quarantine.count,
      duplicates: isHistory ? nil : rows.rowCount - written)
  }

  private func setAside(
    _ quarantine: QuarantineRows, _ step: FlowStep, _ microBatch: MicroBatch, into base: Snapshot?
  ) throws {
    let target = base?.summary
    let stamp = QuarantineStamp(microBatch, into: target, replaces: step.replaces)
    try commits.commit(quarantine, of: dataset.name, stamp: stamp, into: target)
  }

  private func report(
    _ version: Int64, _ result: FlowResult, _ microBatch: MicroBatch, _ flow: Flow
  ) -> CommitReport {
    let inputs = microBatch.tables.map { table in
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
