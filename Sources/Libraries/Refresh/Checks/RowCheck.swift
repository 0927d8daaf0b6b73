import Bronze
import Columnar
import Core
import TableKeys

/// Judges the rows of a plan. Used by one thread at a time.
final class RowCheck: @unchecked Sendable {
  /// What all checks of the rows of one plan have in common.
  struct Setting {
    /// Makes rows of the quarantine of those that break a rule.
    let quarantine: QuarantineRows
    /// The columns that go on; those behind them only tell where a row came from.
    let own: [Int]
    /// The columns that are hashed.
    let keyPositions: [Int]
    /// Which rows of their lines are judged at all; nil when all are.
    let replayed: ReplayedRows?
    /// What rows do not give; nil where they give all.
    let absence: AbsentColumns?
    /// Whether it is told where the rows of a line begin.
    let areUnits: Bool
    /// Whether the rows that pass tell where they came from, and which of their line's rows they
    /// are.
    let tellsPlaces: Bool
  }

  let check: ExpectationCheck
  private let source: any BatchSource
  private let setting: Setting
  private var lineRows = LineOrdinals()
  private var lineStarts = LineStarts()

  /// Judges what `source` gives.
  init(_ source: any BatchSource, _ check: ExpectationCheck, _ setting: Setting) {
    self.source = source
    self.check = check
    self.setting = setting
  }

  /// All rows that the slice comes to which the source has in hand.
  func rowsOfSlice() throws -> [CheckedBatch] {
    lineRows = LineOrdinals()
    lineStarts = LineStarts()
    var batches: [CheckedBatch] = []
    while let batch = try next() {
      // A unit that begins in one batch and ends in the next is put together.
      if let last = batches.last, batch.starts.first == false {
        batches[batches.count - 1] = try last.joined(with: batch)
      } else {
        batches.append(batch)
      }
    }
    return batches
  }

  func next() throws -> CheckedBatch? {
    while let batch = try source.next() {
      defer { lineRows.pass(batch) }
      guard let replayed = setting.replayed else {
        return try judged(batch) { lineRows.numbers(of: $0, in: batch) }
      }
      let numbers = lineRows.numbers(of: Array(0..<batch.rowCount), in: batch)
      let wanted = replayed.wanted(of: batch, numbers)
      guard !wanted.isEmpty else { continue }
      return try judged(replayed.located(batch.taking(wanted))) { rows in
        rows.map { numbers[Int(wanted[$0])] }
      }
    }
    return nil
  }

  /// The rows `kept` of `batch` with where they came from behind their columns.
  private func placed(_ kept: Batch, _ batch: Batch, _ numbers: ([Int]) -> [Int64]) -> Batch {
    let rows = numbers(Array(0..<batch.rowCount))
    let places = BronzeTable.Provenance.fields.map { field in
      batch.column(field.name) ?? .nulls(field.type, count: batch.rowCount)
    }
    let number =
      rows.isEmpty
      ? Column.nulls(.bigint, count: batch.rowCount)
      : Column(.bigint, count: batch.rowCount, .int64(rows))
    return kept.adding(places + [number], as: RowPlace.fields)
  }

  /// What becomes of `batch`; `numbers` tells of some rows which of their line's rows each is.
  private func judged(_ batch: Batch, numbers: ([Int]) -> [Int64]) throws -> CheckedBatch {
    let absent = setting.absence.map { $0.column(of: batch) }
    let verdicts = try check.judge(batch, absent: absent ?? nil)
    var kept = batch.selecting(setting.own)
    if let absence = setting.absence {
      let column = absent.flatMap { $0 } ?? .nulls(.string, count: batch.rowCount)
      kept = kept.adding([column], as: [absence.field])
    }
    if setting.tellsPlaces { kept = placed(kept, batch, numbers) }
    var rows: [Int]?
    if let verdicts {
      let passed = verdicts.indices.filter { verdicts[$0] < 0 }
      kept = kept.taking(passed.map(Int32.init))
      rows = passed
    }
    kept = kept.compacted()
    let starts = setting.areUnits ? lineStarts.starts(of: rows, in: batch) : []
    return CheckedBatch(
      rows: kept,
      hashes: setting.keyPositions.isEmpty
        ? []
        : KeyHash.hashes(
          of: setting.keyPositions.map { kept.columns[$0] }, count: kept.rowCount),
      starts: starts,
      quarantined: verdicts.flatMap {
        setting.quarantine.rows(of: batch, $0, numbers: numbers, rule: check.rule)
      })
  }
}

/// Where a row came from, as columns behind its own.
enum RowPlace {
  /// Which of its line's rows a row is.
  static let row = "_source_row"
  static let fields = BronzeTable.Provenance.fields + [Field(row, .bigint)]
}

extension Batch {
  /// The batch with more columns behind its own.
  func adding(_ added: [Column], as fields: [Field]) -> Batch {
    Batch(Schema(schema.fields + fields), columns + added, rowCount: rowCount)
  }
}

extension CheckedBatch {
  /// Both, one after the other.
  fileprivate func joined(with next: CheckedBatch) throws(Fault) -> CheckedBatch {
    let broken = [quarantined, next.quarantined].compactMap { $0 }
    return CheckedBatch(
      rows: try Batch.concatenating(rows.schema, [rows, next.rows]), hashes: hashes + next.hashes,
      starts: starts + next.starts,
      quarantined: broken.count < 2
        ? broken.first : try Batch.concatenating(broken[0].schema, broken))
  }
}
