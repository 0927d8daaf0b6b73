import Bronze
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery
import Synchronization
import TableKeys

/// The rows of a plan that pass a dataset's rules, judged as they are pulled; those that break a
/// quarantine rule are gathered aside.
///
/// Where rows come one from one line of bronze, several threads read slices of the files; the rows
/// and their order are the same for any number of threads.
final class CheckedRows: CheckedSource {
  let schema: Schema
  let quarantine: QuarantineRows
  private(set) var rowCount = 0
  var keepsLinesWhole: Bool { slices != nil }
  private let judges: [RowCheck]
  private let ruleCount: Int
  /// Gives the next slice of the stream; nil where rows are not read by slices.
  private let slices: (() throws -> BronzeSlice?)?
  private let work: OrderedWork<BronzeSlice, [CheckedBatch]>?
  private var ready: ArraySlice<CheckedBatch> = []
  /// So many slices are in work or waiting to be taken up.
  private let sliceLimit: Int
  /// So many slices are cut ahead.
  private static let waitingSliceLimit = 2

  /// Runs `plan`; the provenance of bronze rows is carried along for those that are set aside.
  /// `streams` are the bronze tables that the plan streams; `replayed`, where it is given, tells
  /// which of the rows that their lines come to are taken. With `tellsPlaces` the rows say where
  /// they came from.
  init(
    _ plan: LogicalPlan, _ rules: RowRules, streams: [BronzeTable] = [],
    replayed: ReplayedRows? = nil, tellsPlaces: Bool = false, lake: Lake, _ runner: QueryRunner
  ) throws {
    let absence = rules.absence(of: plan, from: streams)
    let hidden = absence == nil ? BronzeTable.Provenance.fields : BronzeTable.Provenance.all
    let carried = plan.carrying(hidden: hidden)?.plan ?? plan
    schema = Schema(
      plan.schema.fields + (absence.map { [$0.field] } ?? [])
        + (tellsPlaces ? RowPlace.fields : []))
    ruleCount = rules.dataset.expectations.count
    let quarantine = QuarantineRows(
      lake: lake, table: rules.dataset.name, flow: rules.flow, runner.context)
    self.quarantine = quarantine
    let expectations = rules.expectations
    let setting = RowCheck.Setting(
      quarantine: quarantine, own: Array(plan.schema.fields.indices),
      keyPositions: rules.keys.compactMap { plan.schema.index(of: $0) }, replayed: replayed,
      absence: absence, areUnits: rules.areUnits, tellsPlaces: tellsPlaces)
    func judge(_ plan: LogicalPlan, _ slot: SliceSlot?) throws -> RowCheck {
      RowCheck(
        try runner.run(plan), slot,
        try ExpectationCheck(expectations, schema: carried.schema, runner), setting)
    }
    let threadCount = runner.context.threadCount
    sliceLimit = threadCount + 2
    guard streams.count == 1, streams[0].canBeSliced, carried.isRowLocal else {
      judges = [try judge(carried, nil)]
      slices = nil
      work = nil
      return
    }
    let judges = try (0..<threadCount).map { _ in
      let slot = SliceSlot()
      return try judge(carried.reading(SlicedTable(streams[0], from: slot)), slot)
    }
    self.judges = judges
    let idle = IdleChecks(judges)
    slices = CheckedRows.slices(of: streams[0], lake.fileSystem, isAhead: threadCount > 1)
    work =
      threadCount == 1
      ? nil
      : OrderedWork(threads: threadCount) { slice in
        let judge = idle.take()
        defer { idle.put(judge) }
        return try judge.rows(of: slice)
      }
  }

  /// How the dataset's own rules fared.
  var rules: [CommitReport.RuleResult] {
    var results = judges[0].check.results
    for judge in judges.dropFirst() {
      for (position, result) in judge.check.results.enumerated() {
        results[position].brokenCount += result.brokenCount
      }
    }
    return Array(results.prefix(ruleCount))
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
    guard let slices else { return try judges[0].next() }
    while ready.isEmpty {
      guard let batches = try nextSlice(of: slices) else { return nil }
      ready = batches[...]
    }
    return ready.popFirst()
  }

  /// What the next slice comes to.
  private func nextSlice(of slices: () throws -> BronzeSlice?) throws -> [CheckedBatch]? {
    guard let work else { return try slices().map { try judges[0].rows(of: $0) } }
    while work.pendingCount < sliceLimit, let slice = try slices() { work.add(slice) }
    return try work.next()
  }

  /// The slices of a table's files; with `isAhead` they are unpacked and cut on another thread.
  private static func slices(
    of table: BronzeTable, _ fileSystem: any FileSystem, isAhead: Bool
  ) -> () throws -> BronzeSlice? {
    let files = table.files
    guard isAhead else {
      let slices = BronzeSlices(files, fileSystem)
      return { try slices.next() }
    }
    let slices = Disconnected(BronzeSlices(files, fileSystem))
    let queue = Prefetch(capacity: waitingSliceLimit) { try slices.value.next() }
    return { try queue.next() }
  }
}

/// Judges that no thread uses just now.
private final class IdleChecks: Sendable {
  private let judges: Mutex<[RowCheck]>

  init(_ judges: [RowCheck]) { self.judges = Mutex(judges) }

  /// One that the caller alone uses until it is put back; there are as many as threads.
  func take() -> RowCheck { judges.withLock { $0.removeLast() } }

  func put(_ judge: RowCheck) { judges.withLock { $0.append(judge) } }
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
