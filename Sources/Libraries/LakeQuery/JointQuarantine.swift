import Bronze
import Columnar
import Engine

/// The quarantine of two tables of one name: of a bronze table, whose files tell what did not get
/// in, and of a job's table, whose rows broke a rule. `table_name` tells them apart.
struct JointQuarantine: TableProvider {
  let name: String
  private let parts: [any TableProvider]

  init(_ name: String, _ parts: [any TableProvider]) {
    self.name = name
    self.parts = parts
  }

  var schema: Schema { Quarantine.schema }

  var estimatedRowCount: Int? {
    parts.reduce(Int?(0)) { sum, part in sum.flatMap { s in part.estimatedRowCount.map { s + $0 } }
    }
  }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    let fields = request.columns.compactMap { name in
      schema.index(of: name).map { schema.fields[$0] }
    }
    return try parts.flatMap { part in
      // Tables of earlier versions lack the last columns.
      var own = request
      own.columns = request.columns.filter { part.schema.index(of: $0) != nil }
      own.predicates = request.predicates.filter { part.schema.index(of: $0.column) != nil }
      return try part.scan(own).map { source in FileRows(source, Schema(fields)) { _, _ in nil } }
    }
  }
}
