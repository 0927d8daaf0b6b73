import Columnar
import Core
import Engine

/// The rows of a plan that pass a dataset's rules, judged as they are pulled; those that break a
/// quarantine rule are gathered aside.
final class JudgedRows: BatchSource {
  let schema: Schema
  let quarantine: QuarantineRows
  private let source: any BatchSource
  private let check: ExpectationCheck
  private let ruleCount: Int
  private(set) var rowCount = 0

  /// Runs `plan`; the provenance of bronze rows is carried along for those that are set aside.
  /// `required` names columns in which a NULL sets a row aside too.
  init(
    _ plan: LogicalPlan, of dataset: Dataset, lake: Lake, _ runner: QueryRunner,
    requiring required: [String] = []
  ) throws {
    let carried = plan.carrying(hidden: BronzeTable.Provenance.fields)?.plan ?? plan
    source = try runner.run(carried)
    let presence = required.map { column in
      Expectation(
        name: "\(column)_present", condition: "\(ChangeFold.quoted(column)) IS NOT NULL",
        violation: .quarantine, place: dataset.place)
    }
    check = try ExpectationCheck(dataset.expectations + presence, schema: carried.schema, runner)
    ruleCount = dataset.expectations.count
    schema = plan.schema
    quarantine = QuarantineRows(lake: lake, table: dataset.name)
  }

  /// How the dataset's own rules fared.
  var rules: [CommitReport.RuleResult] { Array(check.results.prefix(ruleCount)) }

  func next() throws -> Batch? {
    while let batch = try source.next() {
      let good = batch.selecting(Array(schema.fields.indices))
      guard let verdicts = try check.judge(batch) else {
        rowCount += batch.rowCount
        return good
      }
      let rows = verdicts.indices.filter { verdicts[$0] < 0 }.map(Int32.init)
      quarantine.add(batch, verdicts, rule: check.rule)
      if rows.isEmpty { continue }
      rowCount += rows.count
      return good.taking(rows)
    }
    return nil
  }

  /// All rows, with the order of their arrival, as a table in memory.
  func table(_ name: String) throws -> BatchTable {
    let fields = schema.fields + [Field(ChangeFold.Name.arrival, .bigint, isNullable: false)]
    var arrival: Int64 = 0
    var batches: [Batch] = []
    while let batch = try next() {
      let numbers = (0..<Int64(batch.rowCount)).map { arrival + $0 }
      arrival += Int64(batch.rowCount)
      batches.append(
        Batch(
          Schema(fields),
          batch.columns + [Column(.bigint, count: batch.rowCount, .int64(numbers))],
          rowCount: batch.rowCount))
    }
    return BatchTable(name, Schema(fields), batches)
  }
}
