package import Columnar
import Core
package import Delta
package import Engine

/// A version of a Delta table, as the engine scans it.
package struct DeltaProvider: TableProvider {
  package let name: String
  package let snapshot: Snapshot

  package init(name: String, _ snapshot: Snapshot) {
    self.name = name
    self.snapshot = snapshot
  }

  package var schema: Schema { snapshot.schema }
  package var estimatedRowCount: Int? { snapshot.rowCount }

  package func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    try snapshot.scan(columns: request.columns, predicates: request.predicates)
      .sources(atMost: max(1, request.parallelism))
  }

  package func isParted(by column: String) -> Bool { snapshot.isParted(by: column) }

  package func scan(
    _ request: ScanRequest, partedBy column: String
  ) throws -> [any BatchSource]? {
    try snapshot.scan(columns: request.columns, predicates: request.predicates)
      .sources(partedBy: column)
  }
}

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
