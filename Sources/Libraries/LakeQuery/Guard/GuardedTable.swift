import Access
import Columnar
import Core
import Engine

/// What somebody may see of a table, as a table of its own: the rows that a filter lets pass, and
/// columns as they are or behind a mask.
///
/// A query meets it where a scan stands. Whatever the optimizer does with the query, nothing of it
/// is computed below: a condition, a cast or an `assert_true` sees rows and values that are there
/// to be seen, and so can neither fail nor take its time over others. For the same reason nothing
/// here tells of them: no estimate, no count of files, no words of an error.
struct GuardedTable: TableProvider {
  let name: String
  let schema: Schema
  private let base: any TableProvider
  /// The rows as they may be seen, over `base`.
  private let rows: LogicalPlan
  private let showsAllRows: Bool
  /// The columns, in lower case, by which `base` may leave files out: those that are shown as they
  /// are, where all rows are. Elsewhere what is read would tell of what is not shown.
  private let tellingColumns: Set<String>
  private let context: QueryContext

  /// `tables` are those that filters and masks may ask, all of their rows; `binder` turns names to
  /// them.
  init(
    _ base: any TableProvider, named table: TableName, rowFilter: String?,
    _ columns: [ColumnAccess], over tables: any Catalog, views: [ViewSyntax],
    _ context: QueryContext
  ) throws {
    name = base.name
    self.base = base
    self.context = context
    let query = try GuardQuery(base, table, rowFilter: rowFilter, columns)
    let binder = Binder(
      catalog: TableInHand(base, table, over: tables), clock: context.clock, views: views)
    let plan = try binder.bind(query.syntax)
    rows = plan.typed(like: base.schema)
    showsAllRows = rowFilter == nil
    tellingColumns =
      rowFilter == nil ? Set(query.plainColumns.map { $0.lowercased() }) : []
    schema = Schema(
      rows.schema.fields.map { field in
        guard query.plainColumns.contains(field.name),
          let position = base.schema.index(of: field.name)
        else { return Field(field.name, field.type) }
        return base.schema.fields[position]
      })
  }

  var estimatedRowCount: Int? { showsAllRows ? base.estimatedRowCount : nil }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    let columns = try request.columns.map { column in
      guard let position = schema.index(of: column) else {
        throw Fault(
          .internal, "no column '\(column)' in '\(name)'", remedy: "report this as a bug")
      }
      return LogicalPlan.NamedExpression(
        column, Expression(column: position, rows.schema.fields[position]))
    }
    let told = request.predicates.filter { tellingColumns.contains($0.column.lowercased()) }
    let plan = LogicalPlan.project(rows.telling(told, to: base.name), columns)
    return try GuardedSource.guarding(name) {
      try Executor(context: context).streams(Optimizer(clock: context.clock).optimize(plan))
        .map { GuardedSource($0, of: name) }
    }
  }
}

/// The query that shows a table as somebody may see it.
private struct GuardQuery {
  let syntax: QuerySyntax
  /// The columns that are shown as they are, by their names in the table.
  let plainColumns: Set<String>

  init(
    _ base: any TableProvider, _ table: TableName, rowFilter: String?, _ columns: [ColumnAccess]
  ) throws(Fault) {
    var plain: Set<String> = []
    var items: [String] = []
    for field in base.schema.fields {
      let name = Identifier.quoted(field.name)
      let access = columns.first { $0.column.lowercased() == field.name.lowercased() }
      switch access?.look {
      case .shown:
        plain.insert(field.name)
        items.append(name)
      case .masked(let mask): items.append("\(try Self.alone(mask)) AS \(name)")
      // What a policy says nothing of is not shown.
      case .hidden, nil: continue
      }
    }
    guard !items.isEmpty else {
      throw Fault(.denied, "no column of '\(table)' is shown", remedy: "ask for another table")
    }
    var text = "SELECT \(items.joined(separator: ", ")) FROM "
    text += table.parts.map(Identifier.quoted).joined(separator: ".")
    if let rowFilter { text += " WHERE \(try Self.alone(rowFilter))" }
    syntax = try SQLScript.parseQuery(text: text, file: "policy")
    plainColumns = plain
  }

  /// `text`, which is one expression and no more, in parentheses; a comment at its end ends there.
  private static func alone(_ text: String) throws(Fault) -> String {
    _ = try SQLScript.parseExpression(text: text, file: "policy")
    return "(\(text)\n)"
  }
}

/// Gives a table that was found already the first time its name is asked for, since a policy
/// speaks of the version that is read; then what `tables` give.
private final class TableInHand: Catalog {
  private let name: TableName
  private let tables: any Catalog
  private var inHand: (any TableProvider)?

  init(_ table: any TableProvider, _ name: TableName, over tables: any Catalog) {
    inHand = table
    self.name = name
    self.tables = tables
  }

  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    if let found = inHand, name == self.name {
      inHand = nil
      return found
    }
    return try tables.table(name, reading: reading)
  }

  var tableNames: [String] { tables.tableNames }
  var currentUser: String? { tables.currentUser }
}

extension LogicalPlan {
  /// The plan with columns that are nothing but NULL given the types that they have in `schema`.
  fileprivate func typed(like schema: Schema) -> LogicalPlan {
    let fields = self.schema.fields
    guard fields.contains(where: { $0.type == .null }) else { return self }
    let columns = fields.enumerated().map { position, field in
      let column = Expression(column: position, field)
      let type = schema.index(of: field.name).map { schema.fields[$0].type } ?? .string
      let isBare = field.type == .null
      return NamedExpression(
        field.name, isBare ? Expression(.cast(column, isTry: false), type) : column)
    }
    return .project(self, columns)
  }

  /// The plan, its scan of the table called `table` told of conditions that rows have to meet.
  fileprivate func telling(_ predicates: [ColumnPredicate], to table: String) -> LogicalPlan {
    guard !predicates.isEmpty else { return self }
    switch self {
    case .scan(var scan) where scan.table.name == table:
      scan.predicates += predicates
      return .scan(scan)
    case .project(let input, _): return withInputs([input.telling(predicates, to: table)])
    default: return self
    }
  }
}
