import Bronze
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery

/// All changes of some keys that bronze holds, as far as a table has come, with where they stand.
struct FoundChanges {
  /// What an event says, then its `places`.
  private(set) var rows: BatchTable
  /// The changes with their places, by number; each of a flow.
  private var batches: [(flow: String, first: Int, rows: Batch)] = []
  private let target: ChangeTarget
  /// By the text of its file and line: the number of a body.
  private var bodies: [String: Int64] = [:]

  /// What is known of a change besides what it says: its ordinal, its number here, whether the
  /// micro-batch brings it, the number of its line among those found, that line's text, and the
  /// number of its flow where ordinals tell the order of what that says.
  static let places = [
    Field(FoldQueries.Name.ordinal, .bigint), Field("__found", .bigint), Field("__new", .boolean),
    Field("__body", .bigint), Field("__text", .string), Field("__flow", .bigint),
  ]

  /// Looks for changes whose keys have one of `hashes` (nil: any).
  init(_ tie: TieBreak, hashes: Set<UInt64>?) throws {
    target = tie.target
    rows = BatchTable("found", Schema(tie.target.auxiliarySchema.fields + Self.places), [])
    var dataset = tie.dataset
    // A rule that fails a run has not failed those that took these rows.
    for index in dataset.expectations.indices
    where dataset.expectations[index].violation == .fail {
      dataset.expectations[index].violation = .quarantine
    }
    for flow in dataset.flows {
      guard case .autoCDC = flow.body else { continue }
      let streams = tie.jobs.streams(of: flow)
      func past(isReplay: Bool) throws -> MicroBatch {
        try tie.microBatch.past(
          streams, of: flow.name, into: dataset.name, standing: tie.standing, isReplay: isReplay,
          lake: tie.lake)
      }
      let isOwn = flow.name == tie.flow.name
      for batch in [try past(isReplay: false), try past(isReplay: true)] where !batch.isEmpty {
        try look(through: batch, of: flow, dataset, tie, hashes, isNew: false)
      }
      if isOwn { try look(through: tie.microBatch, of: flow, dataset, tie, hashes, isNew: true) }
    }
  }

  private mutating func look(
    through batch: MicroBatch, of flow: Flow, _ dataset: Dataset, _ tie: TieBreak,
    _ hashes: Set<UInt64>?, isNew: Bool
  ) throws {
    let plan = try FlowPlan(
      flow, streaming: batch.tables, jobs: tie.jobs, lake: tie.lake, tie.context)
    let replayed = try ReplayedRows(
      batch,
      replays: try MicroBatch(
        .replayAll, tie.jobs.streams(of: flow), of: flow.name, into: dataset.name, since: nil,
        lake: tie.lake))
    let found = try CheckedRows(
      plan.rows, try plan.rules(of: dataset), streams: batch.tables, replayed: replayed,
      tellsPlaces: true, lake: tie.lake, plan.runner)
    while let checked = try found.next() {
      let wanted =
        checked.rows.columns.isEmpty
        ? []
        : (0..<checked.rows.rowCount).filter { row in
          guard let hashes, checked.hashes.count == checked.rows.rowCount else { return true }
          return hashes.contains(checked.hashes[row])
        }
      if wanted.isEmpty { continue }
      let number = batch.hasOneStream ? dataset.flows.firstIndex { $0.name == flow.name } : nil
      add(
        checked.rows.taking(wanted.map(Int32.init)).compacted(), of: flow.name, numbered: number,
        isNew)
    }
  }

  private mutating func add(
    _ batch: Batch, of flow: String, numbered number: Int?, _ isNew: Bool
  ) {
    let first = rows.rowCount
    batches.append((flow, first, batch))
    let count = batch.rowCount
    let said = target.auxiliarySchema.fields.map { field in
      batch.column(field.name) ?? .nulls(field.type, count: count)
    }
    let places: [Column] = [
      target.ordinal.flatMap { batch.column($0.name) } ?? .nulls(.bigint, count: count),
      Column(.bigint, count: count, .int64((0..<count).map { Int64(first + $0) })),
      .constant(.boolean(isNew), .boolean, count: count),
      Column(.bigint, count: count, .int64((0..<count).map { body(of: $0, in: batch, flow) })),
      batch.column(BronzeTable.Provenance.raw) ?? .nulls(.string, count: count),
      .constant(number.map { .integer(Int64($0)) } ?? .null, .bigint, count: count),
    ]
    let made = Batch(rows.schema, said + places, rowCount: count)
    rows = BatchTable(rows.name, rows.schema, rows.batches + [made])
  }

  /// The number of a row's line. A replay stands for a row of its line, and is of its body.
  private mutating func body(of row: Int, in batch: Batch, _ flow: String) -> Int64 {
    let place = [BronzeTable.Provenance.file, BronzeTable.Provenance.line].map { name in
      batch.column(name).map { "\($0.scalar(at: row))" } ?? ""
    }
    let text = ([flow] + place).joined(separator: "\u{0}")
    if let known = bodies[text] { return known }
    bodies[text] = Int64(bodies.count)
    return Int64(bodies.count - 1)
  }

  /// Rows of `losers` that come from a flow, with their places where they were found; those that
  /// were not, and tell only themselves, are of the flow that `isOwn`.
  func located(
    _ losers: Batch, of flow: String, isOwn: Bool
  ) throws(Fault) -> (batch: Batch, reasons: Column, isNew: [Bool]) {
    var pieces: [Batch] = []
    var order: [Int32] = []
    var isNew: [Bool] = []
    let numbers = losers.column("__found")
    let own = target.columns.compactMap { losers.schema.index(of: $0.name) }
    let schema = Schema(target.columns + RowPlace.fields)
    for row in 0..<losers.rowCount {
      guard case .integer(let number)? = numbers?.scalar(at: row) else { continue }
      let said = losers.taking([Int32(row)])
      let place: [Column]
      if let home = batches.last(where: { $0.first <= number && number >= 0 }) {
        guard home.flow == flow else { continue }
        let origin = home.rows.taking([Int32(Int(number) - home.first)])
        place = RowPlace.fields.map { origin.column($0.name) ?? .nulls($0.type, count: 1) }
      } else {
        guard isOwn else { continue }
        place = RowPlace.fields.map { .nulls($0.type, count: 1) }
      }
      pieces.append(Batch(schema, own.map { said.columns[$0] } + place, rowCount: 1))
      order.append(Int32(row))
      isNew.append(losers.column("__new")?.scalar(at: row) == .boolean(true))
    }
    let reasons = losers.column("__reason") ?? .nulls(.string, count: losers.rowCount)
    return (try Batch.concatenating(schema, pieces), reasons.taking(order), isNew)
  }
}
