import Bronze
import Columnar
import Core
import Delta
import Engine
import Governance
package import LakeJobs
package import LakeQuery
import Refresh
import TextFormats

/// Where rows of a table came from: the rows of each table behind them, down to lines of bronze.
///
/// A row leads to those rows of an input that have its values in the columns that come from there
/// as they are. Of an aggregate these are the rows of the group, where its keys do.
package struct RowTrace: Sendable {
  /// A line of a raw file.
  package struct Line: Hashable, Sendable {
    package var file: String
    package var number: Int64
    package var text: String
    /// Who had it read once more after it was set aside, and why; `text` is as it was read then.
    package var replay: String?
  }

  package let table: LakeTableName
  /// What the rows have in common, as SQL.
  package let condition: String
  /// How many rows there are; of a bronze table, lines.
  package let count: Int
  /// The first of them, as JSON objects.
  package let rows: [String]
  /// The lines, of a bronze table.
  package let lines: [Line]
  /// Where the rows came from.
  package let inputs: [RowTrace]
}

/// Follows rows through the tables of a lake.
package struct RowTracer {
  private let workspace: Workspace
  private let datasets: [LakeTableName: BoundDataset]
  private let catalog: LakeCatalog
  private let runner: QueryRunner
  /// So many rows are shown and followed at most.
  private let limit: Int

  /// Follows at most `limit` rows of each table through `jobs`, reading tables by `catalog`.
  package init(
    _ workspace: Workspace, _ jobs: BoundJobs, _ catalog: LakeCatalog, limit: Int
  ) {
    self.workspace = workspace
    self.limit = limit
    self.catalog = catalog
    datasets = Dictionary(
      jobs.datasets.map { ($0.dataset.name, $0) }, uniquingKeysWith: { $1 })
    runner = catalog.runner(QueryContext(clock: workspace.lake.clock))
  }

  /// A column and the text of the value it must have.
  package typealias Value = (column: String, text: String)

  /// The rows of `table` that have `values`, and where they came from.
  package func trace(_ table: LakeTableName, where values: [Value]) throws -> RowTrace {
    guard let bound = datasets[table] else {
      throw Fault(
        .missing, "there is no job for '\(table)'",
        remedy: "ask for a table of silver, gold or the warehouse")
    }
    for value in values where bound.schema.index(of: value.column) == nil {
      throw Fault(
        .usage, "'\(table)' has no column '\(value.column)'",
        remedy: Suggestion.remedy(
          for: value.column, among: bound.schema.names,
          otherwise: "use one of \(bound.schema.names.joined(separator: ", "))"))
    }
    return try trace(bound, where: values)
  }

  private func trace(_ bound: BoundDataset, where values: [Value]) throws -> RowTrace {
    let step = workspace.lake.steps.begin()
    let name = bound.dataset.name
    let condition = sql(values, bound.schema)
    let found = try select("SELECT * FROM \(name) WHERE \(condition) LIMIT \(limit)")
    let count = try select("SELECT count(*) FROM \(name) WHERE \(condition)")
    step.end("\(name): \(counted(count.map { number(of: $0) } ?? 0, "row")) where \(condition)")
    var inputs: [RowTrace] = []
    if !bound.dataset.flows.isEmpty {
      inputs = try lines(behind: bound, found, values)
    } else {
      for input in bound.inputs {
        if let next = datasets[input] {
          inputs += try trace(next, behind: bound, found, values)
        }
      }
    }
    return RowTrace(
      table: name, condition: condition, count: count.map { number(of: $0) } ?? 0,
      rows: found.map(texts) ?? [], lines: [], inputs: inputs)
  }

  // MARK: Rows behind rows

  /// What of `next` stands behind rows of `bound`: rows with the values of the only row found, or
  /// else with what was asked for; nothing when no column tells.
  private func trace(
    _ next: BoundDataset, behind bound: BoundDataset, _ found: Batch?, _ values: [Value]
  ) throws -> [RowTrace] {
    var asked: [[Value]] = []
    if let found, found.rowCount == 1 { asked.append(self.values(of: found, row: 0)) }
    asked.append(values)
    for values in asked {
      let carried = carried(values, from: next, to: bound)
      if carried.isEmpty { continue }
      let found = try trace(next, where: carried)
      if found.count > 0 { return [found] }
    }
    return []
  }

  /// Those of `values` that come as they are from columns of `next`.
  private func carried(
    _ values: [Value], from next: BoundDataset, to bound: BoundDataset
  ) -> [Value] {
    let input = DatasetName("\(next.dataset.name)")
    var carried: [Value] = []
    for value in values {
      for edge in bound.edges
      where edge.input == input && edge.outputColumn?.lowercased() == value.column.lowercased()
        && edge.influence.kind == .identity && !edge.influence.masks
        && !carried.contains(where: { $0.column == edge.inputColumn })
      {
        carried.append((edge.inputColumn, value.text))
      }
    }
    return carried
  }

  // MARK: Lines behind rows

  /// The lines of bronze that the flows of a streaming table made the rows of.
  private func lines(
    behind bound: BoundDataset, _ found: Batch?, _ values: [Value]
  ) throws -> [RowTrace] {
    var lines: [LakeTableName: [RowTrace.Line]] = [:]
    var conditions: [LakeTableName: String] = [:]
    for flow in bound.dataset.flows {
      let plan = try FlowPlan(flow, runner).rows
      var keys: [String]?
      if case .autoCDC(let change) = flow.body { keys = change.keys }
      // A key's row is made of all its changes, whatever else of it was asked for.
      let wanted = (keys.flatMap { keyValues($0, found) } ?? [values]).map { values in
        values.filter { plan.schema.index(of: $0.column) != nil }
      }
      guard let stream = workspace.jobs.streams(of: flow).first?.name else { continue }
      for values in wanted where !values.isEmpty {
        let condition = sql(values, plan.schema)
        conditions[stream] = condition
        lines[stream, default: []] += try self.lines(of: plan, where: condition)
        lines[stream, default: []] += try replayedLines(
          of: flow, into: bound.dataset.name, from: stream, where: condition)
      }
    }
    return lines.sorted { $0.key < $1.key }.compactMap { table, lines in
      let lines = lines.withoutRepeats
      return lines.isEmpty
        ? nil
        : RowTrace(
          table: table, condition: conditions[table] ?? "", count: lines.count, rows: [],
          lines: Array(lines.prefix(limit)), inputs: [])
    }
  }

  /// The lines that a flow made such rows of when they were replayed.
  private func replayedLines(
    of flow: Flow, into table: LakeTableName, from stream: LakeTableName,
    where condition: String
  ) throws -> [RowTrace.Line] {
    guard let contract = workspace.jobs.contracts[stream] else { return [] }
    let replays = try BronzeTable(
      replaying: contract, by: flow.name, into: table, lake: workspace.lake, from: 0)
    guard !replays.files.isEmpty else { return [] }
    catalog.streams[stream] = replays
    defer { catalog.streams[stream] = nil }
    let found = try lines(of: try FlowPlan(flow, runner).rows, where: condition)
    return found.isEmpty ? [] : try replays.origins(of: found)
  }

  /// The values of the key columns of each row found; nil when none was.
  private func keyValues(_ keys: [String], _ found: Batch?) -> [[Value]]? {
    guard let found, found.rowCount > 0 else { return nil }
    return (0..<found.rowCount).map { row in
      values(of: found, row: row).filter { value in
        keys.contains { $0.lowercased() == value.column.lowercased() }
      }
    }
  }

  private func lines(of plan: LogicalPlan, where condition: String) throws -> [RowTrace.Line] {
    let syntax = try SQLScript.parseExpression(text: condition, file: "row")
    let bound = try runner.binder.bindCondition(syntax, over: plan.schema)
    let filtered = LogicalPlan.filter(plan, bound)
    guard let carried = filtered.carrying(hidden: BronzeTable.Provenance.fields)?.plan else {
      return []
    }
    var lines: [RowTrace.Line] = []
    let source = try runner.run(carried)
    while let batch = try source.next() {
      for row in 0..<batch.rowCount {
        func text(_ name: String) -> String {
          guard case .string(let text) = batch.column(name)?.scalar(at: row) else { return "" }
          return text
        }
        var number: Int64 = 0
        if case .integer(let found) = batch.column(BronzeTable.Provenance.line)?.scalar(at: row) {
          number = found
        }
        lines.append(
          RowTrace.Line(
            file: text(BronzeTable.Provenance.file), number: number,
            text: text(BronzeTable.Provenance.raw)))
      }
    }
    return lines
  }

  // MARK: Queries

  private func select(_ query: String) throws -> Batch? {
    let table = try runner.table(query, name: "row")
    return table.batches.isEmpty ? nil : Batch.concatenating(table.schema, table.batches)
  }

  private func number(of batch: Batch) -> Int {
    if case .integer(let number) = batch.columns[0].scalar(at: 0) { Int(number) } else { 0 }
  }

  private func texts(of batch: Batch) -> [String] {
    let runs = JSONRowFormatter.texts(of: batch)
    return (0..<runs.count).map { String(decoding: runs[$0], as: UTF8.self) }
  }

  /// The values of a row that can be written down.
  private func values(of batch: Batch, row: Int) -> [Value] {
    zip(batch.schema.fields, batch.columns).compactMap { field, column in
      PartitionValue.encode(column.scalar(at: row)).map { (field.name, $0) }
    }
  }

  private func sql(_ values: [Value], _ schema: Schema) -> String {
    values.map { value in
      let type = schema.index(of: value.column).map { schema.fields[$0].type } ?? .string
      let text = value.text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      let literal = type == .string ? "'\(text)'" : "CAST('\(text)' AS \(type.sql))"
      return "\(Identifier.quoted(value.column)) = \(literal)"
    }.joined(separator: " AND ")
  }
}

extension BronzeTable {
  /// `lines` of files of replays, told by the lines of bronze that they stand for.
  fileprivate func origins(of lines: [RowTrace.Line]) throws -> [RowTrace.Line] {
    var origins: [RowTrace.Line] = []
    for (file, source) in try replayRequests() {
      let numbers = Set(lines.filter { $0.file == file.name }.map(\.number))
      while let batch = try source.next() {
        for row in 0..<batch.rowCount {
          func value(_ name: String) -> Scalar { batch.column(name)?.scalar(at: row) ?? .null }
          guard case .integer(let number) = value(Provenance.line), numbers.contains(number),
            case .string(let text) = value("raw"), case .string(let name) = value("source_file"),
            case .integer(let line) = value("source_line")
          else { continue }
          var replay = "replayed"
          if case .string(let by) = value("by") { replay += " by \(by)" }
          if case .string(let why) = value("why") { replay += ": \(why)" }
          origins.append(RowTrace.Line(file: name, number: line, text: text, replay: replay))
        }
      }
    }
    return origins
  }
}
