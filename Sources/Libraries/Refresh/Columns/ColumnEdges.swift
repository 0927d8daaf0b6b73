package import Columnar
import Core
package import Engine
package import Governance
package import LakeJobs

/// The columns that a table is made from, as lineage tells them.
package enum ColumnEdges {
  /// The edges into `table`, which has `columns`, from the tables that `plan` scans.
  ///
  /// The plan's columns become the table's by name. Those of an AUTO CDC flow's source say the
  /// sequence and the deletes of the target by columns of their own.
  package static func edges(
    of plan: LogicalPlan, to table: LakeTableName, columns: Schema
  ) -> [ColumnEdge] {
    let origins = ColumnOrigins(of: plan)
    let output = DatasetName("\(table)")
    var edges: [ColumnEdge] = []
    for field in columns.fields {
      guard let position = position(of: field.name, in: plan.schema) else { continue }
      edges += origins.columns[position].map { edge($0, to: output, field.name) }
    }
    let isFold = columns.index(of: FoldQueries.Name.isDelete) == nil
    if isFold, let deletes = plan.schema.index(of: FoldQueries.Name.isDelete) {
      edges += origins.columns[deletes].map { origin in
        var origin = origin
        origin.role = .filter
        return edge(origin, to: output, nil)
      }
    }
    edges += origins.rows.map { edge($0, to: output, nil) }
    return edges.withoutRepeats
  }

  /// Where the rows of `source` say what a table's `column` is to hold.
  static func position(of column: String, in source: Schema) -> Int? {
    switch column {
    case FoldQueries.Name.kept, FoldQueries.Name.startAt, FoldQueries.Name.endAt:
      source.index(of: FoldQueries.Name.sequence) ?? source.index(of: column)
    default: source.index(of: column)
    }
  }

  private static func edge(
    _ origin: ColumnOrigins.Origin, to output: DatasetName, _ column: String?
  ) -> ColumnEdge {
    ColumnEdge(
      from: DatasetName(origin.table), origin.column, to: output, column,
      Influence(kind(origin.role), masks: origin.masks))
  }

  private static func kind(_ role: ColumnOrigins.Role) -> Influence.Kind {
    switch role {
    case .identity: .identity
    case .transformation: .transformation
    case .aggregation: .aggregation
    case .join: .join
    case .groupBy: .groupBy
    case .filter: .filter
    case .sort: .sort
    case .window: .window
    case .conditional: .conditional
    }
  }
}
