package import Access
import Bronze
package import Columnar
package import Core
package import Engine
package import LakeJobs

/// What of people a call is about to show, for the record of acts: which columns that bear labels
/// are shown as they are, of which tables, and through whose eyes.
///
/// It tells no value. What was asked is told by its digest alone, since a question may name
/// somebody, and the record is for good.
package struct LabelledReads {
  private let role: RoleSight?
  /// nil where nothing that bears a label is shown.
  private let book: LabelBook?
  /// The labels, by table and column.
  private var found: [LakeTableName: [String: [String]]] = [:]
  private var rowCount: Int?

  /// Of what `role` is shown, or everybody where there is none; `book` knows labels.
  package init(_ role: RoleSight?, _ book: LabelBook?) {
    self.role = role
    self.book = book
  }

  /// Whether anything could be told: else there is no need to look.
  package var isPossible: Bool { book.map { !$0.isEmpty } ?? false }

  /// Adds rows of `table`, so many if that is known, with the columns of `schema`, or all that it
  /// has by its job.
  package mutating func add(
    rows count: Int?, of table: LakeTableName, _ schema: Schema? = nil
  ) throws(Fault) {
    guard count != 0, let book else { return }
    if let count { rowCount = (rowCount ?? 0) + count }
    try add(table, schema?.names ?? book.columns(of: table))
  }

  /// Adds texts that hold all that rows of `table` do.
  package mutating func add(texts count: Int, of table: LakeTableName) {
    guard count > 0, let labels = book?.textLabels(of: table), !labels.isEmpty else { return }
    rowCount = (rowCount ?? 0) + count
    found[table, default: [:]]["raw text"] = labels
  }

  /// Adds what a query reads, whatever becomes of it.
  package mutating func add(_ plan: LogicalPlan) throws(Fault) {
    guard book != nil else { return }
    for scan in plan.scans {
      guard let table = LakeTableName(scan.table.name) else { continue }
      try add(table, scan.columns.map(\.name))
    }
  }

  /// Adds columns of `table` that are shown as they are.
  package mutating func add(_ columns: [LabelledColumn], of table: LakeTableName) {
    for column in columns where !column.labels.isEmpty {
      found[table, default: [:]][column.name] = column.labels
    }
  }

  private mutating func add(_ table: LakeTableName, _ columns: [String]) throws(Fault) {
    guard let book else { return }
    var columns = columns
    if let role {
      columns = try role.plainColumns(
        of: table, Schema(columns.map { Field($0, .string) }))
    }
    for column in columns {
      let labels = role?.labels(of: column, in: table) ?? book.labels(of: column, in: table)
      if !labels.isEmpty { found[table, default: [:]][column] = labels }
    }
  }

  /// Which tables, and what else an entry tells; nil where nothing that bears a label is shown.
  /// `question` is what was asked.
  package func told(
    asking question: String
  ) -> (tables: String, details: [(name: String, value: String)])? {
    guard !found.isEmpty else { return nil }
    let tables = found.sorted { $0.key < $1.key }
    let columns = tables.map { table, columns in
      let list = columns.sorted { $0.key < $1.key }.map { column, labels in
        "\(column) (\(labels.sorted().joined(separator: ", ")))"
      }
      return "\(table): \(list.joined(separator: ", "))"
    }
    var details = [
      (name: "columns", value: columns.joined(separator: "; ")),
      (name: "question", value: SHA256.hex(of: question)),
    ]
    if let role { details.insert((name: "role", value: role.name), at: 0) }
    if let rowCount { details.append((name: "rows", value: "\(rowCount)")) }
    return (tables.map { "\($0.key)" }.joined(separator: ", "), details)
  }
}
