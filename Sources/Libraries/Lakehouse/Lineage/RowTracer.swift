import Bronze
package import Columnar
import Core
import Engine
import Governance
package import LakeJobs
package import LakeQuery
import Refresh
import TextFormats

/// Follows rows through the tables of a lake.
package struct RowTracer {
  let workspace: Workspace
  let catalog: LakeCatalog
  let runner: QueryRunner
  /// The same tables as their rows may be shown.
  private let seen: QueryRunner
  let sight: RowSight
  /// So many rows are shown and followed at most.
  let limit: Int
  let datasets: [LakeTableName: BoundDataset]

  /// Follows at most `limit` rows of each table through `jobs`, reading tables by `catalog` and
  /// showing of them what `sight` does.
  package init(
    _ workspace: Workspace, _ jobs: BoundJobs, _ catalog: LakeCatalog, limit: Int,
    seeing sight: RowSight = .all
  ) {
    self.workspace = workspace
    self.limit = limit
    self.catalog = catalog
    datasets = Dictionary(
      jobs.datasets.map { ($0.dataset.name, $0) }, uniquingKeysWith: { $1 })
    self.sight = sight
    let context = QueryContext(clock: workspace.lake.clock)
    runner = catalog.runner(context)
    seen = QueryRunner(
      catalog: sight.tables(catalog, context), context: context, views: workspace.jobs.viewSyntax)
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
    let schema = sight.role == nil ? bound.schema : try rows(of: table).schema
    for value in values where schema.index(of: value.column) == nil {
      throw Fault(
        .usage, "'\(table)' has no column '\(value.column)'",
        remedy: Suggestion.remedy(
          for: value.column, among: schema.names,
          otherwise: "use one of \(schema.names.joined(separator: ", "))"))
    }
    let asked = RowCondition(schema, try values.map { try condition($0, schema) })
    return try trace(bound, where: asked)
  }

  /// The rows of a table as they may be shown.
  private func rows(of table: LakeTableName) throws -> LogicalPlan {
    try seen.plan(sql: "SELECT * FROM \(table)", name: "row")
  }

  /// `value` as a condition, its text read as the column's type.
  func condition(_ value: Value, _ schema: Schema) throws -> Expression {
    let position = schema.index(of: value.column) ?? 0
    let field = schema.fields[position]
    let text =
      "\(Identifier.quoted(field.name)) = \(RowCondition.literal(value.text, field.type))"
    let syntax = try SQLScript.parseExpression(text: text, file: "row")
    let bound = ConstantFolding(clock: runner.context.clock)
      .fold(try runner.binder.bindCondition(syntax, over: schema))
    guard case .call(_, let operands) = bound.kind, operands.count == 2,
      let literal = operands[1].literal
    else { return bound }
    return RowCondition.equality(position, field, literal) ?? bound
  }

  private func trace(_ bound: BoundDataset, where asked: RowCondition) throws -> RowTrace {
    let step = workspace.lake.steps.begin()
    let name = bound.dataset.name
    let table = try rows(of: name)
    let condition = asked.moved(to: table.schema)
    let rows = condition.rows(of: table)
    let found = try batch(.limit(rows, count: limit, offset: 0))
    let count =
      found.map { $0.rowCount < limit } ?? true ? found?.rowCount ?? 0 : try self.count(rows)
    let words = condition.text { sight.cover.words(for: $0, in: name) }
    step.end("\(name): \(counted(count, "row")) where \(words)")
    var inputs: [RowTrace] = []
    if !bound.dataset.flows.isEmpty {
      inputs = try lines(behind: bound, found, condition)
    } else {
      for input in bound.inputs {
        if let next = datasets[input] {
          inputs += try trace(next, behind: bound, found, condition)
        }
      }
    }
    return RowTrace(
      table: name, condition: words,
      isExact: condition.isExact || count == 1 && !condition.isOptional, count: count,
      rows: found.map { texts(of: $0, in: name) } ?? [], lines: [],
      inputs: inputs)
  }

  // MARK: Rows behind rows

  /// What of `next` stands behind rows of `bound`: behind the only row found, or else behind those
  /// that were asked for; nothing when no column tells.
  private func trace(
    _ next: BoundDataset, behind bound: BoundDataset, _ found: Batch?, _ asked: RowCondition
  ) throws -> [RowTrace] {
    var wanted: [RowCondition] = []
    if let found, found.rowCount == 1 { wanted.append(RowCondition(of: found, row: 0)) }
    wanted.append(asked)
    // Of what stands behind a mask nothing is told by the value that it shows.
    if let plain = try sight.role?.plainColumns(of: bound.dataset.name, bound.schema) {
      wanted = wanted.map { $0.limited(to: plain) }
    }
    for condition in wanted {
      guard let behind = try self.condition(on: next, behind: bound, condition),
        !behind.parts.isEmpty
      else { continue }
      let trace: RowTrace
      do {
        trace = try self.trace(next, where: behind)
      } catch let fault as Fault where fault.kind == .denied {
        return []
      } catch let fault as Fault where fault.kind == .data || fault.kind == .verdict {
        // What the query computes only for other rows may fail for these.
        trace = try self.trace(next, where: behind.comparisons)
      }
      if trace.count > 0 { return [trace] }
    }
    return []
  }

  /// What the query of `bound` says of the rows of `next` behind rows that meet `condition`; nil
  /// when there can be none.
  private func condition(
    on next: BoundDataset, behind bound: BoundDataset, _ condition: RowCondition
  ) throws -> RowCondition? {
    guard case .materializedView(let query) = bound.dataset.body else { return nil }
    let plan = try runner.plan(query)
    let output = condition.moved(to: plan.schema)
    let scans = plan.scans.enumerated().filter {
      $0.element.table.name == "\(next.dataset.name)"
    }
    guard !scans.isEmpty else { return carried(condition, from: next, to: bound) }
    var found: RowCondition?
    for (number, scan) in scans {
      guard
        let reach = RowReach(
          behind: plan, output.parts, scan: number, clock: runner.context.clock),
        reach.isTold
      else { continue }
      var part = RowCondition(Schema(scan.columns), reach.conditions).moved(to: next.schema)
      part.isExact = part.isExact && output.isExact && reach.isExact
      part.isOptional = reach.isOptional
      found = found.map { $0.or(part) } ?? part
    }
    return found
  }

  /// Those of the conditions that speak of columns that come as they are from `next`, which the
  /// query does not read: a dimension that a fact looks up.
  private func carried(
    _ condition: RowCondition, from next: BoundDataset, to bound: BoundDataset
  ) -> RowCondition {
    let input = DatasetName("\(next.dataset.name)")
    var carried = RowCondition(next.schema, [])
    for part in condition.parts {
      guard let (column, value) = condition.values(of: part) else { continue }
      let name = condition.schema.fields[column].name.lowercased()
      for edge in bound.edges
      where edge.input == input && edge.outputColumn?.lowercased() == name
        && edge.influence.kind == .identity && !edge.influence.masks
      {
        guard let position = next.schema.index(of: edge.inputColumn),
          let same = RowCondition.equality(position, next.schema.fields[position], value)
        else { continue }
        carried.parts.append(same)
      }
    }
    return carried
  }

  // MARK: Queries

  func batch(_ plan: LogicalPlan) throws -> Batch? {
    let source = try runner.run(plan)
    var batches: [Batch] = []
    while let batch = try source.next() { batches.append(batch.compacted()) }
    return batches.isEmpty ? nil : try Batch.concatenating(source.schema, batches)
  }

  private func count(_ plan: LogicalPlan) throws -> Int {
    let source = try runner.run(plan)
    var count = 0
    while let batch = try source.next() { count += batch.rowCount }
    return count
  }

  /// The rows of a batch, which has columns of `table`, as JSON objects and as they are shown.
  package func texts(of batch: Batch, in table: LakeTableName) -> [String] {
    let runs = JSONRowFormatter.texts(of: sight.cover.covered(batch, of: table))
    return (0..<runs.count).map { String(decoding: runs[$0], as: UTF8.self) }
  }
}

extension RowCondition {
  /// The rows that meet one of two conditions on the same columns.
  fileprivate func or(_ other: RowCondition) -> RowCondition {
    let mine = Set(parts.map(\.key))
    let theirs = Set(other.parts.map(\.key))
    var joined = RowCondition(schema, parts.filter { theirs.contains($0.key) })
    if let one = Expression.all(parts.filter { !theirs.contains($0.key) }),
      let another = Expression.all(other.parts.filter { !mine.contains($0.key) })
    {
      joined.parts.append(Expression(.or([one, another]), .boolean))
    }
    joined.isExact = isExact && other.isExact
    joined.isOptional = isOptional || other.isOptional
    return joined
  }
}
