import Columnar
import Core
import Engine
import LakeQuery

/// Step 7 of AUTO CDC: works out what held changes make of the rows of their keys.
///
/// It runs `FoldQueries` over the changes, over those of the target's rows and of the auxiliary
/// table's that have their keys, and changes nothing itself.
struct Fold {
  let target: ChangeTarget
  private let fold: FoldQueries
  private let context: QueryContext
  private let incoming: BatchTable

  init(_ target: ChangeTarget, incoming: BatchTable, context: QueryContext) {
    self.target = target
    self.incoming = incoming
    fold = target.fold
    self.context = context
  }

  /// What a fold leaves to be written.
  struct Outcome {
    /// Rows of keys that surely have none.
    var inserts: BatchTable
    /// Rows of the target to put in place, by `ChangeTarget.identity`.
    var upserts: BatchTable
    /// Identities of rows that go.
    var deletions: BatchTable
    /// Rows of the auxiliary table that stand for the touched keys; the old ones of these keys go.
    var remembered: BatchTable
    /// Identities of auxiliary rows that go.
    var forgotten: BatchTable
  }

  /// Works out the changes to a target and auxiliary table whose tables are given (nil: not there
  /// yet).
  func run(present: (any TableProvider)?, auxiliary: (any TableProvider)?) throws -> Outcome {
    let tables = NamedTables([incoming])
    let runner = QueryRunner(catalog: tables, context: context)
    func make(_ name: String, _ sql: String) throws {
      tables.add(try runner.table(sql, name: name))
    }
    let latest = target.isHistory ? "incoming" : "latest"
    if !target.isHistory { try make("latest", fold.latest) }
    try make("touched", fold.touchedKeys(of: latest))
    try addTouched("present", present, target.schema, to: tables, runner)
    try addTouched("auxiliary", auxiliary, target.auxiliarySchema, to: tables, runner)
    return target.isHistory
      ? try foldHistory(tables, runner) : try foldCurrent(tables, runner)
  }

  private func addTouched(
    _ name: String, _ whole: (any TableProvider)?, _ schema: Schema, to tables: NamedTables,
    _ runner: QueryRunner
  ) throws {
    guard let whole else {
      tables.add(BatchTable(name, schema, []))
      return
    }
    tables.add(RenamedTable("whole", whole))
    tables.add(
      try runner.table(fold.touchedRows(of: "whole", columns: schema.names), name: name))
  }

  private func foldCurrent(_ tables: NamedTables, _ runner: QueryRunner) throws -> Outcome {
    tables.add(try runner.table(fold.currentWinners, name: "winners"))
    return Outcome(
      inserts: try runner.table(fold.currentInserts, name: "inserts"),
      upserts: try runner.table(fold.currentUpdates, name: "upserts"),
      deletions: try runner.table(fold.currentDeletions, name: "deletions"),
      remembered: try runner.table(fold.tombstones, name: "remembered"),
      forgotten: BatchTable("forgotten", target.auxiliaryIdentity, []))
  }

  private func foldHistory(_ tables: NamedTables, _ runner: QueryRunner) throws -> Outcome {
    tables.add(try runner.table(fold.events, name: "events"))
    tables.add(try runner.table(fold.segments, name: "segments"))
    tables.add(try runner.table(fold.versions, name: "versions"))
    tables.add(try runner.table(fold.remembered, name: "remembered"))
    return Outcome(
      inserts: BatchTable("inserts", target.schema, []),
      upserts: try runner.table(fold.changedVersions, name: "upserts"),
      deletions: try runner.table(fold.goneVersions, name: "deletions"),
      remembered: try runner.table("SELECT * FROM remembered", name: "remembered"),
      forgotten: try runner.table(fold.forgotten, name: "forgotten"))
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
