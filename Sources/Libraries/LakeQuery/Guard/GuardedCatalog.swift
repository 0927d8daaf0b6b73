package import Access
package import Columnar
import Core
import Delta
package import Engine
package import LakeJobs

/// The tables of a lake as somebody may see them: each as a policy says, and none besides.
///
/// Names that are no table's, such as paths of files, go around every rule, and are refused.
package final class GuardedCatalog: Catalog {
  /// What may be seen of a table that has these columns.
  package typealias Decision = (LakeTableName, Schema) throws -> TableAccess

  private let tables: LakeCatalog
  private let role: String
  private let context: QueryContext
  private let decide: Decision
  private var found: [Key: any TableProvider] = [:]

  private struct Key: Hashable {
    var table: LakeTableName
    var reading: TableReading
  }

  /// The `tables` as `user` may see them in `role`, by what `decide` says.
  package init(
    _ tables: LakeCatalog, as role: String, user: String, _ context: QueryContext,
    _ decide: @escaping Decision
  ) {
    self.tables = tables
    self.role = role
    self.context = context
    self.decide = decide
    tables.currentUser = user
  }

  /// Whether changes of a table have `column` besides the columns of the table.
  package static func isAdded(_ column: String) -> Bool {
    ChangeColumns.all.contains { $0.name == column }
  }

  package var currentUser: String? { tables.currentUser }
  package var unknownTableRemedy: String { tables.unknownTableRemedy }

  /// Those that may be read: others are not suggested.
  package var tableNames: [String] { (try? listedTables().map(\.description)) ?? [] }

  package func listedTables() throws -> [TableName] {
    try tables.listedTables().filter { (try? table($0, reading: .whole)) ?? nil != nil }
  }

  package func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    guard !tables.isPath(name) else {
      throw Fault(
        .denied, "role '\(role)' reads tables, and '\(name)' is a path, which no rule speaks of",
        remedy: "name the table")
    }
    guard let table = LakeTableName(name.description, defaultSchema: tables.defaultSchema) else {
      return nil
    }
    guard Self.isPlain(table) else {
      throw denied(table, "only tables that are named plainly are read under a role")
    }
    let key = Key(table: table, reading: reading)
    if let known = found[key] { return known }
    guard let base = try opened(name, table, reading) else { return nil }
    let seen = try guarding(base, as: table)
    found[key] = seen
    return seen
  }

  /// Whether a table is named as tables are: no name leads to a folder below or beside one, or to
  /// what our tools keep for themselves.
  private static func isPlain(_ table: LakeTableName) -> Bool {
    [table.schema, table.name].allSatisfy { part in
      part.first != "_" && part.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "/") }
    }
  }

  /// The table with all that it has; what is told of one that cannot be read names no file of it.
  private func opened(
    _ name: TableName, _ table: LakeTableName, _ reading: TableReading
  ) throws -> (any TableProvider)? {
    do {
      return try tables.table(name, reading: reading)
    } catch let fault as Fault where [.data, .io, .internal].contains(fault.kind) {
      return try GuardedSource.guarding("\(table)") { throw fault }
    }
  }

  /// What may be seen of `base`, which holds rows of `table`; `.denied` where that is nothing.
  package func guarding(
    _ base: any TableProvider, as table: LakeTableName
  ) throws -> any TableProvider {
    switch try decide(table, base.schema) {
    case .denied(let rule): throw denied(table, rule)
    case .granted(let rowFilter, var columns):
      // What a version or a quarantine adds of its own tells when, and nothing of anybody.
      columns.removeAll { Self.isAdded($0.column) }
      columns += base.schema.names.filter(Self.isAdded).map { ColumnAccess($0, .shown, rule: "") }
      let isWhole =
        rowFilter == nil
        && base.schema.fields.allSatisfy { field in
          columns.contains { $0.column == field.name && $0.look == .shown }
        }
      if isWhole, base.hiddenColumns.isEmpty { return base }
      do {
        return try GuardedTable(
          base, named: TableName([table.schema, table.name]), rowFilter: rowFilter, columns,
          over: tables, views: tables.jobs?.viewSyntax ?? [], context)
      } catch let fault as Fault where fault.kind == .denied {
        throw denied(table, "it shows no column")
      } catch let fault as Fault where fault.kind == .configuration {
        // The words of the fault name columns that the role may not know.
        throw Fault(
          .configuration, "what role '\(role)' may see of '\(table)' cannot be worked out",
          remedy: "have whoever keeps the policy ask 'access explain \(role) \(table)'")
      }
    }
  }

  private func denied(_ table: LakeTableName, _ rule: String) -> Fault {
    Fault(
      .denied, "role '\(role)' may not read '\(table)'" + (rule.isEmpty ? "" : ": \(rule)"),
      remedy: "see 'access explain \(role) \(table)', and whom that rule belongs to")
  }
}
