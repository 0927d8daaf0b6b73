import Columnar
import Core
import Delta
import Engine
import LakeQuery

/// The partitions of a view that changed rows of its inputs can have touched.
///
/// Where an input is cut as the view is, its changed files name the partitions. Else the rows by
/// which the input's two versions differ are read, and a query finds the partitions that have to
/// do with them: for a void the day of the sale it takes back.
struct TouchedPartitions {
  /// So many changed rows are looked up at most; for more, all of the view is made anew.
  private static let rowLimit = 1_000_000

  private let plan: LogicalPlan
  private let column: Int
  private let alignments: [PartitionAnalysis.Alignment]
  private let runner: QueryRunner

  /// For the view that `plan` fills, cut by its column at `column`.
  init(of plan: LogicalPlan, column: Int, _ runner: QueryRunner) {
    // The optimizer leaves scans only the columns that the view needs.
    self.plan = Optimizer(clock: runner.context.clock).optimize(plan)
    self.column = column
    self.runner = runner
    alignments = PartitionAnalysis(of: self.plan, column: column).alignments
  }

  /// The texts of the partitions' values (nil is NULL); nil when they cannot be told.
  func partitions(
    touchedBy changes: TableChanges, in input: ViewInputs.Input
  ) -> Set<String?>? {
    guard let snapshot = input.snapshot else { return nil }
    let scans = plan.scans.enumerated().filter { $0.element.table.name == "\(input.name)" }
    if scans.isEmpty { return nil }
    var values: Set<String?> = []
    // A version's changes are no rows of partitions.
    if scans.contains(where: { $0.element.reading.isOfChanges }) { return nil }
    for (number, scan) in scans {
      let touched =
        named(by: changes, of: snapshot, alignments[number].column)
        ?? found(by: changes, of: snapshot, scan, number)
      guard let touched else { return nil }
      values.formUnion(touched)
    }
    return values
  }

  /// The partitions of changed files of a table that is partitioned by just `column`.
  private func named(
    by changes: TableChanges, of snapshot: Snapshot, _ column: String?
  ) -> Set<String?>? {
    guard let column,
      snapshot.partitionColumns.map({ $0.lowercased() }) == [column.lowercased()]
    else { return nil }
    return changes.partitions(by: snapshot.physicalPartitionColumns).map { Set($0.map { $0[0] }) }
  }

  /// The partitions that a query finds; nil too when it fails: then the view's own query will say
  /// what is wrong.
  private func found(
    by changes: TableChanges, of snapshot: Snapshot, _ scan: LogicalPlan.Scan, _ number: Int
  ) -> Set<String?>? {
    guard let files = changes.changedFiles, scan.reading == .whole,
      let rows = try? changedRows(files, of: snapshot, scan)
    else { return nil }
    if rows.estimatedRowCount == 0 { return [] }
    let changed = LogicalPlan.scan(
      LogicalPlan.Scan(table: rows, reading: .whole, columns: scan.columns))
    let affected = AffectedValues(changed: changed)
    guard let query = affected.query(plan, [column], scan: number) else { return nil }
    let group = LogicalPlan.NamedExpression(
      "value", Expression(column: 0, query.schema.fields[0]))
    let distinct = LogicalPlan.Aggregate(query, groups: [group], calls: [])
    guard let source = try? runner.run(.aggregate(distinct)) else { return nil }
    var values: Set<String?> = []
    do {
      while let batch = try source.next() {
        for value in batch.columns[0].scalars { values.insert(PartitionValue.encode(value)) }
      }
    } catch {
      return nil
    }
    return values
  }

  /// The rows that one version of the table has and the other has not, in the columns of the scan;
  /// what was only moved to another file is none.
  private func changedRows(
    _ files: TableChanges.Files, of snapshot: Snapshot, _ scan: LogicalPlan.Scan
  ) throws -> BatchTable? {
    let difference = try RowDifference(
      files, of: snapshot, scan, rowLimit: TouchedPartitions.rowLimit, runner)
    return difference.map { $0.table($0.added + $0.removed) }
  }
}
