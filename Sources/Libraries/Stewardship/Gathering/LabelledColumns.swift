import LakeJobs
import Lakehouse

/// What `labels.yml` says of the columns of job files, and what follows from it for those that are
/// made from them. Values are shown of those alone that somebody has found harmless.
struct LabelledColumns: SensitivityBook {
  private let tables: [String: [String: ColumnSensitivity]]

  /// Those of the tables `names` of `jobs`; without a `labels.yml` nobody has looked at any.
  init(_ jobs: BoundJobs, _ names: [LakeTableName]) {
    tables = Dictionary(
      names.map { name in
        var columns = jobs.labels(of: name).mapValues { ColumnSensitivity($0, showsValues: false) }
        for column in jobs.harmlessColumns(of: name) {
          columns[column] = ColumnSensitivity([], showsValues: true)
        }
        return ("\(name)", columns)
      }, uniquingKeysWith: { first, _ in first })
  }

  func labels(of table: String, _ column: String) -> ColumnSensitivity {
    tables[table]?[column] ?? ColumnSensitivity([], showsValues: false)
  }
}
