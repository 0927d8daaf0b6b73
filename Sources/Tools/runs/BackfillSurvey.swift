import Columnar
import Core
import Delta
import Engine
import LakeJobs
import LakeTool
import Operations
import Refresh
import Runs

/// How it stands with the days of each table, and what makes them good.
///
/// A day is one of a view of gold that is cut by days: silver2gold makes it anew. What is not cut
/// so, or takes what is new by itself, is brought up to date as it is; so is what is made of it.
struct BackfillSurvey {
  private let workspace: Workspace
  private let desk: RunDesk
  private let context: QueryContext
  private let days: Range<CivilDate>
  private let reopens: Bool

  init(
    _ workspace: Workspace, _ desk: RunDesk, _ context: QueryContext,
    days: Range<CivilDate> = Self.noDays, reopens: Bool = false
  ) {
    self.workspace = workspace
    self.desk = desk
    self.context = context
    self.days = days
    self.reopens = reopens
  }

  private static let noDays = CivilDate(dayNumber: 0)..<CivilDate(dayNumber: 0)

  /// The days of a view that are not as its job and its inputs have them now; none of one that is
  /// not cut by days.
  func staleDays(of dataset: Dataset) throws -> RefreshScope {
    try dayColumn(of: dataset) == nil ? .nothing : layer("gold").staleScope(of: dataset)
  }

  /// What is to be done for the tables called `names`, or all; each after those it is made of.
  func tasks(_ names: [String]) throws -> [BackfillPlan.Task] {
    let makers = TableMakers(workspace.jobs).makers
    let wanted = try wanted(names)
    var tasks: [BackfillPlan.Task] = []
    for dataset in workspace.jobs.ordered where wanted?.contains(dataset.name) ?? true {
      let inputs = makers[dataset.name.description]?.inputs ?? []
      let isFed = tasks.contains { inputs.contains($0.table) }
      let intervals = try intervals(of: dataset, isFed: isFed)
      if intervals.isEmpty { continue }
      tasks.append(
        BackfillPlan.Task("\(dataset.name)", inputs: inputs, intervals: intervals))
    }
    return tasks
  }

  private func wanted(_ names: [String]) throws(Fault) -> Set<LakeTableName>? {
    if names.isEmpty { return nil }
    var wanted: Set<LakeTableName> = []
    for text in names {
      guard let name = LakeTableName(text), workspace.jobs.datasets[name] != nil else {
        throw Fault(
          .missing, "there is no job for '\(text)'", remedy: "name a table as gold.sales")
      }
      wanted.insert(name)
    }
    return wanted
  }

  private typealias Work = (interval: RunInterval?, state: String, command: [String])

  private func intervals(of dataset: Dataset, isFed: Bool) throws -> [Work] {
    let name = dataset.name
    if name.schema == "gold", let column = try dayColumn(of: dataset) {
      return try dayWork(dataset, column)
    }
    let call: [String]
    switch name.schema {
    case "silver": call = ["bronze2silver", "\(name)"]
    case "gold": call = ["silver2gold", "\(name)"]
    case "warehouse":
      // It takes what is new of the tables that it is made of.
      return isFed
        ? [
          (nil, "stale", [dataset.property("fact") != nil ? "load-facts" : "load-dims", "\(name)"])
        ]
        : []
    default: return []
    }
    let isDue = try isFed || layer(name.schema).plan(dataset) != nil
    return isDue ? [(nil, "stale", call)] : []
  }

  private func layer(_ schema: String) -> LayerRun {
    LayerRun(workspace, schema: schema, context: context, isFullRefresh: false)
  }

  /// The column by whose days a view is cut; nil when it is cut otherwise, or not there yet.
  private func dayColumn(of dataset: Dataset) throws(Fault) -> String? {
    guard dataset.flows.isEmpty, dataset.partitionColumns.count == 1,
      let snapshot = try workspace.lake.table(dataset.name).snapshot()
    else { return nil }
    let name = dataset.partitionColumns[0].lowercased()
    return snapshot.schema.fields.first { $0.name.lowercased() == name && $0.type == .date }?.name
  }

  private func dayWork(_ dataset: Dataset, _ column: String) throws -> [Work] {
    let name = "\(dataset.name)"
    let calendar = desk.schedule.jobs[name]?.calendar ?? JobCalendar(.daily)
    guard let calendar, let snapshot = try workspace.lake.table(dataset.name).snapshot() else {
      return []
    }
    let present = Set(snapshot.files.compactMap { $0.partitionValues[column] ?? nil })
    let stale = try layer("gold").staleScope(of: dataset)
    let seals = Set(try desk.ledger?.seals(of: name) ?? [])
    let runs = try desk.ledger?.runs(job: name) ?? []
    var work: [Work] = []
    var day = days.lowerBound
    while day < days.upperBound, let next = day.adding(days: 1) {
      defer { day = next }
      guard let interval = calendar.interval(from: day) else { continue }
      let isSealed = seals.contains(interval)
      if isSealed && !reopens { continue }
      let last = runs.first { $0.interval == interval }
      let state = state(
        last, isPresent: present.contains("\(day)"), isCurrent: !stale.covers("\(day)"))
      guard isSealed || state == .missing || state == .failed || state == .stale else { continue }
      work.append(
        (
          interval, isSealed ? "sealed" : state.rawValue,
          ["silver2gold", "--days", "\(day)", name]
        ))
    }
    return work
  }

  private func state(
    _ last: RunRow?, isPresent: Bool, isCurrent: Bool
  ) -> IntervalStates.State {
    if let last, let ledger = desk.ledger {
      switch ledger.state(of: last) {
      case .running: return .running
      case .failed, .lost: return .failed
      case .done: return isCurrent ? .done : .stale
      }
    }
    if !isPresent { return .missing }
    return isCurrent ? .done : .stale
  }
}
