import Bronze
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery

/// How the rows of a plan are judged: by which rules, and what those that pass tell.
struct RowJudgment {
  /// The columns of rows that pass.
  let schema: Schema
  /// Where those go that break a rule.
  let quarantine: QuarantineRows
  /// Whether each row comes from one row of the stream.
  var isRowLocal: Bool { plan.isRowLocal }
  /// The plan, with the provenance of bronze rows for those that are set aside.
  private let plan: LogicalPlan
  private let expectations: [Expectation]
  /// So many of them are the dataset's own.
  private let ownCount: Int
  private let setting: RowCheck.Setting
  private let runner: QueryRunner

  /// `streams` are the bronze tables that the plan streams; `replayed`, where it is given, tells
  /// which of the rows that their lines come to are taken. With `tellsPlaces` the rows say where
  /// they came from.
  init(
    _ plan: LogicalPlan, _ rules: RowRules, streams: [BronzeTable] = [],
    replayed: ReplayedRows? = nil, tellsPlaces: Bool = false, lake: Lake, _ runner: QueryRunner
  ) {
    let absence = rules.absence(of: plan, from: streams)
    let hidden = absence == nil ? BronzeTable.Provenance.fields : BronzeTable.Provenance.all
    self.plan = plan.carrying(hidden: hidden)?.plan ?? plan
    self.runner = runner
    schema = Schema(
      plan.schema.fields + (absence.map { [$0.field] } ?? [])
        + (tellsPlaces ? RowPlace.fields : []))
    quarantine = QuarantineRows(
      lake: lake, table: rules.dataset.name, flow: rules.flow, runner.context)
    expectations = rules.expectations
    ownCount = rules.dataset.expectations.count
    setting = RowCheck.Setting(
      quarantine: quarantine, own: Array(plan.schema.fields.indices),
      keyPositions: rules.keys.compactMap { plan.schema.index(of: $0) }, replayed: replayed,
      absence: absence, areUnits: rules.areUnits, tellsPlaces: tellsPlaces)
  }

  /// A check of all rows.
  func check() throws -> RowCheck { try check(plan) }

  /// A check of the rows that come from the slices of `table` put into `slot`; of a plan that
  /// `isRowLocal`.
  func check(of table: BronzeTable, in slot: SliceSlot) throws -> RowCheck {
    try check(plan.reading(SlicedTable(table, from: slot)))
  }

  private func check(_ plan: LogicalPlan) throws -> RowCheck {
    RowCheck(
      try runner.run(plan),
      try ExpectationCheck(expectations, schema: self.plan.schema, runner), setting)
  }

  /// How the dataset's own rules fared in all of `checks`.
  func results(of checks: [RowCheck]) -> [CommitReport.RuleResult] {
    guard var results = checks.first?.check.results else { return [] }
    for judge in checks.dropFirst() {
      for (position, result) in judge.check.results.enumerated() {
        results[position].brokenCount += result.brokenCount
      }
    }
    return Array(results.prefix(ownCount))
  }
}

extension LogicalPlan {
  /// Whether each row comes from one row of the only table that is read, whatever the others are.
  var isRowLocal: Bool {
    switch self {
    case .scan: true
    case .filter(let input, _), .project(let input, _): input.isRowLocal
    case .generate(let generate): generate.input.isRowLocal
    default: false
    }
  }

  /// A plan that `isRowLocal`, over `table` in place of the one that it reads.
  fileprivate func reading(_ table: any TableProvider) -> LogicalPlan {
    switch self {
    case .scan(var scan):
      scan.table = table
      return .scan(scan)
    case .filter(let input, let condition): return .filter(input.reading(table), condition)
    case .project(let input, let columns): return .project(input.reading(table), columns)
    case .generate(var generate):
      generate.input = generate.input.reading(table)
      return .generate(generate)
    default: return self
    }
  }
}
