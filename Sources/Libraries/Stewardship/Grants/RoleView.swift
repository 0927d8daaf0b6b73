package import Access
package import Columnar
import Core
package import Engine
package import LakeJobs
package import LakeQuery

/// A table as somebody may see it, asked in Spark SQL of whatever holds it.
package struct RoleView {
  package let table: LakeTableName
  package let schema: Schema
  package let access: TableAccess
  private let runner: QueryRunner

  /// `table`, which `catalog` finds; nil where it is not there.
  package init?(
    _ table: LakeTableName, for asker: Asker, _ policy: AccessPolicy, _ labels: WarehouseLabels,
    over catalog: LakeCatalog, _ context: QueryContext
  ) throws {
    let name = TableName([table.schema, table.name])
    guard let provider = try catalog.table(name, reading: .whole) else { return nil }
    self.table = table
    schema = provider.schema
    runner = QueryRunner(catalog: catalog, context: context)
    let columns =
      table.schema == "warehouse"
      ? labels.columns(of: table, stored: schema.names)
      : Self.columns(schema, labels.columns(of: table) ?? [])
    access = try policy.access(by: asker, to: table, columns: columns)
  }

  /// The stored columns with what is known of them; of others nobody has said what they hold.
  private static func columns(
    _ schema: Schema, _ described: [LabelledColumn]
  ) -> [LabelledColumn] {
    schema.names.map { name in
      described.first { $0.name.lowercased() == name.lowercased() }
        ?? LabelledColumn(name, labels: [Label.restricted])
    }
  }

  private var quoted: String {
    "\(Identifier.quoted(table.schema)).\(Identifier.quoted(table.name))"
  }

  /// Those of `columns` that are shown as they are.
  package func shown(of columns: [LabelledColumn]) -> [LabelledColumn] {
    guard case .granted(_, let looks) = access else { return [] }
    return columns.filter { column in
      looks.contains { $0.look == .shown && $0.column.lowercased() == column.name.lowercased() }
    }
  }

  /// The query that gives what is to be seen; nil where nothing is.
  package func query(limit: Int? = nil) -> String? {
    guard case .granted(let filter, let columns) = access else { return nil }
    let items = columns.compactMap { column -> String? in
      let name = Identifier.quoted(column.column)
      switch column.look {
      case .hidden: return nil
      case .shown: return name
      case .masked(let expression): return "\(expression) AS \(name)"
      }
    }
    return "SELECT \(items.joined(separator: ", ")) FROM \(quoted)"
      + (filter.map { " WHERE \($0)" } ?? "") + (limit.map { " LIMIT \($0)" } ?? "")
  }

  /// What is to be seen, as it is drained; nil where nothing is.
  package func rows(limit: Int? = nil) throws -> (any BatchSource)? {
    guard let query = query(limit: limit) else { return nil }
    return try runner.run(try runner.plan(sql: query, name: "\(table)"))
  }

  /// Adds the values of the table that must not be seen.
  package func addRestricted(to values: inout RestrictedValues) throws {
    for field in schema.fields where field.type.isPlain {
      // A number or day of a row that is kept away stands in many others too.
      if seen(field.name) != nil, field.type != .string { continue }
      let name = Identifier.quoted(field.name)
      let text = "CAST(\(name) AS STRING)"
      var condition = "length(\(text)) >= \(RestrictedValues.shortest)"
      if let seen = seen(field.name) { condition += " AND NOT coalesce(\(seen), FALSE)" }
      let sql =
        "SELECT DISTINCT \(text) AS v FROM \(quoted) WHERE \(condition) "
        + "LIMIT \(RestrictedValues.limit)"
      try each(sql) { values.add($0, of: "\(table).\(field.name)") }
    }
  }

  /// Takes out of `values` those that may be seen here.
  package func allowSeen(in values: inout RestrictedValues) throws {
    guard case .granted = access else { return }
    for field in schema.fields where field.type.isPlain {
      guard let seen = seen(field.name), seen != "FALSE" else { continue }
      let text = "CAST(\(Identifier.quoted(field.name)) AS STRING)"
      try each("SELECT DISTINCT \(text) AS v FROM \(quoted) WHERE \(seen)") { values.allow($0) }
    }
  }

  /// The condition that a value of `column` may be seen as it is; nil where none may be.
  private func seen(_ column: String) -> String? {
    guard case .granted(let filter, let columns) = access,
      let found = columns.first(where: { $0.column == column })
    else { return nil }
    switch found.look {
    case .hidden: return nil
    case .shown: return filter ?? "TRUE"
    case .masked(let expression):
      // Only where rows are told apart is it the value itself for some of them.
      guard expression.hasPrefix("CASE WHEN ("), expression.contains("THEN CAST(") else {
        return nil
      }
      let name = Identifier.quoted(column)
      return "(\(filter ?? "TRUE")) AND CAST(\(expression) AS STRING) = CAST(\(name) AS STRING)"
    }
  }

  private func each(_ sql: String, _ body: (String) -> Void) throws {
    let rows = try runner.run(try runner.plan(sql: sql, name: "\(table)"))
    while let batch = try rows.next() {
      let column = batch.columns[0].flattened()
      for row in 0..<batch.rowCount where !column.isNull(row) { body(column.sparkText(at: row)) }
    }
  }
}

extension DataType {
  /// Whether its values are single ones that stand for themselves as text.
  fileprivate var isPlain: Bool {
    switch self {
    case .string, .date, .timestamp, .bigint, .int, .decimal: true
    default: false
    }
  }
}
