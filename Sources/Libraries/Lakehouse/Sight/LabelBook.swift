import Bronze
import Columnar
package import Core
package import Engine
package import LakeJobs
import Refresh

/// What the columns of tables hold of people, in whatever version, layer or quarantine they stand.
///
/// A column that no job of today gives, such as one of an old version, is restricted: nobody has
/// said what it holds.
package struct LabelBook {
  private let jobs: BoundJobs
  /// The columns that jobs and contracts give, by table, in lower case.
  private let known: [LakeTableName: Set<String>]

  /// Those of `jobs`, among them columns of the warehouse if these are complete. Throws what is
  /// wrong with labels: nothing may be shown for want of them.
  package init(_ jobs: BoundJobs, of folder: JobFolder) throws(Fault) {
    let file = "\(folder.path)/\(LabelsFile.fileName)"
    if let fault = folder.faults.first(where: { $0.place?.file == file }) { throw fault }
    self.jobs = jobs
    var known: [LakeTableName: Set<String>] = [:]
    for (name, contract) in folder.contracts {
      known[name] = Set(contract.schema.names.map { $0.lowercased() })
    }
    for bound in jobs.datasets {
      known[bound.dataset.name] = Set(
        (bound.schema.names + bound.addedColumns).map { $0.lowercased() })
    }
    self.known = known
  }

  /// That of `workspace`, whose job folder is bound by `jobs` if it labels anything; nil where it
  /// does not.
  package static func of(
    _ workspace: Workspace, _ jobs: () throws -> BoundJobs
  ) throws -> LabelBook? {
    let file = "\(workspace.jobs.path)/\(LabelsFile.fileName)"
    let isWrong = workspace.jobs.faults.contains { $0.place?.file == file }
    guard workspace.jobs.labels != nil || isWrong else { return nil }
    return try LabelBook(try jobs(), of: workspace.jobs)
  }

  /// Whether anything of the job folder bears a label.
  package var isEmpty: Bool { jobs.labels == nil }

  /// The labels of the column called `column` of `table`, sorted.
  package func labels(of column: String, in table: LakeTableName) -> [String] {
    if table == Quarantine.name(of: table) {
      return jobs.labels?.labels(of: column.lowercased(), in: table) ?? []
    }
    guard known[table]?.contains(column.lowercased()) ?? false else { return [Label.restricted] }
    return jobs.labels?.labels(of: column, in: table) ?? []
  }

  /// The columns of `table` that its job or contract gives, in lower case, sorted.
  func columns(of table: LakeTableName) -> [String] { (known[table] ?? []).sorted() }

  /// The labels of a text that holds all that rows of `table` do: what came in raw.
  package func textLabels(of table: LakeTableName) -> [String] {
    jobs.labels?.textLabels(of: table) ?? []
  }

  /// The labels of the columns of `plan`, which values bring with them.
  package func labels(of plan: LogicalPlan) -> [Set<String>] {
    guard let breakers = jobs.labels?.file.breakers else {
      return plan.schema.fields.map { _ in [] }
    }
    return ColumnLabels(of: plan, breakers: breakers) { table, column in
      LakeTableName(table).map { Set(labels(of: column, in: $0)) } ?? []
    }.columns
  }
}
