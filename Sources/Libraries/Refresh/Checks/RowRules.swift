import Engine
import LakeJobs

/// What is asked of rows on their way into a dataset.
struct RowRules {
  let dataset: Dataset
  /// The flow that makes them, where the dataset has flows.
  var flow: String?
  /// The columns that tell rows apart: they are hashed.
  var keys: [String] = []
  /// Columns in which a NULL sets a row aside, as if it broke a rule.
  var required: [String] = []

  /// The dataset's own rules, then that nothing required is missing.
  var expectations: [Expectation] {
    dataset.expectations
      + required.map { column in
        Expectation(
          name: "\(column)_present", condition: "\(Identifier.quoted(column)) IS NOT NULL",
          violation: .quarantine, place: dataset.place)
      }
  }
}
