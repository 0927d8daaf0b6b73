import Bronze
import Core
import Engine
import LakeJobs

/// What is asked of rows on their way into a dataset.
struct RowRules {
  let dataset: Dataset
  /// The flow that makes them, where the dataset has flows.
  var flow: String?
  /// The columns that tell rows apart: they are hashed.
  var keys: [String] = []
  /// Whether the rows of a line with one such key are a unit, rather than each row for itself.
  var areUnits = false
  /// Columns in which a NULL sets a row aside, as if it broke a rule.
  var required: [String] = []
  /// Whether such a NULL fails the run instead, before anything is written.
  var isStrict = false
  /// A column of instants: one that is more than a day ahead of the run sets a row aside.
  var dated: String?
  /// The column by which rows say what they do not give; nil where a NULL is all that they can say.
  var absent: String?
  /// Columns in which a NULL says nothing.
  var silentColumns: [String] = []

  /// The dataset's own rules, then that nothing required is missing, then that no row is of the
  /// future.
  var expectations: [Expectation] {
    var rules = dataset.expectations
    rules += required.map { column in
      rule(
        "\(column)_present", "\(Identifier.quoted(column)) IS NOT NULL",
        isStrict ? .fail : .quarantine)
    }
    if let dated {
      rules.append(
        rule(
          "__sequence_not_in_future",
          "\(Identifier.quoted(dated)) <= current_timestamp() + INTERVAL 24 HOURS"))
    }
    return rules
  }

  private func rule(
    _ name: String, _ condition: String, _ violation: Expectation.Violation = .quarantine
  ) -> Expectation {
    Expectation(name: name, condition: condition, violation: violation, place: dataset.place)
  }

  /// What rows of `plan` may not give: files of Parquet may lack columns, and NULLs may be silent.
  func absence(of plan: LogicalPlan, from streams: [BronzeTable]) -> AbsentColumns? {
    guard let absent,
      !silentColumns.isEmpty || streams.contains(where: { $0.contract.format == "parquet" })
    else { return nil }
    return AbsentColumns(of: plan, named: absent, silent: silentColumns)
  }
}
