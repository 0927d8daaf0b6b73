import Core
import JSON
import LakeJobs
import LakeQuery
import LakeTool
import Lakehouse
import TextFormats
import UnixTool
import WarehouseJobs

/// The question where a row came from.
struct RowQuestion {
  let table: LakeTableName
  let values: [RowTracer.Value]

  /// Reads a table and its columns' values, each as `COLUMN=VALUE`.
  init(_ table: String, _ conditions: [String]) throws(Fault) {
    guard let name = LakeTableName(table, defaultSchema: "warehouse") else {
      throw Fault(.usage, "'\(table)' is no table", remedy: "write it as warehouse.fact_sales")
    }
    self.table = name
    var values: [RowTracer.Value] = []
    for condition in conditions {
      guard let sign = condition.firstIndex(of: "="), sign > condition.startIndex else {
        throw Fault(
          .usage, "'\(condition)' does not tell a row", remedy: "write it as COLUMN=VALUE")
      }
      values.append(
        (String(condition[..<sign]), String(condition[condition.index(after: sign)...])))
    }
    guard !values.isEmpty else {
      throw Fault(
        .usage, "no row is told", remedy: "give what it has, as transaction_id=T1 line_no=2")
    }
    self.values = values
  }

  /// The answer in the form that was asked for.
  func answer(
    _ workspace: Workspace, _ jobs: BoundJobs, warehouse: WarehousePlace, limit: Int,
    _ sight: RowSight, _ form: LineageForm,
    recording record: (LabelledReads, _ question: String) throws -> Void
  ) throws -> String {
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    catalog.showWarehouse(at: warehouse)
    let trace = try RowTracer(workspace, jobs, catalog, limit: limit, seeing: sight)
      .trace(table, where: values)
    guard trace.count > 0 else {
      throw Fault(
        .missing, "'\(table)' has no row where \(trace.condition)",
        remedy: "see what it has with lake-sql")
    }
    var reads = sight.reads
    try trace.tell(&reads)
    try record(reads, "\(table) \(trace.condition)")
    switch form.format {
    case .text: return trace.text(depth: 0)
    case .json: return JSONWriter.text(trace.json) + "\n"
    case .csv:
      return CSVWriter.text(
        ["depth", "table", "file", "line", "text"], trace.records(depth: 0),
        escapesFormulas: form.escapesFormulas)
    case .dot, .mermaid:
      throw Fault(.usage, "rows are not drawn", remedy: "give --format text, json or csv")
    }
  }
}

extension LineageTool {
  /// What is shown of rows.
  func rowSight(_ workspace: Workspace, _ jobs: BoundJobs) throws -> RowSight {
    try RowSight(
      try sight.eyes.chosen(lake, options, place), account: accountName(),
      key: try Secret.value(of: RoleSight.keyName, in: "\(lake.lake)/_secrets"),
      showsLabelled: sight.showsLabelled, workspace
    ) { jobs }
  }
}

extension RowTrace {
  /// The rows and lines, what is behind them indented below.
  func text(depth: Int) -> String {
    let indent = String(repeating: "  ", count: depth)
    let shownCount = max(rows.count, lines.count)
    let more = count > shownCount ? ", of which \(shownCount) are shown" : ""
    let noun = lines.isEmpty ? "row" : "line"
    let bound = isExact ? "" : "at most "
    var text = "\(indent)\(table): \(bound)\(counted(count, noun))\(more)\n"
    if depth > 0 { text += "\(indent)  where \(shown(condition))\n" }
    for row in rows { text += "\(indent)  \(shown(row))\n" }
    for line in lines {
      let replay = line.replay.map { "  \($0)" } ?? ""
      let place = shown("\(line.file):\(line.number)\(replay)")
      text += "\(indent)  \(place)\n\(indent)  \(shown(line.text))\n"
    }
    return text + inputs.map { $0.text(depth: depth + 1) }.joined()
  }

  /// Adds what is shown of people.
  func tell(_ reads: inout LabelledReads) throws(Fault) {
    try reads.add(rows: rows.count, of: table)
    reads.add(texts: lines.count, of: table)
    for input in inputs { try input.tell(&reads) }
  }

  /// The rows and lines as records, what is behind them one deeper.
  func records(depth: Int) -> [[String?]] {
    rows.map { ["\(depth)", "\(table)", nil, nil, $0] }
      + lines.map { ["\(depth)", "\(table)", $0.file, "\($0.number)", $0.text] }
      + inputs.flatMap { $0.records(depth: depth + 1) }
  }

  /// All of it, nested.
  var json: JSONValue {
    [
      "table": .string("\(table)"), "where": .string(condition), "count": JSONValue(count),
      "at_most": .bool(!isExact),
      "rows": .array(
        rows.map { (try? JSONValue(parsing: Array($0.utf8), at: Place("row"))) ?? .null }),
      "lines": .array(
        lines.map { line in
          [
            "file": .string(line.file), "line": JSONValue(line.number), "raw": .string(line.text),
            "replay": line.replay.map { .string($0) } ?? .null,
          ]
        }),
      "inputs": .array(inputs.map(\.json)),
    ]
  }
}
