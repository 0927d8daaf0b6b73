import Columnar
package import Core
import Database
import Warehouse

extension WarehouseTables {
  /// The database, for messages.
  package var place: Place { database.place }

  /// What in the warehouse is not as its ledger says, a sentence each: rows of a table that came or
  /// went by another way than a load, and pages of the file that are damaged.
  package func auditFindings() throws(Fault) -> [String] {
    guard try database.hasTable("_ledger") else { return [] }
    var findings: [String] = []
    if database.dialect == .sqlite {
      for row in try database.rows("PRAGMA quick_check(5)", []) {
        if case .string(let text) = row[0], text != "ok" { findings.append(text) }
      }
    }
    let loads = try database.rows(
      "SELECT table_name, row_count FROM _ledger WHERE load_id IN "
        + "(SELECT max(load_id) FROM _ledger GROUP BY table_name) ORDER BY table_name", [])
    for load in loads {
      guard case .string(let table) = load[0], case .integer(let count) = load[1] else { continue }
      guard try database.hasTable(table) else {
        findings.append("table '\(table)', which the ledger tells of, is gone")
        continue
      }
      let rows = try database.value(
        "SELECT count(*) FROM \(database.dialect.quoted(table)) WHERE \(try loaded(table))", [])
      guard case .integer(let found) = rows, found != count else { continue }
      findings.append("'\(table)' has \(found) rows, and its last load left \(count)")
    }
    return findings
  }

  /// SQL for the rows that a load counts: no reserved members, and none that was reversed.
  private func loaded(_ table: String) throws(Fault) -> String {
    let columns = try database.columns(of: table).map(\.name)
    let surrogate = DimensionColumns.surrogate(of: table)
    if DimensionColumns.isDimension(table), columns.contains(surrogate) {
      return "\(database.dialect.quoted(surrogate)) > 0"
    }
    return columns.contains("reversed_in") ? "reversed_in IS NULL" : "true"
  }
}
