import Columnar
import Core
import Delta
import Engine
import LakeJobs
import LakeQuery

/// What changed rows of a view's inputs bring and take: the view's rows that come from them, and
/// the keys of those that are gone.
///
/// It is told where each changed input only grew, and either gives the view its rows one by one or
/// only keeps some of them out: a void the lines of its receipt. Of one input alone rows may have
/// changed or gone too: then the rows by which its two versions differ are told, so that a
/// corrected event brings its own lines and not all that lie in the same file.
struct AddedRows {
  /// The rows that are new.
  let rows: [LogicalPlan]
  /// The keys of those that are gone, if they were there.
  let gone: [LogicalPlan]

  /// For the view that `plan` fills, its rows told apart by `key`; nil when it cannot be told so.
  init?(
    of plan: LogicalPlan, keyedBy key: [String], inputs: [ViewInputs.Input],
    since recorded: [LakeTableName: Int64], _ runner: QueryRunner
  ) throws {
    let keys = key.compactMap { plan.schema.index(of: $0) }
    // The optimizer leaves scans only the columns that the view needs.
    let plan = Optimizer(clock: runner.context.clock).optimize(plan)
    guard keys.count == key.count, let rowwise = RowwisePlan(plan) else { return nil }
    var rows: [LogicalPlan] = []
    var gone: [LogicalPlan] = []
    for input in inputs {
      guard let table = try input.addedRows(since: recorded[input.name]) else {
        // What other inputs said of the old rows is only known where they are as they were.
        guard inputs.count == 1, rowwise.scan.table.name == "\(input.name)",
          plan.scans.count(where: { $0.table.name == "\(input.name)" }) == 1,
          let difference = try input.difference(
            since: recorded[input.name], rowwise.scan, runner)
        else { return nil }
        rows.append(
          try AddedRows.rows(of: difference.table(difference.added), rowwise, runner))
        gone.append(
          try AddedRows.rows(of: difference.table(difference.removed), rowwise, runner)
            .columns(at: keys))
        continue
      }
      let scans = plan.scans.filter { $0.table.name == table.name }
      guard scans.count == 1, scans[0].reading == .whole else { return nil }
      if rowwise.scan.table.name == table.name {
        rows.append(try AddedRows.rows(of: table, rowwise, runner))
      } else if let excluded = rowwise.rows(excludedBy: table) {
        gone.append(excluded.columns(at: keys))
      } else {
        return nil
      }
    }
    self.rows = rows
    self.gone = gone
  }

  /// More different values say less of where rows lie than it costs to compare with them.
  private static let literalLimit = 64

  /// The view's rows that come from those of `table`. Where its columns have few values, the other
  /// inputs are read for these alone.
  private static func rows(
    of table: any TableProvider, _ rowwise: RowwisePlan, _ runner: QueryRunner
  ) throws -> LogicalPlan {
    let compared = rowwise.comparedColumns.sorted()
    if compared.isEmpty { return rowwise.rows(of: table) }
    let fields = compared.map { rowwise.scan.columns[$0] }
    let source = try runner.run(
      .scan(LogicalPlan.Scan(table: table, reading: .whole, columns: fields)))
    var values = [Set<Scalar>](repeating: [], count: compared.count)
    while let batch = try source.next() {
      for (position, column) in batch.columns.enumerated() {
        for row in 0..<batch.rowCount where values[position].count <= literalLimit {
          values[position].insert(column.scalar(at: row))
        }
      }
    }
    var having: [Int: [Scalar]] = [:]
    for (position, found) in zip(compared, values)
    where found.count <= literalLimit && !found.contains(.null) { having[position] = Array(found) }
    return rowwise.rows(of: table, having: having)
  }
}

extension ViewInputs.Input {
  /// The rows that came since a version, in its place; nil when the table did something else than
  /// grow, or its log no longer tells.
  fileprivate func addedRows(since recorded: Int64?) throws(Fault) -> SnapshotTable? {
    guard let snapshot, let recorded, recorded <= version else { return nil }
    let changes: TableChanges
    do throws(Fault) {
      changes = try snapshot.table.changes(from: recorded, to: version)
    } catch {
      guard error.kind == .missing else { throw error }
      return nil
    }
    let present = Set(snapshot.files.map(\.path))
    let added = changes.appendedFiles
    guard changes.areAppendsOnly,
      added.allSatisfy({ $0.deletionVector == nil && present.contains($0.path) })
    else { return nil }
    return SnapshotTable(name: "\(name)", snapshot, files: added)
  }
}

extension ViewInputs.Input {
  /// Files with more bytes than these are not compared row by row.
  private static let byteLimit = 64 << 20

  /// The rows by which the table differs from what it was at a version; nil when that is not told
  /// by reading little.
  fileprivate func difference(
    since recorded: Int64?, _ scan: LogicalPlan.Scan, _ runner: QueryRunner
  ) throws -> RowDifference? {
    guard scan.reading == .whole, let snapshot, let changes = try changes(since: recorded),
      let files = changes.changedFiles,
      (files.added + files.removed).reduce(0, { $0 + $1.byteCount }) <= Self.byteLimit
    else { return nil }
    do {
      return try RowDifference(files, of: snapshot, scan, rowLimit: 1_000_000, runner)
    } catch let fault as Fault where fault.kind == .missing {
      // A file of before was cleaned away.
      return nil
    }
  }
}

extension LogicalPlan {
  /// The columns at `positions`.
  fileprivate func columns(at positions: [Int]) -> LogicalPlan {
    let fields = schema.fields
    return .project(
      self,
      positions.map { position in
        NamedExpression(
          fields[position].name, Engine.Expression(column: position, fields[position]))
      })
  }
}
