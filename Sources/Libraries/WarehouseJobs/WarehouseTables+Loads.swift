import Columnar
package import Core
import Database
package import Warehouse

extension WarehouseTables {
  /// What the ledger says of a table's last load.
  package struct LastLoad {
    package let table: String
    /// What it was made from.
    package let inputs: String
    /// How many rows it left, reserved members and what was reversed aside.
    package let rowCount: Int
    package let time: Timestamp?
    package let number: Int64
  }

  /// The last load of each table, by the tables' names.
  package func lastLoads() throws(Fault) -> [LastLoad] {
    guard try database.hasTable("_ledger") else { return [] }
    let rows = try database.rows(
      "SELECT table_name, inputs, row_count, loaded_at, load_id FROM _ledger WHERE load_id IN "
        + "(SELECT max(load_id) FROM _ledger GROUP BY table_name) ORDER BY table_name", [])
    return rows.compactMap { row in
      guard case .string(let table) = row[0], case .string(let inputs) = row[1],
        case .integer(let count) = row[2], case .integer(let number) = row[4]
      else { return nil }
      var time: Timestamp?
      switch row[3] {
      case .string(let text): time = Timestamp(parsing: text)
      case .timestamp(let moment): time = moment
      default: break
      }
      return LastLoad(
        table: table, inputs: inputs, rowCount: Int(count), time: time, number: number)
    }
  }

  /// The members that facts named and that no source has described yet.
  package func waitingMembers() throws(Fault) -> [WaitingMembers] {
    try WaitingMembers.all(in: database)
  }
}
