import Bronze
package import Core
import Delta
package import Engine
package import LakeJobs

// Refresh: every way in which a table of silver or gold is brought up to date.
//
// Rooms, each on those before it: `Commits/` is what a step takes (a micro-batch) and what it
// leaves (a commit, a quarantine); `Checks/` judges rows by a dataset's expectations; `Changes/`
// plans flows (`FlowPlan`) and applies AUTO CDC (the whole algorithm stands at
// `ChangeApplication`); `Columns/` says which columns jobs make, and of which; `Views/` refreshes
// materialized views, and tells what of one is new for a warehouse; `Streams/` runs the flows of a
// streaming table. `LayerRun`, beside them, is the face.
//
// Begin with `LayerRun`. It knows no warehouse, and speaks to nobody: it gives reports of commits.

/// The datasets of one layer, brought up to date in the order in which they need each other.
package struct LayerRun {
  /// Which datasets there are to work on.
  package let choice: DatasetChoice
  private let workspace: Workspace
  private let context: QueryContext
  private let isFullRefresh: Bool
  /// Days that are made anew in views cut by them, whatever changed.
  private let days: Range<CivilDate>?
  private let strictness: Strictness
  private let labels: LabelledJobs
  private let shared = SharedPass()

  package init(
    _ workspace: Workspace, schema: String, context: QueryContext, isFullRefresh: Bool,
    days: Range<CivilDate>? = nil, strictness: Strictness = Strictness()
  ) {
    self.days = days
    self.strictness = strictness
    self.workspace = workspace
    labels = LabelledJobs(workspace)
    choice = DatasetChoice(among: workspace.jobs, schema: schema)
    self.context = context
    self.isFullRefresh = isFullRefresh
  }

  /// Brings one dataset up to date; tells of each commit as soon as it is durable. Another run of
  /// the same dataset is waited for, since a fold rests on the rows it found; `.temporary` when
  /// that takes long. Of the datasets `later` to be refreshed some may take the same files of
  /// bronze: these are read for them too.
  package func refresh(
    _ dataset: Dataset, before later: ArraySlice<Dataset> = [],
    _ tell: (CommitReport) throws -> Void
  ) throws {
    do {
      try refreshAlone(dataset, before: later, tell)
    } catch let fault as Fault {
      throw workspace.jobs.told(fault, of: dataset, workspace.lake.fileSystem)
    }
  }

  private func refreshAlone(
    _ dataset: Dataset, before later: ArraySlice<Dataset>, _ tell: (CommitReport) throws -> Void
  ) throws {
    let lock = try workspace.lake.lock(dataset.name)
    defer { lock.unlock() }
    if lock.wasAbandoned { try removeOrphans(of: dataset.name) }
    try RestoreMark(of: dataset.name, in: workspace.lake).check()
    switch dataset.body {
    case .streamingTable:
      let others = later.filter { !$0.flows.isEmpty }.map { streaming($0) }
      try streaming(dataset, before: others).run(tell)
    case .materializedView(let query):
      let isCurrent = try isCurrent(dataset)
      try labels.check(dataset, isDue: !isCurrent)
      if isCurrent {
        workspace.lake.steps.note("\(dataset.name): nothing: up to date")
        return
      }
      if let report = try view(dataset, query).run() { try tell(report) }
    }
  }

  /// What `refresh` would do, in a sentence; nil when nothing.
  package func plan(_ dataset: Dataset) throws -> String? {
    switch dataset.body {
    case .streamingTable:
      return try streaming(dataset).describe()
    case .materializedView(let query):
      let isCurrent = try isCurrent(dataset)
      try labels.check(dataset, isDue: !isCurrent, isTrial: true)
      if isCurrent { return nil }
      return "would refresh \(dataset.name): \(try view(dataset, query).describe())"
    }
  }

  /// Which part of a materialized view is not as its job and its inputs have it now.
  package func staleScope(of view: Dataset) throws -> RefreshScope {
    guard case .materializedView(let query) = view.body, try !isCurrent(view) else {
      return .nothing
    }
    return try self.view(view, query).staleScope()
  }

  /// Removes what a run of the dataset has left that was killed, in all tables that it writes.
  private func removeOrphans(of name: LakeTableName) throws(Fault) {
    let lake = workspace.lake
    let quarantine = lake.folder(of: Quarantine.name(of: name))
    let auxiliary = (0...1).map { lake.auxiliaryFolder(of: name, refreshCount: $0) }
    for folder in [lake.folder(of: name), quarantine] + auxiliary {
      try lake.table(in: folder).removeOrphans()
    }
  }

  private func isCurrent(_ dataset: Dataset) throws(Fault) -> Bool {
    guard !isFullRefresh, days == nil else { return false }
    return try ViewStanding(dataset, jobs: workspace.jobs, lake: workspace.lake).isCurrent()
  }

  private func streaming(
    _ dataset: Dataset, before later: [StreamingTableRun] = []
  ) -> StreamingTableRun {
    StreamingTableRun(
      dataset, jobs: workspace.jobs, lake: workspace.lake, context: context,
      isFullRefresh: isFullRefresh, strictness: strictness, before: later, sharing: shared)
  }

  private func view(_ dataset: Dataset, _ query: QuerySyntax) throws -> MaterializedViewRun {
    try MaterializedViewRun(
      dataset, query, jobs: workspace.jobs, lake: workspace.lake, context: context,
      isFullRefresh: isFullRefresh, days: days)
  }
}
