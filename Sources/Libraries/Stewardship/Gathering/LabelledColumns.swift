import LakeJobs
import Lakehouse

/// What `labels.yml` says of the columns of job files, and what follows from it for those that are
/// made from them.
struct LabelledColumns: SensitivityBook {
  private let tables: [String: [String: ColumnSensitivity]]

  /// Those of all tables of `jobs`; without a `labels.yml` nobody has looked at any.
  init(_ jobs: BoundJobs, _ names: [LakeTableName]) {
    guard let book = jobs.labels else {
      tables = [:]
      return
    }
    tables = Dictionary(
      names.map { name in
        let labels = book.labels(of: name)
        let columns = book.columns(of: name).map { column in
          let found = labels[column] ?? []
          // What is labelled is not shown, nor is what nobody has looked at.
          let showsValues = found.isEmpty && book.isSettled(column, of: name)
          return (column, ColumnSensitivity(found, showsValues: showsValues))
        }
        return ("\(name)", Dictionary(columns, uniquingKeysWith: { first, _ in first }))
      }, uniquingKeysWith: { first, _ in first })
  }

  func labels(of table: String, _ column: String) -> ColumnSensitivity {
    tables[table]?[column] ?? ColumnSensitivity([], showsValues: false)
  }
}
