import Bronze
package import Columnar
import Core
package import Engine
package import LakeJobs
package import LakeQuery

/// A flow as it is run: the rows that its query makes, and what becomes of them in its table.
package struct FlowPlan {
  let flow: Flow
  /// The rows, as a dataset's rules judge them. Those of AUTO CDC are changes: behind their own
  /// columns stand the sequence and whether they delete.
  package let rows: LogicalPlan
  /// The table as AUTO CDC makes it of changes; nil where rows are appended as they are.
  let target: ChangeTarget?
  /// Runs what is to be found out about the rows, over the tables that the flow reads.
  let runner: QueryRunner

  /// The columns of `rows` that hold a change's sequence, and whether it deletes.
  package static let sequenceColumn = FoldQueries.Name.sequence
  package static let deleteColumn = FoldQueries.Name.isDelete

  /// The columns that changes bring into the table; none where rows are appended.
  package var changeColumns: [String] { target?.columns.map(\.name) ?? [] }

  /// Those of them whose changes begin a version.
  package var trackedColumns: [String] { target?.tracked ?? [] }

  /// The column that numbers the changes of one key and sequence, where there is one.
  package var stepColumn: String? { target?.stepNumber }

  /// The columns that the table gets.
  package var schema: Schema { target?.schema ?? rows.schema }

  /// The table as AUTO CDC makes it of changes, by the properties of `dataset` too.
  func changes(of dataset: Dataset) throws(Fault) -> ChangeTarget? {
    guard var target else { return nil }
    target.ignoresNulls = dataset.ignoresNulls
    guard let unit = dataset.unit else { return target }
    guard rows.carrying(hidden: BronzeTable.Provenance.fields) != nil else {
      throw Fault(
        .configuration, at: unit.place,
        "'unit.by' needs rows that come from one line of bronze each",
        remedy: "take aggregates and set operations out of the flow's query, or the property")
    }
    return try target.inUnits(by: unit.columns, unit.place)
  }

  /// What is asked of the rows on their way into `dataset`: of changes their key and sequence too.
  func rules(of dataset: Dataset) throws(Fault) -> RowRules {
    guard let target = try changes(of: dataset) else {
      return RowRules(dataset: dataset, flow: flow.name)
    }
    var rules = RowRules(
      dataset: dataset, flow: flow.name, keys: target.unit,
      required: target.keys + [FoldQueries.Name.sequence])
    rules.areUnits = target.hasUnits
    if target.sequenceType == .timestamp, !dataset.allowsFuture {
      rules.dated = FoldQueries.Name.sequence
    }
    rules.absent = FoldQueries.Name.absent
    if dataset.ignoresNulls {
      rules.silentColumns = target.columns.map(\.name).filter { !target.keys.contains($0) }
    }
    return rules
  }

  /// Plans `flow` over the tables of `runner`.
  package init(_ flow: Flow, _ runner: QueryRunner) throws {
    self.flow = flow
    self.runner = runner
    switch flow.body {
    case .append(let query):
      rows = try runner.plan(query, filling: .streamingTable)
      target = nil
    case .autoCDC(let syntax):
      let source = try ChangeSource(syntax, runner)
      rows = source.plan
      target = source.target
    }
  }

  /// Plans `flow` over the lake, of whose bronze tables it streams these parts.
  init(
    _ flow: Flow, streaming streams: [BronzeTable], jobs: JobFolder, lake: Lake,
    _ context: QueryContext
  ) throws {
    let catalog = LakeCatalog(lake: lake, jobs: jobs)
    for stream in streams { catalog.streams[stream.contract.name] = stream }
    try self.init(flow, catalog.runner(context))
  }
}
