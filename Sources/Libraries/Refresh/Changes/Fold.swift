import Bronze
import Columnar
import Core
import Engine
import LakeQuery

/// Step 7 of AUTO CDC: works out what held changes make of the rows of their keys.
///
/// It runs `FoldQueries` over the changes, over those of the target's rows and of the auxiliary
/// table's that have their keys, and changes nothing itself. First it gathers what is said of the
/// keys; where different things are said of one sequence of a key, and no number tells which was
/// said last, `ties` names the key, and who folds must say what stands.
struct Fold {
  let target: ChangeTarget
  /// The keys of which different things are said for one sequence.
  private(set) var ties: BatchTable
  private var fold: FoldQueries
  private let tables: NamedTables
  private let runner: QueryRunner

  /// What a fold leaves to be written.
  struct Outcome {
    /// Rows of keys that surely have none.
    var inserts: BatchTable
    /// Rows of the target to put in place, by `ChangeTarget.identity`.
    var upserts: BatchTable
    /// Identities of rows that go.
    var deletions: BatchTable
    /// Rows of the auxiliary table to put in place, by `ChangeTarget.auxiliaryKeys`.
    var remembered: BatchTable
    /// Identities of auxiliary rows that go.
    var forgotten: BatchTable
  }

  /// Gathers what is said of the keys of `incoming`: by these changes, and by a target and an
  /// auxiliary table (nil: not there yet). The column `number` tells the order of changes of one
  /// key and sequence, where there is one.
  init(
    _ target: ChangeTarget, incoming: BatchTable, present: (any TableProvider)?,
    auxiliary: (any TableProvider)?, numberedBy number: String?, context: QueryContext
  ) throws {
    self.target = target
    fold = target.fold
    tables = NamedTables([incoming])
    runner = QueryRunner(catalog: tables, context: context)
    tables.add(try runner.table(fold.touchedKeys(of: "incoming"), name: "touched"))
    try Self.addTouched("present", present, target.schema, fold, to: tables, runner)
    try Self.addTouched("auxiliary", auxiliary, target.auxiliarySchema, fold, to: tables, runner)
    let saysAbsent = incoming.schema.index(of: FoldQueries.Name.absent) != nil
    let absent = saysAbsent ? fold.absent : "CAST(NULL AS STRING)"
    tables.add(
      try runner.table(fold.candidates(incomingAbsent: absent), name: "candidates"))
    ties = try runner.table(fold.ties, name: "ties")
    tables.add(ties)
    if let number, ties.rowCount > 0 { try takeSteps(numberedBy: number, absent: absent) }
  }

  /// Lets numbered changes of one key and sequence be steps to one event.
  private mutating func takeSteps(numberedBy number: String, absent: String) throws {
    tables.add(
      try runner.table(fold.steps(numberedBy: number, absent: absent), name: "steps"))
    let numbered = try runner.table(fold.numbered, name: "numbered")
    guard numbered.rowCount > 0 else { return }
    tables.add(numbered)
    var netting = fold
    netting.partial = try fold.partialColumns(in: "steps", runner)
    tables.add(try runner.table(netting.nettedCandidates, name: "candidates"))
    ties = try runner.table(fold.ties, name: "ties")
    tables.add(ties)
  }

  /// What is said of the `ties`, each once.
  func tied() throws -> BatchTable { try runner.table(fold.tied, name: "tied") }

  /// Works out the changes to the target and the auxiliary table. `winners` hold, for the `ties`,
  /// all events that stand.
  func outcome(winners: BatchTable? = nil) throws -> Outcome {
    var fold = fold
    func make(_ name: String, _ sql: String) throws {
      tables.add(try runner.table(sql, name: name))
    }
    if let winners { tables.add(RenamedTable("winners", winners)) }
    try make("events", fold.events(hasTies: ties.rowCount > 0))
    fold.partial = try fold.partialColumns(in: "events", runner)
    try make("carried", fold.carried)
    return target.isHistory ? try foldHistory(fold, make) : try foldCurrent(fold, make)
  }

  private static func addTouched(
    _ name: String, _ whole: (any TableProvider)?, _ schema: Schema, _ fold: FoldQueries,
    to tables: NamedTables, _ runner: QueryRunner
  ) throws {
    guard let whole else {
      tables.add(BatchTable(name, schema, []))
      return
    }
    tables.add(RenamedTable("whole", whole))
    let columns = schema.fields.map {
      (name: $0.name, type: $0.type.sql, isThere: whole.schema.index(of: $0.name) != nil)
    }
    tables.add(try runner.table(fold.touchedRows(of: "whole", columns: columns), name: name))
  }

  private func foldCurrent(
    _ fold: FoldQueries, _ make: (String, String) throws -> Void
  ) throws -> Outcome {
    try make("heads", fold.heads)
    try make("standing", fold.standingRows)
    try make("remembered", fold.currentRemembered)
    return Outcome(
      inserts: try runner.table(fold.currentInserts, name: "inserts"),
      upserts: try runner.table(fold.currentUpdates, name: "upserts"),
      deletions: try runner.table(fold.currentDeletions, name: "deletions"),
      remembered: try runner.table("SELECT * FROM remembered", name: "remembered"),
      forgotten: try runner.table(fold.forgotten, name: "forgotten"))
  }

  private func foldHistory(
    _ fold: FoldQueries, _ make: (String, String) throws -> Void
  ) throws -> Outcome {
    try make("segments", fold.segments)
    try make("versions", fold.versions)
    return Outcome(
      inserts: BatchTable("inserts", target.schema, []),
      upserts: try runner.table(fold.changedVersions, name: "upserts"),
      deletions: try runner.table(fold.goneVersions, name: "deletions"),
      remembered: try runner.table(fold.historyRemembered, name: "remembered"),
      forgotten: BatchTable("forgotten", target.auxiliaryIdentity, []))
  }
}

extension FoldQueries {
  /// The columns that some rows of `table` do not give, in the target's order.
  func partialColumns(in table: String, _ runner: QueryRunner) throws -> [String] {
    let texts = try runner.table(absentNames(in: table), name: "absent")
    var names: Set<String> = []
    for batch in texts.batches {
      for row in 0..<batch.rowCount {
        if case .string(let text) = batch.columns[0].scalar(at: row) {
          names.formUnion(AbsentNames.names(in: text))
        }
      }
    }
    return columns.filter { names.contains($0) && !keys.contains($0) }
  }
}

/// A table under another name.
struct RenamedTable: TableProvider {
  let name: String
  private let table: any TableProvider

  init(_ name: String, _ table: any TableProvider) {
    self.name = name
    self.table = table
  }

  var schema: Schema { table.schema }
  var estimatedRowCount: Int? { table.estimatedRowCount }
  func scan(_ request: ScanRequest) throws -> [any BatchSource] { try table.scan(request) }
}
