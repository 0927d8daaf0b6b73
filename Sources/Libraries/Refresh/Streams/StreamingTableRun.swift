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
  let strictness: Strictness
  /// The runs of other tables that come after this one, and what was read for their sake.
  private let later: [StreamingTableRun]
  private let shared: SharedPass
  let commits: TableCommit

  init(
    _ dataset: Dataset, jobs: JobFolder, lake: Lake, context: QueryContext, isFullRefresh: Bool,
    strictness: Strictness = Strictness(), before later: [StreamingTableRun] = [],
    sharing shared: SharedPass = SharedPass()
  ) {
    self.strictness = strictness
    self.later = later
    self.shared = shared
    self.dataset = dataset
    self.jobs = jobs
    self.lake = lake
    self.context = context
    self.isFullRefresh = isFullRefresh
    commits = TableCommit(lake: lake, of: dataset, jobs)
  }

  /// Runs the flows, a commit for each micro-batch; tells of each commit as soon as it is durable.
  ///
  /// What a flow sets aside stands in the quarantine before its other rows stand in the table: who
  /// reads while this runs, or after it died, may find rows of the refresh before besides, and none
  /// missing.
  func run(_ tell: (CommitReport) throws -> Void) throws {
    defer { shared.clear(dataset.name) }
    var reason = try reasonToRebuild()
    let isFullRefresh = isFullRefresh || reason != nil
    if !isFullRefresh { try changeColumns() }
    if isFullRefresh { try RemovedDays(dataset, jobs, lake).check() }
    try settleQuarantine { $0.isAhead(of: $1) }
    for (number, flow) in dataset.flows.enumerated() {
      for first in StreamStep.beginnings(
        isFullRefresh: isFullRefresh, isFirstFlow: number == 0)
      {
        var step = first
        while var report = try run(step, of: flow) {
          report.notes += notes(on: report.change, reason)
          try tell(report)
          reason = nil
          step = step.following
        }
      }
    }
    try settleQuarantine { $0.isOutdated(in: $1) }
  }

  private var steps: StreamSteps { StreamSteps(dataset: dataset, steps: lake.steps) }

  var columns: JobColumns {
    JobColumns(dataset: dataset, jobs: jobs, lake: lake, context: context)
  }

  /// What people should know of a commit.
  private func notes(on change: ChangeFacet, _ reason: String?) -> [String] {
    var notes: [String] = []
    if let reason { notes.append("\(dataset.name) is made anew from all of bronze: \(reason)") }
    if let count = change.conflicts {
      notes.append(
        "\(dataset.name): \(counted(count, "row")) set aside, for another of the same key and "
          + "sequence says something else; see '\(ToolName.quarantine) show \(dataset.name.name)'")
    }
    return notes
  }

  private func settleQuarantine(
    _ isDropped: (QuarantineStamp, TableSummary?) -> Bool
  ) throws {
    let target = try commits.table(dataset.name).summary()
    try commits.settle(quarantineOf: dataset.name) { isDropped($0, target) }
  }

  /// What a run would do, in a sentence; nil when nothing.
  func describe() throws -> String? {
    if isFullRefresh { return "would rebuild \(dataset.name)" }
    if let reason = try reasonToRebuild() { return "would rebuild \(dataset.name): \(reason)" }
    let table = commits.table(dataset.name)
    let target = try table.summary()
    if let words = try describeColumnChanges() {
      return "would change columns of \(dataset.name): \(words)"
    }
    let hasWork =
      try target == nil
      || dataset.flows.contains { flow in
        try [StreamStep.next, .replay].contains { step in
          try !microBatch(step, of: flow, since: target).isEmpty
        }
      }
    return hasWork ? "would take what is new into \(dataset.name)" : nil
  }

  /// Takes one micro-batch of a flow in; nil when there is none.
  private func run(_ step: StreamStep, of flow: Flow) throws -> CommitReport? {
    let target = try commits.table(dataset.name).summary()
    let microBatch = try microBatch(step, of: flow, since: target)
    steps.tell(microBatch, of: flow)
    guard !microBatch.isEmpty || !step.isReplay && (target == nil || step.isFromStart) else {
      return nil
    }
    let time = lake.steps.begin()
    let plan = try FlowPlan(
      flow, streaming: microBatch.tables, jobs: jobs, lake: lake, context)
    let result =
      if let target = try plan.changes(of: dataset) {
        try fold(plan, into: target, microBatch)
      } else {
        try append(plan, microBatch)
      }
    steps.tell(result.rules)
    time.end(
      "\(dataset.name): \(result.outcome.words): \(result.change.inserted) inserted, "
        + "\(result.change.updated) updated, \(result.change.deleted) deleted, "
        + "\(result.change.quarantined) set aside")
    guard let version = result.outcome.newVersion else { return nil }
    return report(version, result, plan, microBatch)
  }

  private func microBatch(
    _ step: StreamStep, of flow: Flow, since target: TableSummary?
  ) throws -> MicroBatch {
    try MicroBatch(
      step, jobs.streams(of: flow), of: flow.name, into: dataset.name, since: target, lake: lake)
  }

  /// Which rows of their lines a flow takes with a micro-batch; nil when all.
  private func replayed(_ microBatch: MicroBatch, _ flow: Flow) throws -> ReplayedRows? {
    try ReplayedRows(
      microBatch, replays: try self.microBatch(.replayAll, of: flow, since: nil))
  }

  /// What a flow's micro-batch came to.
  private struct FlowResult {
    var outcome = CommitOutcome.unchanged(version: nil)
    var change = ChangeFacet()
    var rules: [CommitReport.RuleResult] = []
    var setAside: [String: Int] = [:]
  }

  private func append(_ plan: FlowPlan, _ microBatch: MicroBatch) throws -> FlowResult {
    try commit(microBatch, of: plan, as: "STREAMING UPDATE") {
      rows, transaction, quarantine in
      let schema = dataset.flows.count == 1 ? plan.schema : try columns.schema()
      try transaction.take(
        rows.passed, as: try commits.definition(of: dataset, schema),
        replacesAll: microBatch.step.replacesTable)
      try quarantine()
      return ChangeFacet(
        inserted: rows.rowCount, quarantined: rows.quarantine.count,
        read: rows.rowCount + rows.quarantine.count, duplicates: 0)
    }
  }

  private func fold(
    _ plan: FlowPlan, into target: ChangeTarget, _ microBatch: MicroBatch
  ) throws -> FlowResult {
    let table = commits.table(dataset.name)
    let refreshCount = QuarantineStamp.refreshCount(
      of: try table.summary(), after: microBatch.step)
    let application = ChangeApplication(
      target: target,
      definition: try commits.definition(
        of: dataset, target.schema,
        shape: dataset.flows.count == 1 ? target.shape : try columns.shape()),
      microBatch: microBatch,
      index: KeyIndex(table, columns: target.unit, scratchFolder: context.spillDirectory),
      auxiliary: AuxiliaryTable(
        table: lake.table(
          in: lake.auxiliaryFolder(of: dataset.name, refreshCount: refreshCount)), target: target,
        schema: dataset.marking(target.auxiliarySchema),
        commitContext: commits.context("REMEMBER"),
        isWidening: dataset.property("delta.enableTypeWidening") == "true"),
      tieBreak: TieBreak(
        dataset: dataset, flow: plan.flow, microBatch: microBatch, target: target,
        standing: try table.summary(), jobs: jobs, lake: lake, context: context,
        failsOnTies: strictness.failsOnTies),
      context: context, limits: NewKeyChanges.Limits(memoryLimit: context.memoryLimit))
    var applied = ChangeApplication.Outcome()
    let result = try commit(microBatch, of: plan, as: "MERGE") { rows, transaction, quarantine in
      applied = try application.stage(rows, in: &transaction, setAside: quarantine)
      steps.tell(applied)
      return Self.change(applied, rows, isHistory: target.isHistory)
    }
    if let version = result.outcome.newVersion { application.record(applied, as: version) }
    return result
  }

  /// Commits a micro-batch to the table. `stage` brings the rows that pass into the transaction,
  /// calls for quarantine as soon as all of them have been judged, and tells what it did.
  private func commit(
    _ microBatch: MicroBatch, of plan: FlowPlan, as operation: String,
    _ stage: (CheckedRows, inout Transaction, _ quarantine: () throws -> Void) throws -> ChangeFacet
  ) throws -> FlowResult {
    let table = commits.table(dataset.name)
    var result = FlowResult()
    let ahead = shared.rows(of: dataset.name, microBatch)
    var along = ahead == nil ? shared.rows(along: microBatch, of: later) : []
    result.outcome = try table.update(commits.context(operation)) { transaction in
      let target = transaction.snapshot
      // Another run may have taken the same micro-batch in since this one began.
      if !microBatch.step.replacesTable, microBatch.isApplied(to: target) { return }
      let rows = try checkedRows(plan, microBatch, ahead, along)
      // Should this be done again, what goes along has been read.
      along = []
      result.change = try stage(rows, &transaction) {
        try commits.commit(
          rows.quarantine, of: dataset.name,
          stamp: QuarantineStamp(microBatch, into: target?.summary), into: target?.summary)
      }
      microBatch.mark(&transaction)
      result.rules = rows.rules
      result.setAside = rows.quarantine.counts
    }
    return result
  }

  /// The rows of a micro-batch: judged ahead, or read here, and those `along` with them.
  private func checkedRows(
    _ plan: FlowPlan, _ microBatch: MicroBatch, _ ahead: RowsAhead?, _ along: [RowsAhead]
  ) throws -> CheckedRows {
    let replayed = try replayed(microBatch, plan.flow)
    if replayed == nil, let ahead {
      steps.tellJudgedAhead()
      return CheckedRows(ahead)
    }
    return try CheckedRows(
      plan.rows, rules(of: plan), streams: microBatch.tables, replayed: replayed, along: along,
      lake: lake, plan.runner)
  }

  /// The micro-batch that this run begins with, and its rows, to be judged while another table
  /// reads the files of `other`; nil unless the same files are all that is read for them.
  func rowsAhead(along other: MicroBatch) throws -> (MicroBatch, RowsAhead)? {
    guard dataset.flows.count == 1, let flow = dataset.flows.first,
      jobs.streams(of: flow).map(\.name) == other.tables.map(\.contract.name)
    else { return nil }
    let isFullRefresh = try isFullRefresh || reasonToRebuild() != nil
    let step = StreamStep.beginnings(isFullRefresh: isFullRefresh, isFirstFlow: true)[0]
    let target = try commits.table(dataset.name).summary()
    let microBatch = try microBatch(step, of: flow, since: target)
    guard microBatch.takes(filesOf: other), try replayed(microBatch, flow) == nil else {
      return nil
    }
    let plan = try FlowPlan(flow, streaming: microBatch.tables, jobs: jobs, lake: lake, context)
    let judgment = RowJudgment(
      plan.rows, try rules(of: plan), streams: microBatch.tables, lake: lake, plan.runner)
    return judgment.isRowLocal ? (microBatch, RowsAhead(judgment, context)) : nil
  }

  private func rules(of plan: FlowPlan) throws -> RowRules {
    var rules = try plan.rules(of: dataset)
    rules.isStrict = strictness.failsOnMissingKeys
    return rules
  }

  /// What a fold did. In a history one change may write several versions, so that nothing can be
  /// said of those that wrote none.
  private static func change(
    _ applied: ChangeApplication.Outcome, _ rows: CheckedRows, isHistory: Bool
  ) -> ChangeFacet {
    let merged = applied.merged
    let written = merged.inserted + merged.updated + merged.deleted
    return ChangeFacet(
      inserted: merged.inserted, updated: merged.updated, deleted: merged.deleted,
      quarantined: rows.quarantine.count, read: rows.rowCount + rows.quarantine.count,
      duplicates: isHistory ? nil : max(0, rows.rowCount - written - applied.newLostCount),
      conflicts: applied.lostCount == 0 ? nil : applied.lostCount)
  }

  private func report(
    _ version: Int64, _ result: FlowResult, _ plan: FlowPlan, _ microBatch: MicroBatch
  ) -> CommitReport {
    let inputs = microBatch.tables.map { table in
      CommitReport.Input(
        DatasetName("\(table.contract.name)"), version: "\(table.endPosition)",
        rowCount: table.estimatedRowCount)
    }
    return CommitReport(
      table: dataset.name, job: "\(dataset.name)", version: "\(version)", schema: plan.schema,
      fileFormat: "delta", change: result.change,
      written: DataSize(rowCount: result.change.inserted + result.change.updated),
      inputs: inputs,
      columns: ColumnEdges.edges(of: plan.rows, to: dataset.name, columns: plan.schema),
      rules: result.rules, setAside: result.setAside, comment: dataset.comment)
  }
}
