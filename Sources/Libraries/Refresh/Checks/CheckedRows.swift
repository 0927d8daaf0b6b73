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
final class CheckedRows: BatchSource {
  let schema: Schema
  let quarantine: QuarantineRows
  private(set) var rowCount = 0
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

  /// Runs `plan`, which is that of `flow` where the dataset has flows; the provenance of bronze
  /// rows is carried along for those that are set aside.
  /// `required` names columns in which a NULL sets a row aside too; `keys` those that are hashed;
  /// `streams` the bronze tables that the plan streams; `replayed`, where it is given, the rows of
  /// lines that replays stand for; with `isReplay` these are taken, else the others.
  init(
    _ plan: LogicalPlan, of dataset: Dataset, flow: String? = nil, lake: Lake,
    _ runner: QueryRunner, requiring required: [String] = [], keys: [String] = [],
    streams: [BronzeTable] = [], replayed: ReplayedRows? = nil, isReplay: Bool = false
  ) throws {
    let carried = plan.carrying(hidden: BronzeTable.Provenance.fields)?.plan ?? plan
    let presence = required.map { column in
      Expectation(
        name: "\(column)_present", condition: "\(Identifier.quoted(column)) IS NOT NULL",
        violation: .quarantine, place: dataset.place)
    }
    schema = plan.schema
    ruleCount = dataset.expectations.count
    let quarantine = QuarantineRows(lake: lake, table: dataset.name, flow: flow, runner.context)
    self.quarantine = quarantine
    let keyPositions = keys.compactMap { plan.schema.index(of: $0) }
    let rules = dataset.expectations + presence
    func judge(_ source: any BatchSource, _ slot: SliceSlot?) throws -> RowCheck {
      RowCheck(
        source, slot, try ExpectationCheck(rules, schema: carried.schema, runner),
        quarantine,
        columnCount: plan.schema.fields.count, keyPositions: keyPositions, replayed,
        isReplay: isReplay)
    }
    let threadCount = runner.context.threadCount
    sliceLimit = threadCount + 2
    guard streams.count == 1, streams[0].canBeSliced, carried.isRowLocal else {
      judges = [try judge(try runner.run(carried), nil)]
      slices = nil
      work = nil
      return
    }
    let judges = try (0..<threadCount).map { _ in
      let slot = SliceSlot()
      let sliced = carried.reading(SlicedTable(streams[0], from: slot))
      return try judge(try runner.run(sliced), slot)
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

  func next() throws -> Batch? { try nextChecked()?.rows }

  /// The next rows and the hashes of their keys.
  func nextChecked() throws -> CheckedBatch? {
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

/// Rows that passed, and what did not.
struct CheckedBatch: Sendable {
  var rows: Batch
  /// The hash of each row's key; empty when no keys were asked for.
  var hashes: [UInt64]
  /// Rows of the quarantine table.
  var quarantined: Batch?
}

/// Judges the rows of a plan. Used by one thread at a time.
final class RowCheck: @unchecked Sendable {
  let check: ExpectationCheck
  private let source: any BatchSource
  private let slot: SliceSlot?
  private let quarantine: QuarantineRows
  private let own: [Int]
  private let keyPositions: [Int]
  private let replayed: ReplayedRows?
  private let isReplay: Bool
  private var lineRows = LineOrdinals()

  init(
    _ source: any BatchSource, _ slot: SliceSlot?, _ check: ExpectationCheck,
    _ quarantine: QuarantineRows, columnCount: Int, keyPositions: [Int],
    _ replayed: ReplayedRows?, isReplay: Bool
  ) {
    self.source = source
    self.slot = slot
    self.check = check
    self.quarantine = quarantine
    own = Array(0..<columnCount)
    self.keyPositions = keyPositions
    self.replayed = replayed
    self.isReplay = isReplay
  }

  /// All rows that a slice of the plan's stream comes to.
  func rows(of bronze: BronzeSlice) throws -> [CheckedBatch] {
    slot?.put(bronze)
    lineRows = LineOrdinals()
    var batches: [CheckedBatch] = []
    while let batch = try next() { batches.append(batch) }
    return batches
  }

  func next() throws -> CheckedBatch? {
    while let batch = try source.next() {
      defer { lineRows.pass(batch) }
      guard let replayed else {
        return try judged(batch) { lineRows.numbers(of: $0, in: batch) }
      }
      let numbers = lineRows.numbers(of: Array(0..<batch.rowCount), in: batch)
      let wanted =
        isReplay ? replayed.asked(of: batch, numbers) : replayed.unasked(of: batch, numbers)
      guard !wanted.isEmpty else { continue }
      let taken = batch.taking(wanted)
      return try judged(isReplay ? replayed.located(taken) : taken) { rows in
        rows.map { numbers[Int(wanted[$0])] }
      }
    }
    return nil
  }

  /// What becomes of `batch`; `numbers` tells of some rows which of their line's rows each is.
  private func judged(_ batch: Batch, numbers: ([Int]) -> [Int64]) throws -> CheckedBatch {
    let verdicts = try check.judge(batch)
    var kept = batch.selecting(own)
    if let verdicts {
      kept = kept.taking(verdicts.indices.filter { verdicts[$0] < 0 }.map(Int32.init))
    }
    kept = kept.compacted()
    return CheckedBatch(
      rows: kept,
      hashes: keyPositions.isEmpty
        ? []
        : KeyHash.hashes(of: keyPositions.map { kept.columns[$0] }, count: kept.rowCount),
      quarantined: verdicts.flatMap {
        quarantine.rows(of: batch, $0, numbers: numbers, rule: check.rule)
      })
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
