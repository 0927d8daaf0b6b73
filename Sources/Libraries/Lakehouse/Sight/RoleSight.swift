package import Access
import Bronze
package import Columnar
package import Core
package import Engine
package import LakeJobs
package import LakeQuery

/// The tables of a lake through somebody's eyes: what the policy of the job folder grants, applied
/// to the labels that columns bear.
package struct RoleSight {
  /// The secret that masks are made with, where they are digests.
  package static let keyName = MaskKey.secretName

  private let asker: Asker
  private let policy: AccessPolicy
  private let book: LabelBook

  /// What `role`, or a member of roles who is called so, may see by the policy of `workspace`,
  /// whose columns `book` knows. `current_user()` is that member, or in a role `account`. Throws
  /// where there is no policy, or it knows no such role.
  package init(
    _ role: String, account: String, key: [UInt8]?, _ workspace: Workspace, _ book: LabelBook
  ) throws(Fault) {
    guard let policy = try AccessPolicy.read(workspace) else {
      throw Fault(
        .configuration, at: Place("\(workspace.jobs.path)/\(AccessPolicy.fileName)"),
        "there is no policy, and so no role '\(role)'",
        remedy: "write one, or ask without a role")
    }
    try policy.check(subject: role)
    asker = Asker(
      role, user: policy.role(role) == nil ? role : account,
      day: workspace.lake.clock.now.date, key: key.map(MaskKey.init))
    self.policy = policy
    self.book = book
  }

  /// The role or member whose eyes these are.
  package var name: String { asker.subject }

  /// What may be seen of `table`, in a version that has the columns of `schema`.
  package func access(to table: LakeTableName, _ schema: Schema) throws(Fault) -> TableAccess {
    try policy.access(
      by: asker, to: table,
      columns: schema.names.map { name in
        LabelledColumn(name, labels: labels(of: name, in: table))
      })
  }

  /// The columns of `table` that are shown as they are.
  func plainColumns(of table: LakeTableName, _ schema: Schema) throws(Fault) -> [String] {
    guard case .granted(_, let columns) = try access(to: table, schema) else { return [] }
    return columns.filter { $0.look == .shown }.map(\.column)
  }

  /// The `tables` as they may be seen.
  package func catalog(over tables: LakeCatalog, _ context: QueryContext) -> GuardedCatalog {
    GuardedCatalog(tables, as: asker.subject, user: asker.user, context) { table, schema in
      try access(to: table, schema)
    }
  }

  /// Looks for what the role may not see in what it can ask of `tables`.
  package func leakTest(of tables: LakeCatalog, _ context: QueryContext) -> LeakTest {
    let all = LakeCatalog(lake: tables.lake, jobs: tables.jobs)
    all.foreignTable = tables.foreignTable
    all.foreignTables = tables.foreignTables
    return LeakTest(of: catalog(over: tables, context), against: all, context) { table, schema in
      try access(to: table, schema)
    }
  }

  /// The labels of a column. A text that was set aside may hold anything, whatever its table's
  /// columns do.
  func labels(of column: String, in table: LakeTableName) -> [String] {
    let labels = book.labels(of: column, in: table)
    let isText = [Quarantine.Column.raw, .rawHex, .reason].contains { $0.name == column }
    guard table == Quarantine.name(of: table), isText, !labels.contains(Label.restricted) else {
      return labels
    }
    return labels + [Label.restricted]
  }
}
