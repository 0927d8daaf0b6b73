import Bronze
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery

/// The rows of a plan that pass a dataset's rules, judged as they are pulled; those that break a
/// quarantine rule are gathered aside.
///
/// Where rows come one from one line of bronze, several threads read slices of the files
/// (`CheckedSlices`), or another flow has had them judged before (`RowsAhead`).
final class CheckedRows: CheckedSource {
  /// Where the rows come from.
  private enum Origin {
    case plan(RowCheck)
    case slices(CheckedSlices)
    case ahead(RowsAhead, () throws -> CheckedBatch?)
  }

  let schema: Schema
  let quarantine: QuarantineRows
  private(set) var rowCount = 0
  private let judgment: RowJudgment
  private let origin: Origin
  private var ready: ArraySlice<CheckedBatch> = []

  /// Runs `plan`; `streams` are the bronze tables that it streams, the rest is told at
  /// `RowJudgment`. Where slices are read, those `along` are judged with them.
  init(
    _ plan: LogicalPlan, _ rules: RowRules, streams: [BronzeTable] = [],
    replayed: ReplayedRows? = nil, tellsPlaces: Bool = false, along: [RowsAhead] = [], lake: Lake,
    _ runner: QueryRunner
  ) throws {
    judgment = RowJudgment(
      plan, rules, streams: streams, replayed: replayed, tellsPlaces: tellsPlaces, lake: lake,
      runner)
    schema = judgment.schema
    quarantine = judgment.quarantine
    guard streams.count == 1, streams[0].canBeSliced, judgment.isRowLocal else {
      origin = .plan(try judgment.check())
      return
    }
    origin = .slices(
      try CheckedSlices(
        of: streams[0], judgment, along: along, lake.fileSystem,
        threadCount: runner.context.threadCount))
  }

  /// Rows that were judged ahead, all of them.
  init(_ ahead: RowsAhead) {
    judgment = ahead.judgment
    schema = judgment.schema
    quarantine = judgment.quarantine
    origin = .ahead(ahead, ahead.source())
  }

  var keepsLinesWhole: Bool { if case .plan = origin { false } else { true } }

  /// How the dataset's own rules fared.
  var rules: [CommitReport.RuleResult] {
    switch origin {
    case .plan(let check): judgment.results(of: [check])
    case .slices(let slices): slices.results
    case .ahead(let ahead, _): ahead.results
    }
  }

  /// The rows alone.
  var passed: any BatchSource { PassedRows(self) }

  func next() throws -> CheckedBatch? {
    while let batch = try nextBatch() {
      if let broken = batch.quarantined { try quarantine.append(broken) }
      rowCount += batch.rows.rowCount
      if batch.rows.rowCount > 0 { return batch }
    }
    return nil
  }

  private func nextBatch() throws -> CheckedBatch? {
    switch origin {
    case .plan(let check): return try check.next()
    case .ahead(_, let next): return try next()
    case .slices(let slices):
      while ready.isEmpty {
        guard let batches = try slices.next() else { return nil }
        ready = batches[...]
      }
      return ready.popFirst()
    }
  }
}
