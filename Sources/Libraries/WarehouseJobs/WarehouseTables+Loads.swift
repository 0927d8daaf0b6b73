import Columnar
package import Core
import Database

extension WarehouseTables {
  /// What the last load of each table was made from, as the ledger has it.
  package func loadedInputs() throws(Fault) -> [(table: String, inputs: String)] {
    guard try database.hasTable("_ledger") else { return [] }
    let rows = try database.rows(
      "SELECT table_name, inputs FROM _ledger WHERE load_id IN "
        + "(SELECT max(load_id) FROM _ledger GROUP BY table_name) ORDER BY table_name", [])
    return rows.compactMap { row in
      guard case .string(let table) = row[0], case .string(let inputs) = row[1] else { return nil }
      return (table, inputs)
    }
  }
}
