import Bronze
import Columnar
import Core
import Engine
import Governance
package import LakeJobs
import LakeQuery
import Refresh

extension RowTracer {
  /// The lives of the keys that stand behind a row of `table` with `values`: of each table that
  /// AUTO CDC folds and from which all of these columns come as they are.
  package func lives(of table: LakeTableName, where values: [Value]) throws -> [KeyLife] {
    guard let bound = datasets[table] else { return [] }
    var lives: [KeyLife] = []
    for input in bound.inputs {
      guard let next = datasets[input] else { continue }
      var behind: [Value] = []
      for value in values {
        guard let edge = bound.edges.first(where: { $0.leads(value.column, from: input) }) else {
          continue
        }
        behind.append((edge.inputColumn, value.text))
      }
      guard behind.count == values.count else { continue }
      if next.dataset.flows.contains(where: { $0.changes != nil }) {
        lives.append(try life(of: next, where: behind))
      } else {
        lives += try self.lives(of: input, where: behind)
      }
    }
    return lives
  }

  private func life(of bound: BoundDataset, where values: [Value]) throws -> KeyLife {
    let name = bound.dataset.name
    let asked = RowCondition(bound.schema, try values.map { try condition($0, bound.schema) })
    let order = bound.schema.index(of: "__START_AT") == nil ? "" : " ORDER BY __START_AT"
    let isThere = try catalog.table(TableName([name.schema, name.name]), reading: .whole) != nil
    var found: Batch?
    if isThere {
      let table = try runner.plan(sql: "SELECT * FROM \(name)\(order)", name: "key")
      found = try batch(
        .limit(asked.moved(to: table.schema).rows(of: table), count: limit, offset: 0))
    }
    let setAside = try setAside(of: name)
    var events: [KeyLife.Event] = []
    for flow in bound.dataset.flows {
      guard let change = flow.changes, let stream = workspace.jobs.streams(of: flow).first else {
        continue
      }
      for key in keys(found, asked, change.keys) {
        events += try self.events(of: flow, in: bound.dataset, stream, where: key, setAside)
      }
    }
    return KeyLife(
      table: name, condition: asked.text { sight.cover.words(for: $0, in: name) },
      rows: found.map { texts(of: $0, in: name) } ?? [], events: events)
  }

  /// The keys whose events are looked for: the one that was asked for, or those of the rows found.
  private func keys(
    _ found: Batch?, _ asked: RowCondition, _ keys: [String]
  ) -> [RowCondition] {
    let own = asked.limited(to: keys)
    if own.parts.count == keys.count { return [own] }
    guard let found else { return [] }
    var seen: Set<String> = []
    return (0..<found.rowCount).map { RowCondition(of: found, row: $0).limited(to: keys) }
      .filter { seen.insert($0.text).inserted }
  }

  /// What was set aside of a table and was not replayed, by file and line.
  private func setAside(
    of table: LakeTableName
  ) throws -> [String: (rule: String, reason: String)] {
    var found: [String: (rule: String, reason: String)] = [:]
    for quarantine in workspace.quarantines where quarantine.target == table {
      try quarantine.forEachRow { row, isReplayed in
        guard !isReplayed else { return }
        let reason = sight.cover.words(forTextsOf: table) ?? row.reason
        found["\(row.sourceFile):\(row.sourceLine)"] = (row.rule, reason)
      }
    }
    return found
  }

  private func events(
    of flow: Flow, in dataset: Dataset, _ stream: BronzeContract,
    where key: RowCondition, _ setAside: [String: (rule: String, reason: String)]
  ) throws -> [KeyLife.Event] {
    let plan = try FlowPlan(flow, runner)
    let condition = key.moved(to: plan.rows.schema)
    guard !condition.parts.isEmpty,
      let carried = condition.rows(of: plan.rows).carrying(hidden: BronzeTable.Provenance.all)?.plan
    else { return [] }
    var files: [String: Int] = [:]
    for file in try BronzeTable(stream, lake: workspace.lake).files {
      files[file.name] = files.count
    }
    let columns = plan.changeColumns
    let fates = EventFates(
      tracked: plan.trackedColumns.compactMap { columns.firstIndex(of: $0) })
    var found: [EventFates.Found] = []
    let source = try runner.run(carried)
    while let batch = try source.next() {
      let own = batch.selecting(columns.compactMap { batch.schema.index(of: $0) })
      let texts = self.texts(of: own, in: dataset.name)
      for row in 0..<batch.rowCount {
        var event = EventFates.Found(
          batch, own, row, said: texts[row], step: plan.stepColumn, files: files)
        event.setAside = setAside[event.place]
        if dataset.ignoresNulls { event.ignoreNulls() }
        found.append(event)
      }
    }
    return fates.settle(found).map { settled in
      KeyLife.Event(
        table: stream.name,
        line: covered(
          RowTrace.Line(
            file: settled.event.file, number: settled.event.arrival.line, text: settled.event.raw),
          of: stream.name),
        sequence: settled.event.sequence.shown, isDelete: settled.event.isDelete,
        values: settled.event.said, isLate: settled.isLate, fate: settled.fate)
    }
  }
}

extension EventFates.Found {
  /// The event in a row of what a flow makes, of which `own` has the table's columns.
  fileprivate init(
    _ batch: Batch, _ own: Batch, _ row: Int, said: String, step: String?, files: [String: Int]
  ) {
    func value(_ name: String) -> Scalar { batch.column(name)?.scalar(at: row) ?? .null }
    func text(_ name: String) -> String {
      if case .string(let text) = value(name) { text } else { "" }
    }
    var line: Int64 = 0
    if case .integer(let number) = value(BronzeTable.Provenance.line) { line = number }
    var number: Int64?
    if let step, case .integer(let found) = value(step) { number = found }
    let absent = Set(AbsentNames.names(in: text(BronzeTable.Provenance.absent.name)))
    let file = text(BronzeTable.Provenance.file)
    self.init(
      sequence: value(FlowPlan.sequenceColumn),
      isDelete: value(FlowPlan.deleteColumn) == .boolean(true),
      values: own.scalars(at: row), given: own.schema.names.map { !absent.contains($0) },
      step: number, file: file, raw: text(BronzeTable.Provenance.raw), said: said,
      arrival: (files[file] ?? .max, line))
  }
}

extension Flow {
  /// How the flow applies changes; nil where it appends.
  fileprivate var changes: ChangeFlowSyntax? {
    if case .autoCDC(let change) = body { change } else { nil }
  }
}

extension ColumnEdge {
  /// Whether the output column called `column` holds what a column of `table` holds.
  fileprivate func leads(_ column: String, from table: LakeTableName) -> Bool {
    input == DatasetName("\(table)") && outputColumn?.lowercased() == column.lowercased()
      && influence.kind == .identity && !influence.masks
  }
}
