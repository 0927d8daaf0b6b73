import Bronze
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery
import Refresh

extension RowTracer {
  /// The lines of bronze that the flows of a streaming table made the rows of.
  func lines(
    behind bound: BoundDataset, _ found: Batch?, _ asked: RowCondition
  ) throws -> [RowTrace] {
    // The text of a line is shown in no role: it holds whatever came.
    guard sight.role == nil else { return [] }
    var lines: [LakeTableName: [RowTrace.Line]] = [:]
    var conditions: [LakeTableName: [RowCondition]] = [:]
    for flow in bound.dataset.flows {
      let plan = try FlowPlan(flow, runner).rows
      var keys: [String]?
      if case .autoCDC(let change) = flow.body { keys = change.keys }
      guard let stream = workspace.jobs.streams(of: flow).first?.name else { continue }
      for wanted in rows(found, asked, keys) {
        let condition = wanted.moved(to: plan.schema)
        if condition.parts.isEmpty { continue }
        conditions[stream, default: []].append(condition)
        lines[stream, default: []] += try self.lines(of: plan, where: condition)
        lines[stream, default: []] += try replayedLines(
          of: flow, into: bound.dataset.name, from: stream, where: condition)
      }
    }
    return lines.sorted { $0.key < $1.key }.compactMap { table, lines in
      let lines = lines.withoutRepeats
      guard !lines.isEmpty, let conditions = conditions[table] else { return nil }
      return RowTrace(
        table: table,
        condition: conditions.map { condition in
          condition.text { sight.cover.words(for: $0, in: bound.dataset.name) }
        }.withoutRepeats.joined(separator: " OR "),
        isExact: conditions.allSatisfy(\.isExact), count: lines.count, rows: [],
        lines: lines.prefix(limit).map { covered($0, of: table) }, inputs: [])
    }
  }

  /// A line of `table` as it is shown.
  func covered(_ line: RowTrace.Line, of table: LakeTableName) -> RowTrace.Line {
    var line = line
    if let words = sight.cover.words(forTextsOf: table) { line.text = words }
    return line
  }

  /// The rows whose changes are looked for: a key's row is made of all its changes, whatever else
  /// of it was asked for.
  private func rows(
    _ found: Batch?, _ asked: RowCondition, _ keys: [String]?
  ) -> [RowCondition] {
    guard let found, found.rowCount > 0 else { return [asked] }
    guard let keys else { return found.rowCount == 1 ? [RowCondition(of: found, row: 0)] : [asked] }
    return (0..<found.rowCount).map { RowCondition(of: found, row: $0).limited(to: keys) }
  }

  /// The lines that a flow made such rows of when they were replayed.
  private func replayedLines(
    of flow: Flow, into table: LakeTableName, from stream: LakeTableName,
    where condition: RowCondition
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

  private func lines(
    of plan: LogicalPlan, where condition: RowCondition
  ) throws -> [RowTrace.Line] {
    guard
      let carried = condition.rows(of: plan).carrying(hidden: BronzeTable.Provenance.fields)?.plan
    else { return [] }
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
