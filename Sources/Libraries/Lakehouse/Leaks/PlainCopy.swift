import Access
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery

/// A table as somebody may see it, made by plain SELECTs of all that it has: what every answer of
/// the guarded table is held against. It shares no step with the guard.
struct PlainCopy {
  /// Shorter texts say too little to be told from others.
  private static let leastLength = 5
  /// So many values of a column are looked for.
  private static let mostValues = 2_000

  /// The rows and columns that may be seen.
  let shown: BatchTable
  /// The columns that may not be named.
  let hiddenColumns: [String]
  /// Texts that stand in the table and in nothing of it that may be seen, by column.
  let secrets: [String: [String]]

  /// `reference` is how a query names the table, `access` what may be seen of it. nil when it has
  /// more than `rowLimit` rows.
  init?(
    of table: LakeTableName, named reference: String, _ access: TableAccess, over all: LakeCatalog,
    _ context: QueryContext, rowLimit: Int
  ) throws {
    let name = "\(table)"
    let runner = QueryRunner(catalog: all, context: context)
    let whole = try runner.table("SELECT * FROM \(reference) LIMIT \(rowLimit + 1)", name: name)
    guard whole.estimatedRowCount ?? 0 <= rowLimit else { return nil }
    switch access {
    case .denied:
      shown = BatchTable(name, Schema([]), [])
      hiddenColumns = whole.schema.names
    case .granted(let rowFilter, let columns):
      let looks = Dictionary(
        columns.map { ($0.column, $0.look) }, uniquingKeysWith: { first, _ in first })
      let items = whole.schema.fields.compactMap { Self.item($0, looks[$0.name]) }
      hiddenColumns = whole.schema.names.filter { Self.isHidden($0, looks[$0]) }
      let copies = LakeCatalog(lake: all.lake, jobs: all.jobs)
      copies.foreignTable = all.foreignTable
      copies.overlays[name] = whole
      let condition = rowFilter.map { " WHERE \($0)" } ?? ""
      shown = try QueryRunner(
        catalog: copies, context: context, views: all.jobs?.viewSyntax ?? []
      ).table("SELECT \(items.joined(separator: ", ")) FROM \(name)\(condition)", name: name)
    }
    secrets = Self.secrets(of: whole, beside: shown)
  }

  /// Whether a text stands in something that may be seen: a value, or the name of a column.
  func shows(_ text: String) -> Bool {
    shown.schema.names.contains { $0.contains(text) }
      || shown.batches.contains { batch in
        batch.columns.contains { column in
          (0..<batch.rowCount).contains { Self.text(column, $0).contains(text) }
        }
      }
  }

  private static func isHidden(_ column: String, _ look: ColumnAccess.Look?) -> Bool {
    (look ?? .hidden) == .hidden && !GuardedCatalog.isAdded(column)
  }

  private static func item(_ field: Field, _ look: ColumnAccess.Look?) -> String? {
    let name = Identifier.quoted(field.name)
    if GuardedCatalog.isAdded(field.name) { return name }
    switch look {
    case .shown: return name
    case .masked(let mask) where mask.uppercased() == "NULL":
      return "CAST(NULL AS \(field.type.sql)) AS \(name)"
    case .masked(let mask): return "(\(mask)) AS \(name)"
    case .hidden, nil: return nil
    }
  }

  private static func secrets(
    of whole: BatchTable, beside shown: BatchTable
  ) -> [String: [String]] {
    var seen: Set<String> = []
    for batch in shown.batches {
      for column in batch.columns {
        for row in 0..<batch.rowCount { seen.insert(text(column, row)) }
      }
    }
    var secrets: [String: [String]] = [:]
    for (position, field) in whole.schema.fields.enumerated() {
      var found: Set<String> = []
      for batch in whole.batches where found.count < mostValues {
        for row in 0..<batch.rowCount {
          let text = text(batch.columns[position], row)
          if isTelling(text), !seen.contains(text) { found.insert(text) }
        }
      }
      if !found.isEmpty { secrets[field.name] = found.sorted() }
    }
    return secrets
  }

  /// Whether a text is of a form that nothing but the value itself would have.
  private static func isTelling(_ text: String) -> Bool {
    text.utf8.count >= leastLength && text.contains { $0.isLetter || $0 == "@" }
      || text.utf8.count > 2 * leastLength
  }

  private static func text(_ column: Column, _ row: Int) -> String {
    column.isNull(row) ? "" : column.sparkText(at: row)
  }
}
