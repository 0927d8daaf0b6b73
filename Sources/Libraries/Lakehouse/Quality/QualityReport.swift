package import Columnar
package import Core
package import Governance
import JSON
package import LakeJobs
import TextFormats

/// What a check of quality rules found, told to people and programs.
package struct QualityReport {
  package let outcomes: [QualityOutcome]
  private let owners: TableOwners?

  /// `owners` say whom to tell of rules that do not hold.
  package init(_ outcomes: [QualityOutcome], owners: TableOwners? = nil) {
    self.outcomes = outcomes
    self.owners = owners
  }

  /// The verdict as a fault: rules that cannot be run, or rules of level error that do not hold;
  /// nil when there are none.
  package var fault: Fault? {
    let unsound = outcomes.count { $0.isUnsound }
    if unsound > 0 {
      return Fault(
        .configuration, "\(unsound) \(unsound == 1 ? "rule" : "rules") cannot be run",
        remedy: "mend the rules that are unsound")
    }
    let errors = outcomes.count { $0.isError }
    guard errors > 0 else { return nil }
    return Fault(
      .verdict, "\(errors) \(errors == 1 ? "rule does" : "rules do") not hold",
      remedy: "mend the data or the rules")
  }

  /// What was found, a line a table, or `byRule` a line a rule; then the rules that do not hold,
  /// each with some of the rows that break it.
  package func text(byRule: Bool) -> String {
    let broken = outcomes.filter { !$0.holds }.map(details)
    return ([byRule ? ruleLines : tableLines] + broken).joined(separator: "\n")
  }

  /// A JSON line a rule.
  package func jsonLines() throws(Fault) -> String {
    var lines = ""
    for outcome in outcomes { lines += JSONWriter.text(try json(outcome)) + "\n" }
    return lines
  }

  /// The rules as the rows of one batch, without samples.
  package var batch: Batch {
    let fields = ["table", "rule", "kind", "level", "outcome"].map { Field($0, .string) }
    let schema = Schema(fields + [Field("rows", .bigint), Field("reason", .string)])
    let builders = schema.fields.map { ColumnBuilder($0.type, capacity: outcomes.count) }
    for outcome in outcomes {
      let rule = outcome.rule
      let values: [Scalar] = [
        .string(rule.table.description), .string(rule.name), .string(rule.kind.word),
        .string(rule.severity.rawValue), .string(outcome.word),
        outcome.failingRowCount.map { .integer(Int64($0)) } ?? .null,
        outcome.reason.map { .string($0) } ?? .null,
      ]
      for (builder, value) in zip(builders, values) { builder.append(value) }
    }
    return Batch(schema, builders.map { $0.finish() }, rowCount: outcomes.count)
  }

  /// The run event: the tables that were read, each with what was found.
  package func event(of lake: Lake, tool: String) -> RunEvent {
    let tables = Set(outcomes.map(\.rule.table)).sorted()
    let run = Run(
      lake.runID,
      Facets().adding(NominalTimeFacet(start: lake.clock.now))
        .adding(ProcessingEngineFacet("medallion \(tool)", version: Medallion.version)))
    let inputs = tables.map { table in
      let found = outcomes.filter { $0.rule.table == table }
      return LineageDataset(
        DatasetName("\(table)"),
        facts: Facets().adding(DataQualityAssertionsFacet(found.map { assertion($0, lake.clock) })))
    }
    return RunEvent(
      .complete, at: lake.clock.now, run: run,
      job: Job(tool, in: DatasetName.tables, Facets().adding(JobTypeFacet("JOB"))),
      inputs: inputs)
  }

  private var ruleLines: String {
    var lines = TextTable(["table", "rule", "level", "outcome", "rows"], rightAligned: [4])
    for outcome in outcomes {
      lines.append([
        outcome.rule.table.description, TextTable.cut(outcome.rule.name, Self.widestRule),
        outcome.rule.severity.rawValue, outcome.word,
        outcome.failingRowCount.map(String.init) ?? "",
      ])
    }
    return lines.text
  }

  private var tableLines: String {
    var lines = TextTable(
      ["table", "rules", "passed", "warnings", "errors"], rightAligned: [1, 2, 3, 4])
    var seen: Set<LakeTableName> = []
    for table in outcomes.map(\.rule.table) where seen.insert(table).inserted {
      let found = outcomes.filter { $0.rule.table == table }
      let counts = [
        found.count, found.count { $0.holds }, found.count { !$0.holds && !$0.isError },
        found.count { $0.isError },
      ]
      lines.append([table.description] + counts.map(String.init))
    }
    return lines.text
  }

  private static let widestRule = 60

  private func details(_ outcome: QualityOutcome) -> String {
    let rule = outcome.rule
    let owner = owners?.owner(of: rule.table).map { ", \($0)" } ?? ""
    let head = shown(
      "\(rule.table): \(rule.name) (\(rule.severity.rawValue), \(rule.place)\(owner))")
    if let reason = outcome.reason { return "\(head): \(shown(reason))\n" }
    let count = outcome.failingRowCount ?? 0
    let samples = outcome.samples.map { batch in
      let first = batch.rowCount < count ? ", the first \(batch.rowCount)" : ""
      return "\(first):\n\(TextTable(batch, widestCell: 36).text(margin: "  "))"
    }
    return "\(head): \(count) \(count == 1 ? "row" : "rows")\(samples ?? "\n")"
  }

  private func json(_ outcome: QualityOutcome) throws(Fault) -> JSONValue {
    let rule = outcome.rule
    var object: JSONObject = [
      "table": .string(rule.table.description), "rule": .string(rule.name),
      "kind": .string(rule.kind.word), "level": .string(rule.severity.rawValue),
      "outcome": .string(outcome.word),
      "rows": outcome.failingRowCount.map { JSONValue($0) } ?? .null,
    ]
    object["place"] = .string(rule.place.description)
    if let owner = owners?.owner(of: rule.table) { object["owner"] = .string(owner) }
    if let reason = outcome.reason { object["reason"] = .string(reason) }
    if let samples = outcome.samples { object["samples"] = .array(try Self.rows(samples)) }
    return .object(object)
  }

  private static func rows(_ batch: Batch) throws(Fault) -> [JSONValue] {
    let formatter = JSONRowFormatter(batch, decimalsAsStrings: true)
    var rows: [JSONValue] = []
    for row in 0..<batch.rowCount {
      var bytes: [UInt8] = []
      formatter.append(row: row, to: &bytes)
      rows.append(try JSONValue(parsing: bytes))
    }
    return rows
  }

  private func assertion(
    _ outcome: QualityOutcome, _ clock: Clock
  ) -> DataQualityAssertionsFacet.Assertion {
    let rule = outcome.rule
    return .init(
      rule.name, QualityQuery(rule: rule, clock: clock).failingRows, holds: outcome.holds,
      column: rule.kind.columns.count == 1 ? rule.kind.columns[0] : nil,
      severity: rule.severity.rawValue, violationCount: outcome.failingRowCount)
  }
}
