package import Columnar
import Core
import LakeJobs

/// Lines of a bronze table, for a flow.
package struct ReplayFilter: Sendable {
  let table: LakeTableName
  let flow: String

  /// The rows of `batch`, of `ReplayLog.schema`, that ask for them.
  package func requests(in batch: Batch) -> [Int] {
    guard let tables = batch.column("bronze"), let flows = batch.column("flow") else { return [] }
    let name = Scalar.string("\(table)")
    return (0..<batch.rowCount).filter { row in
      guard tables.scalar(at: row) == name else { return false }
      // Requests of earlier versions are of tables of which one flow reads the lines.
      let flow = flows.scalar(at: row)
      return flow.isNull || flow == .string(self.flow)
    }
  }
}
