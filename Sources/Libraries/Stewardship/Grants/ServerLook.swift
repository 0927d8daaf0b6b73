import Access
import Columnar
import Core
import Database
import Engine
import LakeJobs

/// How rows and columns look, in PostgreSQL's SQL over a relation of the warehouse.
struct ServerLook {
  /// Where the keys of masks that are hashes lie, readable by masked views alone.
  static let keys = "\"medallion_access\".\"mask_key\""

  let relation: WarehouseRelation
  /// How a table of the warehouse is called.
  let table: (LakeTableName) -> String?
  private var dialect: Dialect { .postgresql }

  /// The condition that one of `rows` is true; nil where there is none.
  func condition(_ rows: [RowFilter]) throws(Fault) -> String? {
    var texts: [String] = []
    for filter in rows {
      let expression = ServerExpression(place: filter.place, column: name, table: table)
      texts.append(try expression.text(try filter.syntax))
    }
    return texts.isEmpty ? nil : "(\(texts.joined(separator: " OR ")))"
  }

  /// The value of `column` as it is to look; nil where it is hidden.
  func value(_ column: WarehouseRelation.Column, _ look: ColumnRuling.Look) throws(Fault) -> String?
  {
    let name = dialect.quoted(column.name)
    switch look {
    case .hidden: return nil
    case .shown: return name
    case .masked(let form): return try masked(column, form)
    case .mixed(let shown, let masked, let form):
      let isMasked = masked != []
      var branches: [String] = []
      if let condition = try condition(shown) {
        branches.append("WHEN \(condition) THEN \(isMasked ? text(column) : name)")
      }
      if isMasked {
        let condition = try condition(masked ?? []) ?? "TRUE"
        branches.append("WHEN \(condition) THEN CAST(\(try self.masked(column, form)) AS TEXT)")
      }
      return "CASE \(branches.joined(separator: " ")) END"
    }
  }

  private func name(_ column: String) -> String? {
    relation.columns.first { $0.name.lowercased() == column.lowercased() }
      .map { dialect.quoted($0.name) }
  }

  /// A value as text, as the lake's queries write it too.
  private func text(_ column: WarehouseRelation.Column) -> String {
    let name = dialect.quoted(column.name)
    guard column.type == .timestamp else { return "CAST(\(name) AS TEXT)" }
    return "to_char(\(name) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
  }

  private func masked(
    _ column: WarehouseRelation.Column, _ form: MaskForm
  ) throws(Fault) -> String {
    let name = dialect.quoted(column.name)
    let text = text(column)
    switch form {
    case .hash:
      return "encode(sha256((SELECT outer_pad FROM \(Self.keys)) || "
        + "sha256((SELECT inner_pad FROM \(Self.keys)) || convert_to(\(text), 'UTF8'))), 'hex')"
    case .last4:
      return "CASE WHEN length(\(text)) >= 8 THEN '****' || right(\(text), 4) "
        + "WHEN \(name) IS NOT NULL THEN '****' END"
    case .year:
      switch column.type {
      case .date: return "CAST(extract(year FROM \(name)) AS INTEGER)"
      case .timestamp: return "CAST(extract(year FROM \(name) AT TIME ZONE 'UTC') AS INTEGER)"
      default:
        return "CASE WHEN \(text) ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' "
          + "THEN CAST(left(\(text), 4) AS INTEGER) END"
      }
    case .null: return "CAST(NULL AS TEXT)"
    case .constant(let constant): return "CAST(\(dialect.literal(constant)) AS TEXT)"
    case .expression(let sql, let place):
      let syntax = try SQLScript.parseExpression(text: sql, file: place.file)
      let expression = ServerExpression(
        place: place, column: { $0.lowercased() == "value" ? name : self.name($0) }, table: table)
      return try expression.text(syntax)
    }
  }
}
