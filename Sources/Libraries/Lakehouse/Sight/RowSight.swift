import Access
package import Bronze
import Columnar
import Core
package import Engine
package import LakeJobs
package import LakeQuery

/// What a tool shows of the rows that it comes upon: all, what bears no label, or what a role may
/// see.
package struct RowSight {
  package let role: RoleSight?
  package let cover: LabelCover
  /// What knows labels of what is shown; nil where nothing is shown that bears one.
  private let book: LabelBook?

  /// Everything.
  package static var all: RowSight { RowSight(role: nil, cover: .none, book: nil) }

  private init(role: RoleSight?, cover: LabelCover, book: LabelBook?) {
    self.role = role
    self.cover = cover
    self.book = book
  }

  /// What bears no label, and the rest if it `showsLabelled`.
  package init(
    showsLabelled: Bool, _ workspace: Workspace, _ jobs: () throws -> BoundJobs
  ) throws {
    let book = try LabelBook.of(workspace, jobs)
    self.init(
      role: nil, cover: showsLabelled ? .none : LabelCover(book), book: showsLabelled ? book : nil)
  }

  /// What `role` may see; without one, what bears no label, and the rest if it `showsLabelled`.
  /// `key` is the secret of masks, `jobs` the job folder of `workspace` bound, if it is needed.
  package init(
    _ role: String?, account: String, key: [UInt8]?, showsLabelled: Bool, _ workspace: Workspace,
    _ jobs: () throws -> BoundJobs
  ) throws {
    guard let role else {
      try self.init(showsLabelled: showsLabelled, workspace, jobs)
      return
    }
    let book = try LabelBook(try jobs(), of: workspace.jobs)
    self.init(
      role: try RoleSight(role, account: account, key: key, workspace, book), cover: .none,
      book: book)
  }

  /// What is to be recorded of what is shown; nothing yet.
  package var reads: LabelledReads { LabelledReads(role, book) }

  /// The tables whose rows are shown.
  package func tables(_ all: LakeCatalog, _ context: QueryContext) -> any Catalog {
    role?.catalog(over: all, context) ?? all
  }

  /// The rows of a quarantine as they are shown. Throws `.denied` where a role may not see it, or
  /// not all of its rows, which a query tells apart and this does not.
  package func quarantined(
    _ rows: [QuarantinedRow], of table: QuarantineTable
  ) throws -> [QuarantinedRow] {
    guard let role else {
      guard let words = cover.words(forTextsOf: table.target) else { return rows }
      return rows.map { row in
        // What a rule asks for is no value of the row.
        let isRule = if case .job = table.origin { row.reason.hasPrefix("not: ") } else { false }
        return row.covered(raw: words, reason: isRule ? nil : words)
      }
    }
    guard
      case .granted(rowFilter: nil, let columns) = try role.access(
        to: table.name, Quarantine.schema)
    else {
      throw Fault(
        .denied, "role '\(role.name)' may not read all of '\(table.name)'",
        remedy: "ask lake-sql --role \(role.name), which shows what it may read of it")
    }
    func words(_ column: Quarantine.Column) -> String? {
      columns.contains { $0.column == column.name && $0.look == .shown } ? nil : "(not shown)"
    }
    return rows.map { $0.covered(raw: words(.raw), reason: words(.reason)) }
  }
}

extension LabelCover {
  /// One that covers what bears a label in the job folder of `workspace`, which is bound by `jobs`
  /// if it labels anything.
  package init(of workspace: Workspace, _ jobs: () throws -> BoundJobs) throws {
    self.init(try LabelBook.of(workspace, jobs))
  }
}
