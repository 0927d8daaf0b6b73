package import Columnar
import Core
package import Engine

/// Rows that are already in memory, under a name.
package struct BatchTable: TableProvider {
  package let name: String
  package let schema: Schema
  package let batches: [Batch]

  package init(_ name: String, _ schema: Schema, _ batches: [Batch]) {
    self.name = name
    self.schema = schema
    self.batches = batches
  }

  package var estimatedRowCount: Int? { batches.reduce(0) { $0 + $1.rowCount } }

  package func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    let positions = try request.columns.map { column in
      guard let position = schema.index(of: column) else {
        throw Fault(
          .internal, "no column '\(column)' in '\(name)'", remedy: "report this as a bug")
      }
      return position
    }
    return [BatchList(schema.selecting(positions), batches.map { $0.selecting(positions) })]
  }
}
