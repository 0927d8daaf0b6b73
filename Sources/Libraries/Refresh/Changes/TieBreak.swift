import Bronze
import Columnar
import Core
import Delta
import Engine
import LakeJobs
import LakeQuery
import TableKeys

/// Step 7 of AUTO CDC where changes of one key and sequence say different things, and what the
/// micro-batch says does not tell their order: which stands.
///
/// Neither the table nor its auxiliary table tells all that was said of such keys, in which words
/// and where: what was overtaken may count again. So bronze is looked through for it, as far as the
/// table has come: rare changes cost a scan, and no others cost anything. What lost is set aside
/// under the rule `conflict`, each thing once, with its text and its place.
struct TieBreak {
  let dataset: Dataset
  let flow: Flow
  let microBatch: MicroBatch
  let target: ChangeTarget
  /// The table as the micro-batch finds it.
  let standing: TableSummary?
  let jobs: JobFolder
  let lake: Lake
  let context: QueryContext
  /// Whether a tie fails the run instead.
  var failsOnTies = false

  /// What became of ties.
  struct Outcome {
    /// All events that stand of keys that have ties.
    var winners: BatchTable
    /// How many changes were set aside, and how many of them the micro-batch brought.
    var lostCount = 0
    var newLostCount = 0
  }

  /// Settles `ties`, of which `tied` is said.
  func settle(_ ties: BatchTable, _ tied: BatchTable) throws -> Outcome {
    let found = try FoundChanges(self, hashes: hashes(of: ties))
    let tables = NamedTables([
      RenamedTable("ties", ties), RenamedTable("tied", tied), RenamedTable("found", found.rows),
    ])
    let runner = QueryRunner(catalog: tables, context: context)
    func make(_ name: String, _ sql: String) throws -> BatchTable {
      let table = try runner.table(sql, name: name)
      tables.add(table)
      return table
    }
    var fold = target.fold
    _ = try make("told", fold.told)
    if fold.hasUnits {
      _ = try make("bodies", fold.bodies)
    } else {
      fold.partial = try fold.partialColumns(in: "told", runner)
      _ = try make("toldsteps", fold.toldSteps)
      _ = try make("countedsteps", fold.countedSteps)
      _ = try make("netted", fold.netted)
      _ = try make("ranked", fold.ranked)
    }
    let winners = try make("winners", fold.hasUnits ? fold.unitWinners : fold.winners)
    let nested = Set(target.columns.filter { !KeyHash.supports($0.type) }.map(\.name))
    let losers = try make(
      "losers", fold.hasUnits ? fold.unitLosers(nested: nested) : fold.stepLosers(nested: nested))
    var outcome = Outcome(winners: winners)
    try setAside(losers, found, &outcome)
    return outcome
  }

  /// The hashes of the keys of `ties`; nil where keys have none.
  private func hashes(of ties: BatchTable) -> Set<UInt64>? {
    guard KeyIndex.supports(target.unit, of: ties.schema) else { return nil }
    return ties.batches.reduce(into: []) { $0.formUnion(target.unitHashes(of: $1)) }
  }

  // MARK: Quarantine

  private func setAside(
    _ losers: BatchTable, _ found: FoundChanges, _ outcome: inout Outcome
  ) throws {
    guard losers.rowCount > 0 else { return }
    let commits = TableCommit(lake: lake, of: dataset, jobs)
    let known = try ToldConflicts(of: dataset.name, commits, refreshedBy: refreshCount)
    for flow in dataset.flows {
      let lost = QuarantineRows(lake: lake, table: dataset.name, flow: flow.name, context)
      for batch in losers.batches {
        let rows = try found.located(batch, of: flow.name, isOwn: flow.name == self.flow.name)
        let texts = QuarantineRows.texts(of: rows.batch)
        // What is replayed and loses once more is set aside once more.
        let fresh = (0..<rows.batch.rowCount).filter { row in
          microBatch.step.isReplay && rows.isNew[row]
            || !known.holds(rows.batch, row, flow.name, texts)
        }
        if fresh.isEmpty { continue }
        if failsOnTies { throw fault(rows.reasons, fresh) }
        let chosen = fresh.map(Int32.init)
        try lost.append(
          lost: rows.batch.taking(chosen), row: RowPlace.row,
          reasons: rows.reasons.taking(chosen))
        outcome.newLostCount += fresh.count { rows.isNew[$0] }
      }
      outcome.lostCount += lost.count
      try commits.commit(
        lost: lost, of: dataset.name,
        stamp: QuarantineStamp(lostIn: microBatch.step, into: standing))
    }
  }

  private func fault(_ reasons: Column, _ lost: [Int]) -> Fault {
    let reason =
      if case .string(let text) = reasons.scalar(at: lost[0]) { text } else { "another says else" }
    return Fault(
      .verdict, at: dataset.place,
      "\(dataset.name): \(counted(lost.count, "change")) of a key and sequence of another that "
        + "says something else: \(reason)",
      remedy: "correct the source, or take '--on-tie fail' out to have one set aside")
  }

  private var refreshCount: Int64 {
    QuarantineStamp.refreshCount(of: standing, after: microBatch.step)
  }
}

/// The changes that were set aside before, each by its flow and place.
private struct ToldConflicts {
  private var places: Set<[String]> = []

  /// Those of a table, by its refresh with this number.
  init(of name: LakeTableName, _ commits: TableCommit, refreshedBy count: Int64) throws {
    guard let snapshot = try commits.table(Quarantine.name(of: name)).snapshot() else { return }
    let files = snapshot.files.filter { QuarantineStamp($0).refreshCount == count }
    let wanted: [Quarantine.Column] = [.rule, .flow, .sourceFile, .sourceLine, .sourceRow, .raw]
    let columns = wanted.map(\.name)
    guard columns.allSatisfy({ snapshot.schema.index(of: $0) != nil }) else { return }
    for source in try snapshot.scan(columns: columns, files: files).sources() {
      while let batch = try source.next() {
        for row in 0..<batch.rowCount
        where batch.columns[0].scalar(at: row) == .string(QuarantineRows.conflict) {
          places.insert(Self.place(batch.columns[1...].map { $0.scalar(at: row) }))
        }
      }
    }
  }

  /// Whether a row, which tells its place, is among them.
  func holds(_ batch: Batch, _ row: Int, _ flow: String, _ texts: Column) -> Bool {
    let names = [BronzeTable.Provenance.file, BronzeTable.Provenance.line, RowPlace.row]
    let values = names.map { batch.column($0)?.scalar(at: row) ?? .null }
    return places.contains(Self.place([.string(flow)] + values + [texts.scalar(at: row)]))
  }

  /// A place in words: flow, file, line, row, and the text of what has no place.
  private static func place(_ values: [Scalar]) -> [String] {
    values[1].isNull ? values.map { "\($0)" } : values.dropLast().map { "\($0)" }
  }
}
