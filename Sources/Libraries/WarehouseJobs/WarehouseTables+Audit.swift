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
    let loads = try lastLoads()
    guard !loads.isEmpty else { return [] }
    var findings: [String] = []
    if database.dialect == .sqlite {
      for row in try database.rows("PRAGMA quick_check(5)", []) {
        if case .string(let text) = row[0], text != "ok" { findings.append(text) }
      }
    }
    for load in loads {
      let table = load.table
      guard try database.hasTable(table) else {
        findings.append("table '\(table)', which the ledger tells of, is gone")
        continue
      }
      let rows = try database.value(
        "SELECT count(*) FROM \(database.dialect.quoted(table)) WHERE \(try loaded(table))", [])
      guard case .integer(let found) = rows, found != load.rowCount else { continue }
      findings.append("'\(table)' has \(found) rows, and its last load left \(load.rowCount)")
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
